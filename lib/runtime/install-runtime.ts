import { randomBytes } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type InstallConfig, loadInstallConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { deriveStateKey } from '../crypto/install-state-key.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createRefreshQueue } from '../queue/refresh-queue.ts';
import { createUsedStates } from '../store/used-states.ts';
import { createInstallPortal } from '../use-cases/install-portal.ts';
import { createInstalls } from './installs.ts';
import { lazy } from './lazy.ts';
import { realWorld, type World } from './world.ts';

/** A person waits, and the portal is connected already: the nightly run makes up for a queue that does not answer. */
const QUEUE_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

export type InstallRuntime = ReturnType<typeof createInstallRuntime>;

/** Starts the runtime of an install function from its environment, once per container. */
export function lazyInstallRuntime(telemetry: Telemetry): () => Promise<InstallRuntime> {
  return lazy(async () =>
    createInstallRuntime(
      await loadInstallConfig(process.env, readSsmSecrets),
      telemetry,
      realWorld(),
      new SQSClient(QUEUE_LIMITS),
    ),
  );
}

/** Wires the install functions: configuration → clients → adapters → use case. */
export function createInstallRuntime(config: InstallConfig, telemetry: Telemetry, world: World, sqs: SQSClient) {
  const { log, metrics } = telemetry;
  const { now, newId } = world;
  const { clientId, clientSecret, redirectUri, appBaseUrl } = config.oauth;
  const { oauth, portals, cipher } = createInstalls(config.oauth, config, telemetry, world);
  return {
    now,
    randomBytes,
    stateKey: deriveStateKey(clientSecret),
    clientId,
    redirectUri,
    authorizeBaseUrl: appBaseUrl,
    installPortal: createInstallPortal({
      oauth,
      portals,
      cipher,
      usedStates: createUsedStates({ client: world.table, tableName: config.tableName }, newId),
      refreshQueue: createRefreshQueue(sqs, config.refreshQueueUrl),
      now,
      newId,
      log,
      metrics,
    }),
  };
}
