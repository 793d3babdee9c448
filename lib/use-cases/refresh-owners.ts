import { MissingScopesError, PortalNotConnectedError } from '../domain/errors.ts';
import { diffOwners, isEmptyDiff, isSuspiciouslySmall, type ListedOwners } from '../domain/owner-diff.ts';
import { addPage, BrokenListingError, completeListing, type OwnerSweep, startSweep } from '../domain/owner-listing.ts';
import type { Log, Metrics, Now } from '../domain/ports.ts';
import type { OwnerPages, RefreshOrder, RefreshOutcome, RefreshState, RefreshStore } from '../domain/refresh.ts';
import { makeReport, type RunFacts } from '../domain/refresh-report.ts';
import type { UnresolvedEmails } from '../domain/unresolved.ts';
import type { createReadUsers, UsersRead } from './read-users.ts';

export type RefreshOwnersDeps = {
  readonly pages: OwnerPages;
  readonly store: RefreshStore;
  readonly readUsers: ReturnType<typeof createReadUsers>;
  readonly unresolved: Pick<UnresolvedEmails, 'list' | 'settle'>;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
};

type Swept = UsersRead & {
  /** What was known when the sweep had ended, before there was a lease. */
  readonly known: ListedOwners;
  readonly sweep: OwnerSweep;
  /** It was taken up as it is, so it need not be put down again. */
  readonly isParked: boolean;
  readonly hubspotCalls: number;
};

/** Longer than a function may run, so that a lease outlives only a dead run. */
const LEASE_MS = 15 * 60_000;

/**
 * Makes the owner cache of a portal equal to what HubSpot lists now. Reads both listings to their last page, compares, and
 * writes what changed and nothing else; the same order again, or two runs at once, end in the same table.
 *
 * An unchanged portal costs one write. The lease is therefore taken only once there is something to write.
 * @param stopAtEpochMs when to put the work down, to be taken up by the order that is returned
 */
export function createRefreshOwners({ pages, store, readUsers, unresolved, now, metrics, log }: RefreshOwnersDeps) {
  return async function refreshOwners(order: RefreshOrder, stopAtEpochMs: number): Promise<RefreshOutcome> {
    const { portalId } = order;
    const state = await store.readState(portalId);
    if (state.lastCompleteStartedAtEpochMs >= order.requestedAtEpochMs) return skipped('done_already');
    if (state.lastCompleteStartedAtEpochMs > 0 && order.continuations === 0) {
      metrics.measure('OwnerDataAgeMs', now() - state.lastCompleteStartedAtEpochMs);
    }
    try {
      return await sweepAndApply(order, state, stopAtEpochMs);
    } catch (error) {
      if (error instanceof BrokenListingError) return refuse(order, error.reason);
      if (!(error instanceof PortalNotConnectedError || error instanceof MissingScopesError)) throw error;
      log.warn('a portal could not be refreshed until somebody connects it again', { portalId, code: error.code });
      return skipped('not_connected');
    }
  };

  async function sweepAndApply(
    order: RefreshOrder,
    state: RefreshState,
    stopAtEpochMs: number,
  ): Promise<RefreshOutcome> {
    const { portalId, runId, force } = order;
    const parked = order.continuations === 0 ? undefined : await store.takeUp(portalId, runId);
    const before = parked?.pages ?? 0;
    let sweep = await sweepUntil(order, parked ?? startSweep(now()), stopAtEpochMs);
    let listing = completeListing(sweep);
    if (listing === undefined) return continueLater(order, sweep);

    const known = await store.listKnown(portalId);
    if (!force && isSuspiciouslySmall(known.settled, listing)) {
      // Once more from the beginning: a listing that was wrong by chance is right the second time.
      sweep = await sweepUntil(order, startSweep(now()), stopAtEpochMs);
      listing = completeListing(sweep);
      if (listing === undefined || isSuspiciouslySmall(known.settled, listing)) return refuse(order, 'shrunk');
    }
    // Whoever forces a run may have granted the scope a moment ago.
    const lastUsers = force ? undefined : state.report?.users;
    // A run that took up a finished sweep had no time left for users the first time: it goes on without them.
    const usersUntil = parked?.stage === 'done' ? 0 : stopAtEpochMs;
    const read = await readUsers(portalId, listing, known.settled, lastUsers, usersUntil);
    const hubspotCalls = sweep.pages - before + read.calls;
    return apply(order, state, { ...read, known, sweep, isParked: sweep === parked, hubspotCalls }, stopAtEpochMs);
  }

  async function apply(
    order: RefreshOrder,
    state: RefreshState,
    swept: Swept,
    stopAtEpochMs: number,
  ): Promise<RefreshOutcome> {
    const { portalId, runId } = order;
    const { known: before, sweep, isParked, listing } = swept;
    const first = diffOwners(before, listing);
    if (isEmptyDiff(first)) return record(order, state.fence, { ...swept, diff: first, writes: 1 });

    const lease = await store.acquire(portalId, runId, listing.startedAtEpochMs, LEASE_MS);
    if (lease === undefined) return skipped('another_run');
    // Another run may have written between our look and our lease: only what is compared under the lease counts.
    const known = await store.listKnown(portalId);
    const diff = diffOwners(known, listing);
    const mayGoOn = () => now() < Math.min(stopAtEpochMs, lease.endsAtEpochMs);
    const applied = await store.apply(portalId, diff, lease, listing.startedAtEpochMs, mayGoOn);
    // What is left is found again by comparing again: a diff need not be kept.
    if (!applied.isDone) return isParked ? continued(order) : continueLater(order, sweep);
    return record(order, lease.fence, { ...swept, known, diff, writes: applied.writes + 2 });
  }

  async function sweepUntil(order: RefreshOrder, begun: OwnerSweep, stopAtEpochMs: number): Promise<OwnerSweep> {
    let sweep = begun;
    while (sweep.stage !== 'done' && now() < stopAtEpochMs) {
      sweep = addPage(sweep, await pages.listPage(order.portalId, sweep.stage, sweep.after, stopAtEpochMs));
    }
    return sweep;
  }

  async function continueLater(order: RefreshOrder, sweep: OwnerSweep): Promise<RefreshOutcome> {
    await store.park(order.portalId, order.runId, sweep);
    return continued(order);
  }

  async function record(
    { portalId, runId }: RefreshOrder,
    fence: number,
    run: Omit<RunFacts, 'runId' | 'unresolved' | 'endedAtEpochMs'>,
  ): Promise<RefreshOutcome> {
    const asked = await unresolved.list(portalId);
    const report = makeReport({ ...run, runId, unresolved: asked, endedAtEpochMs: now() });
    if (!(await store.recordRun(portalId, fence, report))) return skipped('another_run');
    const odd = { owners: run.listing.oddRows, users: run.oddUsers };
    for (const [list, rows] of Object.entries(odd)) if (rows > 0) metrics.count('HubSpotRowsSkipped', { list }, rows);
    await unresolved.settle(portalId, asked);
    return { kind: 'done', report };
  }

  function refuse({ portalId }: RefreshOrder, reason: 'shrunk' | BrokenListingError['reason']): RefreshOutcome {
    metrics.count('OwnerListingRefused', { reason });
    log.error('an owners listing was not believed; the owners known before stay', { portalId, reason });
    return { kind: 'refused', reason };
  }
}

function continued(order: RefreshOrder): RefreshOutcome {
  return { kind: 'toBeContinued', order: { ...order, continuations: order.continuations + 1 } };
}

function skipped(reason: Extract<RefreshOutcome, { kind: 'skipped' }>['reason']): RefreshOutcome {
  return { kind: 'skipped', reason };
}
