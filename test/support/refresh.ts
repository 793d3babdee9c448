import { toDeadline } from '../../lib/domain/deadline.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import type { RefreshJob, RefreshOutcome } from '../../lib/domain/owner-sync.ts';
import { createOwnersApi } from '../../lib/hubspot/api/owners.ts';
import { createUsersApi } from '../../lib/hubspot/api/users.ts';
import { createPortalClient } from '../../lib/hubspot/client.ts';
import { createStaticTokens } from '../../lib/hubspot/static-tokens.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import type { Table } from '../../lib/store/table.ts';
import { createUnresolvedEmails } from '../../lib/store/unresolved-emails.ts';
import { createReadUsers } from '../../lib/use-cases/owner-sync/read-users.ts';
import { createSyncOwners } from '../../lib/use-cases/owner-sync/sync-owners.ts';
import type { HubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import type { FakeClock } from './clock.ts';
import { makeOpenPermits } from './open-permits.ts';
import type { RecordingTelemetry } from './recording-telemetry.ts';

export type RefreshParts = {
  readonly simulator: HubSpotSimulator;
  readonly clock: FakeClock;
  readonly table: Table;
  readonly telemetry: RecordingTelemetry;
  readonly tokens: ReadonlyMap<PortalId, string>;
  /** Runs after each HubSpot call: lets a call take time on the fake clock. */
  readonly afterCall?: () => void;
  readonly tryTimeoutMs?: number;
};

export type Refresher = (order: Partial<RefreshJob>, stopAt?: number) => Promise<RefreshOutcome>;

let runs = 1;

/** The refresh as its function runs it, beside whatever else uses the table. */
export function makeRefresher(parts: RefreshParts, portalId: PortalId): Refresher {
  const { simulator, clock, table, telemetry, tokens } = parts;
  const { log, metrics } = telemetry;
  const { now, sleep } = clock;
  const transport = createTransport();
  const send = createPortalClient({
    async transport(request, timeoutMs) {
      const result = await transport(request, timeoutMs);
      parts.afterCall?.();
      return result;
    },
    tokens: createStaticTokens(tokens),
    rateLimiter: makeOpenPermits(now, sleep),
    now,
    sleep,
    random: () => 0,
    metrics,
    log,
    ...(parts.tryTimeoutMs !== undefined && { tryTimeoutMs: parts.tryTimeoutMs }),
  });
  const syncOwners = createSyncOwners({
    pages: createOwnersApi(send, simulator.url),
    store: createOwnerSyncStore(table, now),
    readUsers: createReadUsers({ users: createUsersApi(send, simulator.url), now, log }),
    unresolved: createUnresolvedEmails(table, now),
    now,
    metrics,
    log,
  });
  return (order, stopAt = now() + 240_000) =>
    syncOwners(
      { portalId, runId: `run-${runs++}`, requestedAtEpochMs: now(), force: false, continuations: 0, ...order },
      toDeadline(stopAt),
    );
}
