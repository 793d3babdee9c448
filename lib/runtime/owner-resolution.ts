import type { OperatorConfig } from '../config/load-config.ts';
import type { Priority } from '../domain/rate-limit.ts';
import { createOwnersApi } from '../hubspot/api/owners.ts';
import type { RateLimitPolicy } from '../hubspot/rate-limiter.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createAliasFinder } from '../store/aliases.ts';
import { createInMemoryOwnerCache } from '../store/in-memory-owner-cache.ts';
import { createLastSyncAt, createOwnerCache } from '../store/owner-cache.ts';
import { createSyncState } from '../store/owner-sync-state.ts';
import { createSuccessors } from '../store/successors.ts';
import type { Table } from '../store/table.ts';
import { createAddressAliasResolver, createDomainAliasResolver } from '../use-cases/executions/follow-aliases.ts';
import { createOwnerResolver } from '../use-cases/executions/resolve-owner.ts';
import { createSubstitutingResolver } from '../use-cases/executions/substitute-leavers.ts';
import { createHubSpot } from './hubspot.ts';
import type { Platform } from './platform.ts';

/** How many owners a container remembers: more if it works for many portals at a time. */
const REMEMBERED: Readonly<Record<Priority, number>> = { interactive: 2_000, deferrable: 2_000, bulk: 20_000 };

/** The shared part of the actions and the operators' functions: from a portal's email to its owner. */
export function createOwnerResolution(
  config: OperatorConfig,
  telemetry: Telemetry,
  platform: Platform,
  policy: RateLimitPolicy,
) {
  const { now } = platform;
  const table: Table = { client: platform.table, tableName: config.tableName };
  const state = createSyncState(table, now);
  const lastSyncAt = createLastSyncAt(state.readState, now);
  const maxEntries = REMEMBERED[policy.priority];
  const cache = createInMemoryOwnerCache(createOwnerCache(table, now, lastSyncAt), { now, maxEntries });
  const hubspot = createHubSpot(config, telemetry, platform, policy);
  const { send } = hubspot;
  const ownersApi = createOwnersApi(send, config.hubspotApiBaseUrl);
  const { ownerMaxAgeMs } = config;
  const plainResolver = createOwnerResolver({ cache, ownersApi, ownerMaxAgeMs, ...platform, ...telemetry });
  const successors = createSuccessors(table);
  const aliases = createAliasFinder(table);
  const aliased = createAddressAliasResolver({ resolver: plainResolver, aliases });
  const substituting = createSubstitutingResolver({ resolver: aliased, successors });
  const resolver = createDomainAliasResolver({ resolver: substituting, aliases });
  return { table, state, lastSyncAt, cache, hubspot, ownersApi, plainResolver, successors, resolver };
}
