import { randomUUID } from 'node:crypto';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { loadSyncConfig, type SyncConfig } from '../config/load-config.ts';
import { createOwnersApi } from '../hubspot/api/owners.ts';
import { createUsersApi } from '../hubspot/api/users.ts';
import { createStaticPortals } from '../hubspot/static-tokens.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createDigestTopic } from '../queue/digest-topic.ts';
import { createPatientQueueClient } from '../queue/queue-clients.ts';
import { createSyncQueue } from '../queue/sync-queue.ts';
import { createHandovers } from '../store/handovers.ts';
import { createOwnerSyncStore } from '../store/owner-sync.ts';
import { createPortalData } from '../store/portal-data.ts';
import { createPortals } from '../store/portals.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createReportNightly } from '../use-cases/handovers/report-nightly.ts';
import { createReadUsers } from '../use-cases/owner-sync/read-users.ts';
import { createRunRefresh } from '../use-cases/owner-sync/run-refresh.ts';
import { createScheduleSync } from '../use-cases/owner-sync/schedule-sync.ts';
import { createSendDigest } from '../use-cases/owner-sync/send-digest.ts';
import { createSyncOwners } from '../use-cases/owner-sync/sync-owners.ts';
import { createPurgePortal } from '../use-cases/portals/purge-portal.ts';
import { createHandoverRun } from './handover-run.ts';
import { BACKGROUND, createHubSpot } from './hubspot.ts';
import { backgroundPlatform, fromEnvironment, type Platform } from './platform.ts';

export type SyncRuntime = ReturnType<typeof createSyncRuntime>;

export function lazySyncRuntime(telemetry: Telemetry) {
  return fromEnvironment(loadSyncConfig, (config) =>
    createSyncRuntime(config, telemetry, backgroundPlatform(), createPatientQueueClient()),
  );
}

export function createSyncRuntime(config: SyncConfig, telemetry: Telemetry, platform: Platform, sqs: SQSClient) {
  const needs = { ...platform, ...telemetry };
  const { now, newId } = platform;
  const table = { client: platform.table, tableName: config.tableName };
  const { send, installs } = createHubSpot(config, telemetry, platform, BACKGROUND);
  const portals = installs && createPortals(table, now, platform);
  const queue = createSyncQueue(sqs, config.refreshQueueUrl);
  const store = createOwnerSyncStore(table, now);
  const purgePortal = createPurgePortal({ data: createPortalData(table), portals, now });
  const { startNightly, runHandover } = createHandoverRun(config, telemetry, platform, queue);
  return {
    now,
    queue,
    runHandover,
    runRefresh: createRunRefresh({
      syncOwners: createSyncOwners({
        pages: createOwnersApi(send, config.hubspotApiBaseUrl),
        store,
        readUsers: createReadUsers({
          users: createUsersApi(send, config.hubspotApiBaseUrl),
          ...needs,
          installedAt:
            installs && (async (portalId) => (await installs.grants.read(portalId))?.connectedAtEpochMs ?? 0),
        }),
        unresolved: createUnresolvedEmails(table, now),
        ...needs,
      }),
      sendDigest: createSendDigest({
        topic: config.digest && createDigestTopic(config.digest.topicArn, platform.fetch),
        reportNightly: createReportNightly({ handovers: createHandovers(table, now, newId), now }),
        withAddresses: config.digest?.withAddresses ?? false,
        pageUrl: config.digest?.pageUrl,
        store,
        ...needs,
      }),
      store,
      isForgotten: async (portalId) => (await installs?.grants.read(portalId))?.forgottenAtEpochMs !== undefined,
      startNightly,
      queue,
      ...needs,
    }),
    // A message from before an account got a static token deletes nothing of it. Only an operator does.
    purgePortal: async (...asked: Parameters<typeof purgePortal>) =>
      config.staticTokens.has(asked[0]) ? { deleted: 0, isDone: true } : purgePortal(...asked),
    scheduleSync: createScheduleSync({
      portals: portals ?? createStaticPortals(config.staticTokens),
      queue,
      ...needs,
      newId: randomUUID,
    }),
  };
}
