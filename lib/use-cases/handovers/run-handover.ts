import {
  AppError,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  retryAfterOf,
  WritesUnderWayError,
} from '../../domain/errors.ts';
import { type Handover, isWorking } from '../../domain/handover.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable, type Owner } from '../../domain/owner.ts';
import type { HandoverJob, HandoverStep, Handovers, RecordSearch, StoredHandover } from '../../ports/handovers.ts';
import type { Log, Now } from '../../ports/telemetry.ts';

export type RunHandoverDeps = {
  readonly handovers: Pick<Handovers, 'read' | 'save'>;
  readonly planPage: HandoverStep;
  readonly moveBatch: HandoverStep;
  readonly undoBatch: HandoverStep;
  readonly search: Pick<RecordSearch, 'countOwned'>;
  /** Asked live: undefined when the owner is not active, or not a person. */
  readonly findActiveOwner: (
    portalId: PortalId,
    ownerId: OwnerId,
    deadlineEpochMs: number,
  ) => Promise<Owner | undefined>;
  readonly now: Now;
  readonly log: Log;
};

/** When to continue with it, and after which fault; undefined when there is nothing left to do, or somebody stopped it. */
export type HandoverRun = { readonly againInMs: number; readonly fault?: AppError } | undefined;

const RETRY_MS = 30_000;

/**
 * Works on a handover step by step until it is done, stopped, or the time is over. Each step is saved before the next one, and
 * may be done again: two runs at once, or one after a crash, end in the same records.
 */
export function createRunHandover(deps: RunHandoverDeps) {
  const { handovers, planPage, moveBatch, undoBatch, search, findActiveOwner, now, log } = deps;

  return async function runHandover(job: HandoverJob, stopAtEpochMs: number): Promise<HandoverRun> {
    const { portalId, handoverId } = job;
    let standing = await handovers.read(portalId, handoverId);
    let isChecked = false;
    while (standing !== undefined && isWorking(standing)) {
      if (now() >= stopAtEpochMs) return { againInMs: 0 };
      let next: Handover;
      try {
        // Once a run: whoever gets the records may have left since the plan was made.
        next = isChecked
          ? await step(portalId, standing, stopAtEpochMs)
          : await check(portalId, standing, stopAtEpochMs);
        isChecked = true;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.retryable) return waitAfter(error);
        next = stop(standing, error);
      }
      // Somebody else may have saved it meanwhile: a person who stops it, or another run.
      standing = (await save(portalId, standing, next)) ?? (await handovers.read(portalId, handoverId));
    }
    if (standing !== undefined) report(portalId, standing);
    return undefined;
  };

  async function save(
    portalId: PortalId,
    standing: StoredHandover,
    next: Handover,
  ): Promise<StoredHandover | undefined> {
    return next === standing ? standing : handovers.save(portalId, { ...next, version: standing.version });
  }

  async function check(portalId: PortalId, handover: Handover, deadlineEpochMs: number): Promise<Handover> {
    if (handover.status !== 'moving' || handover.target === '') return handover;
    const owner = await findActiveOwner(portalId, handover.target, deadlineEpochMs);
    const isFine = owner !== undefined && isAssignable(owner);
    return isFine ? handover : { ...handover, isStopped: true, reason: 'TARGET_NOT_ACTIVE' };
  }

  async function step(portalId: PortalId, handover: Handover, deadlineEpochMs: number): Promise<Handover> {
    const { status, position, batches, maxCalls, calls } = handover;
    if (status === 'planning') {
      const planned = await planPage(portalId, handover, deadlineEpochMs);
      return planned.status === 'planned' && maxCalls !== undefined ? { ...planned, status: 'moving' } : planned;
    }
    if (status === 'undoing') {
      return position < batches ? undoBatch(portalId, handover, deadlineEpochMs) : { ...handover, status: 'undone' };
    }
    if (position === batches) return finish(portalId, handover, deadlineEpochMs);
    if (maxCalls !== undefined && calls >= maxCalls) return { ...handover, isStopped: true, reason: 'CALLS_SPENT' };
    return moveBatch(portalId, handover, deadlineEpochMs);
  }

  async function finish(portalId: PortalId, handover: Handover, deadlineEpochMs: number): Promise<Handover> {
    let remaining = 0;
    for (const { objectType, property } of handover.parts) {
      remaining += await search.countOwned(portalId, objectType, property, handover.leaverId, deadlineEpochMs);
    }
    return { ...handover, status: 'moved', remaining, calls: handover.calls + handover.parts.length };
  }

  function report(portalId: PortalId, { id, status, isStopped, reason, moved, undone }: Handover): void {
    const { done, leftAlone, missing, refused } = status === 'undone' ? undone : moved;
    log.info('handover answered', {
      portalId,
      handoverId: id,
      status,
      isStopped,
      reason,
      done,
      leftAlone,
      missing,
      refused,
    });
  }
}

/** A limit that is used up and a run that is not over yet are no faults. */
function waitAfter(error: AppError): HandoverRun {
  const isFault = !(error instanceof RateLimitedError || error instanceof WritesUnderWayError);
  return { againInMs: retryAfterOf(error) ?? RETRY_MS, ...(isFault && { fault: error }) };
}

/** No retry helps: it waits for somebody to correct what is wrong and to start it again. */
function stop(handover: Handover, error: AppError): Handover {
  const canGoOn = handover.status !== 'planning' || error instanceof MissingScopesError;
  if (error instanceof PortalNotConnectedError && error.isForgotten)
    return { ...handover, status: 'failed', reason: error.code };
  return canGoOn
    ? { ...handover, isStopped: true, reason: error.code }
    : { ...handover, status: 'failed', reason: error.code };
}
