import { farthestEpochMs } from '../../domain/ages.ts';
import { type Deadline, toDeadline } from '../../domain/deadline.ts';
import {
  isTemporary,
  MissingScopesError,
  PortalNotConnectedError,
  UpstreamContractError,
} from '../../domain/errors.ts';
import { type ListedOwners, withLearned } from '../../domain/known-owners.ts';
import {
  diffOwners,
  findMoved,
  hasLostEverybody,
  hasLostSomebody,
  isEmptyDiff,
  isSuspiciouslySmall,
} from '../../domain/owner-diff.ts';
import { addPage, BrokenListingError, completeListing, type OwnerSync, startSync } from '../../domain/owner-listing.ts';
import type { RefreshJob, RefreshOutcome, RefreshState } from '../../domain/owner-sync.ts';
import { splitDiff } from '../../domain/split-diff.ts';
import { makeReport, type RunFacts } from '../../domain/sync-report.ts';
import type { OwnerPagesApi } from '../../ports/hubspot.ts';
import type { ReadUsers, UsersRead } from '../../ports/steps.ts';
import type { OwnerSyncStore, UnresolvedEmails } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type SyncOwnersDeps = Needs<'now' | 'metrics' | 'log'> & {
  readonly pages: OwnerPagesApi;
  readonly store: OwnerSyncStore;
  readonly readUsers: ReadUsers;
  readonly unresolved: Pick<UnresolvedEmails, 'list' | 'removeReported'>;
};

type Listed = UsersRead & {
  /** What the table had at the end of the sync, before there was a lease. */
  readonly known: ListedOwners;
  readonly sync: OwnerSync;
  /** It was resumed without a change, so it need not be saved again. */
  readonly isCheckpointed: boolean;
  readonly hubspotCalls: number;
};

/** Longer than a function may run, so that a lease outlives only a crashed run. */
const LEASE_MS = 15 * 60_000;
/** Reading fewer pages again takes as long as saving them. */
const PAGES_WORTH_KEEPING = 2;
/** Without a limit, a large account would be read forever if its cursors never outlived a run. */
const MOST_RESTARTS = 3;

/**
 * Makes the owner cache of a portal equal to HubSpot's listing. Reads both listings to their last page, compares, and writes only
 * the changes. A repeated job, or two runs at once, lead to the same table.
 *
 * An unchanged portal costs one write, so the lease is taken only if there is something to write.
 * @param stopAt when to save the work for the job that is returned
 */
