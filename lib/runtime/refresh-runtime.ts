import { randomUUID } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { loadRefreshConfig, type RefreshConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import { createOwnerDirectory } from '../hubspot/owners.ts';
import { createPortalClient } from '../hubspot/portal-client.ts';
import { createStaticPortals, createStaticTokens } from '../hubspot/static-tokens.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createRefreshQueue } from '../queue/refresh-queue.ts';
import { createRefreshStore } from '../store/refresh-store.ts';
import { createRefreshOwners } from '../use-cases/refresh-owners.ts';
import { createScheduleRefreshes } from '../use-cases/schedule-refreshes.ts';
import { realWorld, type World } from './action-runtime.ts';
import { lazy } from './lazy.ts';

export type RefreshRuntime = ReturnType<typeof createRefreshRuntime>;

/** Starts the runtime of a refresh function from its environment, once per container. */
export function lazyRefreshRuntime(telemetry: Telemetry): () => Promise<RefreshRuntime> {
  return lazy(async () =>
    createRefreshRuntime(
      await loadRefreshConfig(process.env, readSsmSecrets),
      telemetry,
      realWorld(),
      new SQSClient({}),
    ),
  );
}

/** Wires the refresh functions: configuration → clients → adapters → use cases. */
export function createRefreshRuntime(config: RefreshConfig, { log, metrics }: Telemetry, world: World, sqs: SQSClient) {
  const { now, sleep, random } = world;
  const send = createPortalClient({
    transport: createTransport(world.fetch),
    tokens: createStaticTokens(config.staticTokens),
    now,
    sleep,
    random,
    metrics,
    log,
  });
  const queue = createRefreshQueue(sqs, config.refreshQueueUrl);
  return {
    now,
    queue,
    refreshOwners: createRefreshOwners({
      pages: createOwnerDirectory(send, config.hubspotApiBaseUrl),
      store: createRefreshStore({ client: world.table, tableName: config.tableName }, now),
      now,
      metrics,
      log,
    }),
    scheduleRefreshes: createScheduleRefreshes({
      portals: createStaticPortals(config.staticTokens),
      queue,
      now,
      newRunId: randomUUID,
      random,
    }),
  };
}
