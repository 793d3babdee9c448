import { DAY_MS } from '../../domain/ages.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { AppError, retryAfterOf } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { RefreshJob, RefreshOutcome, RefreshReport } from '../../domain/owner-sync.ts';
import { toDelaySeconds } from '../../domain/requeue.ts';
import type { SyncQueue } from '../../ports/queue.ts';
import type { OwnerSyncStore } from '../../ports/store.ts';
import type { Needs } from '../../ports/telemetry.ts';

/** A deletion is done in parts, and leaves table capacity to others between them. */
export const PURGE_PAUSE_SECONDS = 60;

export type RunRefreshDeps = Needs<'now' | 'log'> & {
  readonly syncOwners: (job: RefreshJob, stopAt: Deadline) => Promise<RefreshOutcome>;
  readonly store: Pick<OwnerSyncStore, 'readState'>;
  readonly isForgotten: (portalId: PortalId) => Promise<boolean>;
  readonly startNightly: (portalId: PortalId, requestedAtEpochMs: number, deadline: Deadline) => Promise<unknown>;
  readonly sendDigest: (portalId: PortalId, report: RefreshReport) => Promise<void>;
  readonly queue: SyncQueue;
};

/**
 * One job of a refresh: the owner cache, then the nightly handovers and the digest, which need it. A repeated delivery does what
 * the first one did not finish.
 */
export function createRunRefresh(deps: RunRefreshDeps) {
  const { syncOwners, store, isForgotten, startNightly, sendDigest, queue, now, log } = deps;

  /** @returns undefined if the job was put back because HubSpot said when to retry */
  return async function runRefresh(job: RefreshJob, stopAt: Deadline): Promise<RefreshOutcome | undefined> {
    try {
      return await refresh(job, stopAt);
    } catch (error) {
      return putBack(job, error);
    }
  };

  /** A limit and a pause are not failures: a daily limit lasts for hours, and must not use up the receives of the message. */
  async function putBack(job: RefreshJob, error: unknown): Promise<undefined> {
    const waitMs = retryAfterOf(error);
    // After a day, the next night has queued another job.
    const isTooLate = now() > job.requestedAtEpochMs + DAY_MS;
    if (!(error instanceof AppError) || waitMs === undefined || isTooLate) throw error;
    await queue.send([{ job, delaySeconds: toDelaySeconds(waitMs) }]);
    const { portalId, runId } = job;
    log.info('a refresh has to wait', { portalId, runId, waitMs, code: error.code });
  }

  async function refresh(job: RefreshJob, stopAt: Deadline): Promise<RefreshOutcome> {
    const { portalId } = job;
    if (await isForgotten(portalId)) return { kind: 'skipped', reason: 'not_connected' };
    const outcome = await syncOwners(job, stopAt);
    // The portal was deleted meanwhile, so what this run wrote is deleted too.
    if (await isForgotten(portalId)) await queue.sendPurges([portalId], PURGE_PAUSE_SECONDS);
    else if (outcome.kind === 'toBeContinued') await queue.send([{ job: outcome.job, delaySeconds: 0 }]);
    else if (outcome.kind === 'done' || isRepeat(outcome)) await finish(job, outcome, stopAt);
    return outcome;
  }

  async function finish(job: RefreshJob, outcome: RefreshOutcome, stopAt: Deadline): Promise<void> {
    const { portalId, requestedAtEpochMs } = job;
    const report = outcome.kind === 'done' ? outcome.report : await findReport(job);
    try {
      // Before the digest, which would otherwise say for a leaver's first night that nothing was started.
      await startNightly(portalId, requestedAtEpochMs, stopAt);
    } finally {
      if (report !== undefined) await sendDigest(portalId, report);
    }
  }

  /** Undefined if another run was the last one. */
  async function findReport({ portalId, runId }: RefreshJob): Promise<RefreshReport | undefined> {
    const { report } = await store.readState(portalId);
    return report?.runId === runId ? report : undefined;
  }
}

/** An earlier run may have failed between the refresh and the steps after it. */
function isRepeat(outcome: RefreshOutcome): boolean {
  return outcome.kind === 'skipped' && outcome.reason === 'done_already';
}