export function createSyncOwners({ pages, store, readUsers, unresolved, now, metrics, log }: SyncOwnersDeps) {
  return async function syncOwners(job: RefreshJob, stopAt: Deadline): Promise<RefreshOutcome> {
    const { portalId } = job;
    const state = await store.readState(portalId);
    const lastAtEpochMs = state.lastCompleteStartedAtEpochMs;
    const isBelieved = lastAtEpochMs > 0 && lastAtEpochMs <= farthestEpochMs(now());
    if (isBelieved && lastAtEpochMs >= job.requestedAtEpochMs) return skipped('done_already');
    if (isBelieved && job.continuations === 0) metrics.measure('OwnerDataAgeMs', now() - lastAtEpochMs);
    try {
      return await listAndApply(job, state, stopAt);
    } catch (error) {
      if (error instanceof BrokenListingError) return refuse(job, error.reason);
      if (!(error instanceof PortalNotConnectedError || error instanceof MissingScopesError)) throw error;
      log.warn('a portal is not refreshed until it is connected again', { portalId, code: error.code });
      return skipped('not_connected');
    }
  };

  async function listAndApply(job: RefreshJob, state: RefreshState, stopAt: Deadline): Promise<RefreshOutcome> {
    const { portalId, runId, force } = job;
    const checkpoint = job.continuations === 0 ? undefined : await store.resume(portalId, runId);
    let { sync, pagesBefore } = await resumeOrStart(job, checkpoint, stopAt);
    let listing = completeListing(sync);
    let calls = sync.pages - pagesBefore;
    if (listing === undefined) return continueLater(job, sync);

    const known = await store.listKnown(portalId);
    const isOdd = isSuspiciouslySmall(known.synced, listing) || hasLostEverybody(known.synced, listing);
    // A resumed sync may already be the second reading.
    const isShort = isOdd || (pagesBefore === 0 && hasLostSomebody(known.synced, listing));
    if (!force && isShort) {
      // Read it again from the start: an accidentally wrong listing is right the second time. The owners of the first reading, who
      // may be many, are not kept in memory.
      listing = undefined;
      sync = startSync(now());
      sync = await listUntil(job, sync, stopAt);
      listing = completeListing(sync);
      calls += sync.pages;
      if (listing === undefined ? isOdd : isSuspiciouslySmall(known.synced, listing)) return refuse(job, 'shrunk');
      if (listing === undefined) return continueLater(job, sync);
    }
    // With `force`, somebody may have granted the scope a moment ago.
    const lastUsers = force ? undefined : state.report?.users;
    // A run that resumed a finished sync had no time for users before, so it continues without them.
    const usersUntil = checkpoint?.stage === 'done' ? toDeadline(0) : stopAt;
    const read = await readUsers(portalId, listing, known.synced, lastUsers, usersUntil);
    const listed = { ...read, known, sync, isCheckpointed: sync === checkpoint, hubspotCalls: calls + read.calls };
    return apply(job, state, listed, stopAt);
  }

  async function apply(
    job: RefreshJob,
    state: RefreshState,
    synced: Listed,
    stopAt: Deadline,
  ): Promise<RefreshOutcome> {
    const { portalId, runId } = job;
    const { known: before, sync, isCheckpointed, listing } = synced;
    const first = diffOwners(before, listing);
    // Read before any write: a repeated run no longer sees what the first one wrote as a change.
    const asked = await unresolved.list(portalId);
    if (isEmptyDiff(first)) return record(job, state.fence, { ...synced, diff: first, unresolved: asked, writes: 1 });

    const lease = await store.acquire(portalId, runId, listing.startedAtEpochMs, LEASE_MS);
    if (lease === undefined) return skipped('another_run');
    // Another run may have written between our read and our lease, so only a comparison under the lease counts.
    const known = await store.listKnown(portalId);
    const moved = findMoved(known, listing);
    const learned = moved.length === 0 ? [] : await store.listLearned(portalId, moved);
    const stored = withLearned(known, learned);
    const diff = diffOwners(stored, listing);
    const mayGoOn = () => now() < Math.min(stopAt, lease.endsAtEpochMs);
    let writes = 2;
    for (const piece of splitDiff(stored, diff)) {
      const applied = await store.apply(portalId, piece, lease, listing.startedAtEpochMs, mayGoOn);
      writes += applied.writes;
      // The next comparison finds the rest, so the diff is not saved.
      if (!applied.isDone) return isCheckpointed ? continued(job) : continueLater(job, sync);
    }
    return record(job, lease.fence, { ...synced, known, diff, unresolved: asked, writes });
  }

  /** HubSpot does not say how long its cursors are valid. A sync that cannot be resumed starts again, a few times. */
  async function resumeOrStart(job: RefreshJob, checkpoint: OwnerSync | undefined, stopAt: Deadline) {
    const pagesBefore = checkpoint?.pages ?? 0;
    try {
      return { pagesBefore, sync: await listUntil(job, checkpoint ?? startSync(now()), stopAt) };
    } catch (error) {
      const mayStartAgain = checkpoint !== undefined && job.continuations <= MOST_RESTARTS;
      if (!mayStartAgain || !(error instanceof UpstreamContractError)) throw error;
      log.warn('a refresh could not be resumed and starts again', { portalId: job.portalId, code: error.code });
      return { pagesBefore: 0, sync: await listUntil(job, startSync(now()), stopAt) };
    }
  }

  /**
   * Reads to the last page, or as far as possible. Time usually runs out in the middle of a call, and one of some hundred pages
   * may fail. If the pages were lost then, a large account would never be refreshed.
   */
  async function listUntil({ portalId }: RefreshJob, begun: OwnerSync, stopAt: Deadline): Promise<OwnerSync> {
    let sync = begun;
    try {
      while (sync.stage !== 'done' && now() < stopAt) {
        sync = addPage(sync, await pages.listPage(portalId, sync.stage, sync.after, stopAt));
      }
    } catch (error) {
      if (!isTemporary(error) || sync.pages - begun.pages < PAGES_WORTH_KEEPING) throw error;
      log.warn('a page of owners could not be read; the refresh continues from it', { portalId, code: error.code });
    }
    return sync;
  }

  async function continueLater(job: RefreshJob, sync: OwnerSync): Promise<RefreshOutcome> {
    await store.saveCheckpoint(job.portalId, job.runId, sync);
    return continued(job);
  }

  async function record(
    { portalId, runId }: RefreshJob,
    fence: number,
    run: Omit<RunFacts, 'runId' | 'endedAtEpochMs'>,
  ): Promise<RefreshOutcome> {
    const report = makeReport({ ...run, runId, endedAtEpochMs: now() });
    if (!(await store.recordRun(portalId, fence, report))) return skipped('another_run');
    const odd = { owners: run.listing.oddRows, users: run.oddUsers };
    for (const [list, rows] of Object.entries(odd)) if (rows > 0) metrics.count('HubSpotRowsSkipped', { list }, rows);
    await unresolved.removeReported(portalId, run.unresolved);
    return { kind: 'done', report };
  }

  function refuse({ portalId }: RefreshJob, reason: 'shrunk' | BrokenListingError['reason']): RefreshOutcome {
    metrics.count('OwnerListingRefused', { reason });
    log.error('an owner listing was refused; the known owners stay', { portalId, reason });
    return { kind: 'refused', reason };
  }
}

function continued(job: RefreshJob): RefreshOutcome {
  return { kind: 'toBeContinued', job: { ...job, continuations: job.continuations + 1 } };
}

function skipped(reason: Extract<RefreshOutcome, { kind: 'skipped' }>['reason']): RefreshOutcome {
  return { kind: 'skipped', reason };
}
