import type { Deadline } from '../../domain/deadline.ts';
import {
  AppError,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  retryAfterOf,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
  WritesUnderWayError,
} from '../../domain/errors.ts';
import { countRecords, type Handover, isWorking, resultsOf, stopped } from '../../domain/handover.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { CALLS_SPENT } from '../../domain/nightly-handover.ts';
import { isAssignable } from '../../domain/owner.ts';
import type {
  FindListed,
  HandoverJob,
  HandoverStep,
  Handovers,
  RecordSearch,
  StoredHandover,
} from '../../ports/handovers.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type RunHandoverDeps = Needs<'now' | 'log'> & {
  readonly handovers: Pick<Handovers, 'read' | 'save'>;
  readonly planPage: HandoverStep;
  readonly moveBatch: HandoverStep;
  readonly undoBatch: HandoverStep;
  /** Counts the records that a stopped step wrote. */
  readonly countAhead: HandoverStep;
  readonly search: Pick<RecordSearch, 'countOwned'>;
  /** Asked live. */
  readonly findActiveOwner: FindListed;
};

/** When to continue, and the fault that caused the wait. Undefined if nothing is left to do, or somebody stopped it. */
export type HandoverRun = { readonly againInMs: number; readonly fault?: AppError } | undefined;

/** The wait after the first failure. It doubles with each further failure in a row. */
const RETRY_MS = 30_000;
const MAX_RETRY_MS = 15 * 60_000;
/** About a day: HubSpot may be down that long. */
const MAX_FAILURES = 100;
/** Half an hour: a reply in an unknown form will be the same tomorrow. */
const MAX_ODD_ANSWERS = 6;
const NOTHING_COUNTED = { parts: 0, records: 0 };

/**
 * Works on a handover step by step until it is done, stopped, or out of time. Each step is saved before the next and may be
 * repeated: two runs at once, or one after a crash, have the same effect on the records.
 */
