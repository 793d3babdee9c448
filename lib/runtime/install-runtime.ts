import { randomBytes } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type InstallConfig, loadInstallConfig } from '../config/load-config.ts';
import type { PortalId } from '../domain/ids.ts';
import { deriveViewKey } from '../http/install/connected-token.ts';
import { deriveStateKey } from '../http/install/state.ts';
import { createOAuthApp } from '../hubspot/oauth.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createQueueClient } from '../queue/queue-clients.ts';
import { createSyncQueue } from '../queue/sync-queue.ts';
import { createOAuthStates } from '../store/oauth-states.ts';
import { createPortals } from '../store/portals.ts';
import { createFinishInstall } from '../use-cases/portals/finish-install.ts';
import { createInstallPortal } from '../use-cases/portals/install-portal.ts';
import { createInstalls } from './installs.ts';
import { fromEnvironment, livePlatform, type Platform } from './platform.ts';

/** Undefined with a static token. */
export function lazyInstallRuntime(telemetry: Telemetry) {
  return fromEnvironment(
    loadInstallConfig,
    (config) => config && createInstallRuntime(config, telemetry, livePlatform(), createQueueClient()),
  );
}

export function createInstallRuntime(config: InstallConfig, telemetry: Telemetry, platform: Platform, sqs: SQSClient) {
  const needs = { ...platform, ...telemetry };
  const { now, newId } = platform;
  const { clientId, clientSecret, redirectUri, appBaseUrl } = config.oauth;
  const table = { client: platform.table, tableName: config.tableName };
  const { oauthApp, cipher } = createInstalls(config.oauth, config, telemetry, platform);
  const portals = createPortals(table, now, platform);
  const installPortal = createInstallPortal({
    oauth: createOAuthApp(oauthApp),
    portals,
    cipher,
    usedStates: createOAuthStates(table, newId),
    refreshQueue: createSyncQueue(sqs, config.refreshQueueUrl),
    ...needs,
  });
  return {
    now,
    randomBytes,
    stateKey: deriveStateKey(clientSecret),
    viewKey: deriveViewKey(clientSecret),
    clientId,
    redirectUri,
    authorizeBaseUrl: appBaseUrl,
    readPortal: (portalId: PortalId) => portals.read(portalId),
    finishInstall: createFinishInstall({ installPortal, ...needs }),
  };
}
