import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { loadRefreshConfig, type RefreshConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import type { PortalId } from '../domain/ids.ts';
import { createOwnerDirectory } from '../hubspot/owners.ts';
import { createCrmUserPages } from '../hubspot/users.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createRefreshQueue } from '../queue/refresh-queue.ts';
import { createPortalData } from '../store/portal-data.ts';
import { createRefreshStore } from '../store/refresh-store.ts';
import { createUnresolvedEmails } from '../store/unresolved-emails.ts';
import { createPurgePortal } from '../use-cases/purge-portal.ts';
import { createReadUsers } from '../use-cases/read-users.ts';
import { createRefreshOwners } from '../use-cases/refresh-owners.ts';
import { createScheduleRefreshes } from '../use-cases/schedule-refreshes.ts';
import { BACKGROUND, createHubSpot } from './hubspot.ts';
import { lazy } from './lazy.ts';
import { patientWorld, type World } from './world.ts';

export type RefreshRuntime = ReturnType<typeof createRefreshRuntime>;

/** Starts the runtime of a refresh function from its environment, once per container. */
export function lazyRefreshRuntime(telemetry: Telemetry): () => Promise<RefreshRuntime> {
  return lazy(async () =>
    createRefreshRuntime(
      await loadRefreshConfig(process.env, readSsmSecrets),
      telemetry,
      patientWorld(),
      new SQSClient({}),
    ),
  );
}

/** Wires the refresh functions: configuration → clients → adapters → use cases. */
export function createRefreshRuntime(config: RefreshConfig, telemetry: Telemetry, world: World, sqs: SQSClient) {
  const { log, metrics } = telemetry;
  const { now, random } = world;
  const table = { client: world.table, tableName: config.tableName };
  const { send, portals, installs } = createHubSpot(config, telemetry, world, BACKGROUND);
  const queue = createRefreshQueue(sqs, config.refreshQueueUrl);
  return {
    now,
    queue,
    isForgotten: async (portalId: PortalId) =>
      (await installs?.portals.read(portalId))?.forgottenAtEpochMs !== undefined,
    refreshOwners: createRefreshOwners({
      pages: createOwnerDirectory(send, config.hubspotApiBaseUrl),
      store: createRefreshStore(table, now),
      readUsers: createReadUsers({ users: createCrmUserPages(send, config.hubspotApiBaseUrl), now, log }),
      unresolved: createUnresolvedEmails(table, now),
      now,
      metrics,
      log,
    }),
    purgePortal: createPurgePortal({
      data: createPortalData(table),
      now,
      ...(installs !== undefined && { portals: installs.portals }),
    }),
    scheduleRefreshes: createScheduleRefreshes({
      portals,
      queue,
      now,
      newRunId: randomUUID,
      random,
    }),
  };
}