export function createRunHandover(deps: RunHandoverDeps) {
  const { handovers, planPage, moveBatch, undoBatch, countAhead, search, findActiveOwner, now, log } = deps;

  return async function runHandover(job: HandoverJob, stopAt: Deadline): Promise<HandoverRun> {
    try {
      return await runSteps(job, stopAt);
    } catch (error) {
      // An outage of the table must not use up the receives of the message: no other message continues the handover.
      if (!(error instanceof StoreUnavailableError)) throw error;
      return { againInMs: RETRY_MS, fault: error };
    }
  };

  async function runSteps({ portalId, handoverId, isCount }: HandoverJob, stopAt: Deadline): Promise<HandoverRun> {
    let current = await handovers.read(portalId, handoverId);
    if (isCount && !current?.isUncounted) return undefined;
    let isChecked = false;
    let isCounted = false;
    while (current !== undefined && (isWorking(current) || (current.isStopped && !isCounted))) {
      if (now() >= stopAt) return { againInMs: 0 };
      let next: Handover;
      const { isStopped } = current;
      // Somebody may continue it while this run still counts.
      isChecked &&= !isStopped;
      const isUnchecked: boolean = !isStopped && !isChecked && current.status === 'moving';
      try {
        if (isStopped) next = await countAhead(portalId, current, stopAt);
        else if (isUnchecked) next = await checkPeople(portalId, current, stopAt);
        else next = withoutFailures(await step(portalId, current, stopAt));
        isChecked ||= isUnchecked && next === current;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        const postponed = error.retryable ? await postpone(portalId, current, error) : undefined;
        if (postponed !== undefined) return postponed;
        // It says already why it stopped, or somebody stopped it.
        next = isStopped ? { ...current, isUncounted: false } : stopFor(current, error);
      }
      const isSame = next === current;
      const saved = isSame ? current : await handovers.save(portalId, { ...next, version: current.version });
      // Somebody else may have saved it meanwhile: a person who stops it, or another run.
      current = saved ?? (await handovers.read(portalId, handoverId));
      isCounted = isStopped && saved !== undefined;
    }
    if (current !== undefined) report(portalId, current);
    return undefined;
  }

  /**
   * A limit, a pause and an outage of the table do not count as failures of HubSpot. Undefined if HubSpot has failed too often.
   */
  async function postpone(portalId: PortalId, current: StoredHandover, error: AppError): Promise<HandoverRun> {
    const waitMs = retryAfterOf(error);
    if (waitMs !== undefined) return { againInMs: waitMs, ...faultOf(error) };
    const maxFailures = maxFailuresOf(error);
    if (maxFailures === undefined) return { againInMs: RETRY_MS, ...faultOf(error) };
    const failures = (current.failures ?? 0) + 1;
    if (failures > maxFailures) return undefined;
    await handovers.save(portalId, { ...current, failures });
    return { againInMs: Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS), ...faultOf(error) };
  }

  /**
   * Once a run, and after each stop. The target may have left since the plan. Nobody looked at the plan of a nightly handover, and its
   * leaver may be back.
   */
  async function checkPeople(portalId: PortalId, handover: Handover, deadline: Deadline): Promise<Handover> {
    const { target, leaverId, maxCalls } = handover;
    /** A row of an unknown type may be that of an active person. */
    const isActive = async (id: OwnerId, ifOdd: boolean) => {
      const owner = await findActiveOwner(portalId, id, deadline);
      return owner === 'odd' ? ifOdd : owner !== undefined && isAssignable(owner);
    };
    if (target !== '' && !(await isActive(target, false))) return { ...stopped(handover), reason: 'TARGET_NOT_ACTIVE' };
    const isBack = maxCalls !== undefined && (await isActive(leaverId, true));
    return isBack ? { ...stopped(handover), reason: 'LEAVER_ACTIVE' } : handover;
  }

  async function step(portalId: PortalId, handover: Handover, deadline: Deadline): Promise<Handover> {
    const { status, position, batches, maxCalls, calls, openParts = [] } = handover;
    if (status === 'planning') {
      const planned = await planPage(portalId, handover, deadline);
      return planned.status === 'planned' && maxCalls !== undefined ? { ...planned, status: 'moving' } : planned;
    }
    if (status === 'undoing') {
      return position < batches ? undoBatch(portalId, handover, deadline) : { ...handover, status: 'undone' };
    }
    const isSpent = maxCalls !== undefined && (position === batches ? openParts.length > 0 : calls >= maxCalls);
    if (isSpent) return { ...handover, isStopped: true, reason: CALLS_SPENT };
    if (position === batches) return countRest(portalId, handover, deadline);
    return moveBatch(portalId, handover, deadline);
  }

  /** One owner property a step, because there may be hundreds. */
  async function countRest(portalId: PortalId, handover: Handover, deadline: Deadline): Promise<Handover> {
    const { leaverId, parts, emptyParts = [], calls, counting = NOTHING_COUNTED } = handover;
    const part = [...parts, ...emptyParts][counting.parts];
    if (part === undefined) return { ...handover, status: 'moved', remaining: counting.records };
    const found = (await search.countOwned({ ...part, portalId }, leaverId, deadline)) ?? 0;
    return {
      ...handover,
      counting: { parts: counting.parts + 1, records: counting.records + found },
      calls: calls + 1,
    };
  }

  function report(portalId: PortalId, handover: Handover): void {
    const { id, leaverId, status, isStopped, reason, parts, unreadable } = handover;
    const { moved, undone } = resultsOf(handover);
    const { done, leftAlone, missing, refused } = status === 'undone' ? undone : moved;
    log.info('handover answered', {
      portalId,
      handoverId: id,
      leaverOwnerId: leaverId,
      status,
      planned: countRecords(parts),
      unreadable: unreadable.length,
      isStopped,
      reason,
      done,
      leftAlone,
      missing,
      refused,
    });
  }
}

/** A used-up limit and a run that is still working are not faults. */
function faultOf(error: AppError): { readonly fault?: AppError } {
  return error instanceof RateLimitedError || error instanceof WritesUnderWayError ? {} : { fault: error };
}

function maxFailuresOf(error: AppError): number | undefined {
  if (error instanceof UpstreamContractError) return MAX_ODD_ANSWERS;
  return error instanceof UpstreamUnavailableError ? MAX_FAILURES : undefined;
}

function withoutFailures({ failures: _failures, ...handover }: Handover): Handover {
  return handover;
}

/** A retry does not help: somebody must correct the cause and start it again. */
function stopFor(handover: Handover, error: AppError): Handover {
  const isForgotten = error instanceof PortalNotConnectedError && error.isForgotten;
  const canGoOn = handover.status !== 'planning' || error instanceof MissingScopesError;
  return canGoOn && !isForgotten
    ? { ...stopped(handover), reason: error.code }
    : { ...handover, status: 'failed', reason: error.code };
}
