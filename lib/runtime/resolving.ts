import type { Connection } from '../config/connection.ts';
import type { Config } from '../config/load-config.ts';
import type { Priority } from '../domain/rate-budget.ts';
import { createOwnerDirectory } from '../hubspot/owners.ts';
import type { PermitPolicy } from '../hubspot/permits.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createLastSweepAt } from '../store/last-sweep.ts';
import { createOwnerCache } from '../store/owner-cache.ts';
import { createOwnerMemory } from '../store/owner-memory.ts';
import { createRefreshState } from '../store/refresh-state.ts';
import { createSuccessors } from '../store/successors.ts';
import type { Table } from '../store/table.ts';
import { createOwnerResolver } from '../use-cases/resolve-owner.ts';
import { createSubstitutingResolver } from '../use-cases/substitute-leavers.ts';
import { createHubSpot } from './hubspot.ts';
import type { World } from './world.ts';

export type ResolvingConfig = Connection & Pick<Config, 'hubspotApiBaseUrl' | 'tableName' | 'ownerMaxAgeMs'>;

/** What the action functions and the operator's share: from a portal's email to its owner. */
/** How many owners a container remembers: more where it works for many portals at a time. */
const REMEMBERED: Readonly<Record<Priority, number>> = { interactive: 2_000, deferrable: 2_000, bulk: 20_000 };

export function createResolving(config: ResolvingConfig, telemetry: Telemetry, world: World, policy: PermitPolicy) {
  const { now } = world;
  const table: Table = { client: world.table, tableName: config.tableName };
  const state = createRefreshState(table, now);
  const lastSweepAt = createLastSweepAt(state.readState, now);
  const maxEntries = REMEMBERED[policy.priority];
  const cache = createOwnerMemory(createOwnerCache(table, lastSweepAt), { now, maxEntries });
  const hubspot = createHubSpot(config, telemetry, world, policy);
  const { send } = hubspot;
  const directory = createOwnerDirectory(send, config.hubspotApiBaseUrl);
  const plainResolver = createOwnerResolver({
    cache,
    directory,
    now,
    ownerMaxAgeMs: config.ownerMaxAgeMs,
    metrics: telemetry.metrics,
  });
  const successors = createSuccessors(table);
  const resolver = createSubstitutingResolver({ resolver: plainResolver, successors });
  return { table, state, lastSweepAt, cache, hubspot, directory, plainResolver, successors, resolver };
}
