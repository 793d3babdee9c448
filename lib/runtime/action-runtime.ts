import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, loadConfig } from '../config/load-config.ts';
import { readSsmSecrets } from '../config/secrets.ts';
import type { Now, Sleep } from '../domain/ports.ts';
import { createOwnerDirectory } from '../hubspot/owners.ts';
import { createPortalClient } from '../hubspot/portal-client.ts';
import { createCrmRecords } from '../hubspot/records.ts';
import { createStaticTokens } from '../hubspot/static-tokens.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createLastSweepAt } from '../store/last-sweep.ts';
import { createExecutionLedger } from '../store/ledger.ts';
import { createOwnerCache } from '../store/owner-cache.ts';
import { createOwnerMemory } from '../store/owner-memory.ts';
import { createRefreshState } from '../store/refresh-state.ts';
import { createSuccessors } from '../store/successors.ts';
import { createTableClient, type Table } from '../store/table.ts';
import { createFindOwner } from '../use-cases/find-owner.ts';
import { createOwnerResolver } from '../use-cases/resolve-owner.ts';
import { createRunOnce } from '../use-cases/run-execution.ts';
import { createSetOwner } from '../use-cases/set-owner.ts';
import { createSetSuccessor } from '../use-cases/set-successor.ts';
import { createSubstitutingResolver } from '../use-cases/substitute-leavers.ts';
import { lazy } from './lazy.ts';

export type ActionRuntime = ReturnType<typeof createActionRuntime>;

/** What the world gives, so that a test can give something else. */
export type World = {
  readonly now: Now;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly newId: () => string;
  readonly table: Table['client'];
  readonly fetch: typeof fetch;
  /** How long one call to HubSpot may take; the gateway's own default when absent. */
  readonly hubspotTryTimeoutMs?: number;
};

export function realWorld(): World {
  return {
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    random: Math.random,
    newId: randomUUID,
    table: createTableClient(),
    fetch,
  };
}

/** Starts the runtime of an action function from its environment, once per container. */
export function lazyActionRuntime(telemetry: Telemetry): () => Promise<ActionRuntime> {
  return lazy(async () => createActionRuntime(await loadConfig(process.env, readSsmSecrets), telemetry, realWorld()));
}

/** Wires the action functions and the operator's: configuration → clients → adapters → use cases. */
export function createActionRuntime(config: Config, { log, metrics }: Telemetry, world: World) {
  const { now, sleep, random } = world;
  const table: Table = { client: world.table, tableName: config.tableName };
  const lastSweepAt = createLastSweepAt(createRefreshState(table, now).readState, now);
  const cache = createOwnerMemory(createOwnerCache(table, lastSweepAt), { now });
  const tokens = createStaticTokens(config.staticTokens);
  const send = createPortalClient({
    transport: createTransport(world.fetch),
    tokens,
    now,
    sleep,
    random,
    metrics,
    log,
    ...(world.hubspotTryTimeoutMs !== undefined && { tryTimeoutMs: world.hubspotTryTimeoutMs }),
  });
  const plainResolver = createOwnerResolver({
    cache,
    directory: createOwnerDirectory(send, config.hubspotApiBaseUrl),
    now,
    ownerMaxAgeMs: config.ownerMaxAgeMs,
  });
  const successors = createSuccessors(table);
  const resolver = createSubstitutingResolver({ resolver: plainResolver, successors });
  const records = createCrmRecords(send, config.hubspotApiBaseUrl, { log, metrics });
  const ledger = createExecutionLedger(table, now);
  const { publicBaseUrl, secrets, allowSignatureV2 } = config;
  return {
    signaturePolicy: { publicBaseUrl, secrets, allowSignatureV2 },
    now,
    findKnownOwner: cache.findByOwnerId,
    findOwner: createFindOwner(resolver),
    setOwner: createSetOwner({ resolver, records }),
    setSuccessor: createSetSuccessor({ resolver: plainResolver, successors, tokens, now, log }),
    runOnce: createRunOnce({ ledger, now, sleep, newWriterId: world.newId, metrics, log }),
  };
}
