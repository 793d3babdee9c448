import { CALLBACKS_PER_BATCH, chunk, divide, halve } from '../../domain/batches.ts';
import { inParallel } from '../../domain/concurrency.ts';
import { type AppError, mayPassSoon, UpstreamContractError } from '../../domain/errors.ts';
import { type FinishedExecution, isExpiring, MIN_BLOCK_AGE_MS } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import { COMPLETION_REFUSED, NotBlockedYet, OFTEN_REQUEUED, type Requeued } from '../../domain/requeue.ts';
import type { CompletionAnswer, WorkflowCallbacks } from '../../ports/hubspot.ts';
import type { CompleteCallbacks, CompletionLimits } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';
import { type CompletedCallbacksDeps, callbackIdOf, createCompletedCallbacks } from './completed-callbacks.ts';
import { createCompletionCredit } from './completion-credit.ts';

export type CompleteCallbacksDeps = CompletedCallbacksDeps &
  Needs<'now'> & {
    readonly callbacks: WorkflowCallbacks;
    /** A result in the declared outputs, exactly as an execution that was answered at once gets them. */
    readonly toOutputs: (portalId: PortalId, result: ActionResult, asked: string) => Promise<Record<string, string>>;
  };

type Run = CompletionLimits & {
  readonly portalId: PortalId;
  /** When `BLOCK` was answered again or late, by callback ID. */
  readonly blockedAt: ReadonlyMap<string, number>;
  readonly requeued: Requeued[];
  stoppedBy: AppError | undefined;
};

type Counts = { readonly completed: number; readonly unknown: number };

/** How many single completions run side by side. */
const AT_ONCE = 5;
/** HubSpot may not know yet that a younger execution waits. */
const YOUNG_MS = 2 * MIN_BLOCK_AGE_MS;

/**
 * Completes callbacks, a hundred with each call. Only HubSpot's 204 means that all are completed: what HubSpot says about one
 * callback does not count for another. A refused call is halved until the refused callbacks are alone. After a lost reply, each
 * is completed alone.
 */
export function createCompleteCallbacks(deps: CompleteCallbacksDeps): CompleteCallbacks {
  const { callbacks, toOutputs, now, log } = deps;
  const completedCallbacks = createCompletedCallbacks(deps);
  const credit = createCompletionCredit(now);

  return async function completeCallbacks(portalId, finished, limits) {
    if (finished.length === 0) return [];
    // Their results are recorded by now, so no later `BLOCK` is answered than those that this finds.
    const blockedAt = await completedCallbacks.findBlocked(portalId, now() - YOUNG_MS);
    const run: Run = { ...limits, portalId, blockedAt, requeued: [], stoppedBy: undefined };
    const [young, due] = divide(finished, (one) => ageMs(run, one) < MIN_BLOCK_AGE_MS);
    const youngest = Math.min(...young.map((one) => ageMs(run, one)));
    requeue(run, young, new NotBlockedYet(MIN_BLOCK_AGE_MS - youngest), run.isUrgent);
    const open = run.isUrgent ? await completedCallbacks.withoutCompleted(portalId, due) : due;
    const [suspects, untried] = divide(open, ({ execution }) => execution.refusals > 0);
    // Results that were recorded together were completed with one call, so probably all of them are completed, or none.
    for (const same of Map.groupBy(untried, ({ recordedAtEpochMs }) => recordedAtEpochMs).values()) {
      for (const batch of chunk(same, CALLBACKS_PER_BATCH)) await completeTogether(run, batch, run.isUrgent);
    }
    await completeEachAlone(run, suspects, run.isUrgent);
    return run.requeued;
  };

  /** @param isUrgent some may be completed already: whoever still waits is found now, whatever it costs */
  async function completeTogether(run: Run, members: readonly FinishedExecution[], isUrgent: boolean): Promise<void> {
    if (members.length < 2) return void (await completeEachAlone(run, members, isUrgent));
    const answer = await tryToComplete(run, members, isUrgent);
    if (answer === undefined) return;
    if (answer.kind === 'failed') return completeAroundFault(run, members, answer.cause);
    if (answer.kind === 'answered') {
      const [named, others] = divide(members, (one) => answer.completed.has(callbackIdOf(one)));
      await completedCallbacks.noteCompleted(run.portalId, named);
      return void (await completeEachAlone(run, others, true));
    }
    const mayBeDone = isUrgent || answer.mayBeDone;
    // A copy of a message may be done by another worker.
    const left = await completedCallbacks.withoutCompleted(run.portalId, members);
    if (left.length < members.length) return completeTogether(run, left, mayBeDone);
    const refused = left.map(markRefused);
    if (mayBeDone) return completeAfterSample(run, refused);
    if (!credit.mayHalve(run.portalId, left.length)) return void (await completeEachAlone(run, refused, false));
    return completeHalves(run, refused, false);
  }

  async function completeHalves(run: Run, members: readonly FinishedExecution[], isUrgent: boolean): Promise<void> {
    for (const half of halve(members)) await completeTogether(run, half, isUrgent);
  }

  /**
   * A few show what the others probably are. If all of the few still waited, the search goes on in halves. If none did, those that
   * certainly wait come first, and each of the others is completed alone, once, later.
   */
  async function completeAfterSample(run: Run, members: readonly FinishedExecution[]): Promise<void> {
    const every = Math.ceil(members.length / AT_ONCE);
    const [sample, others] = divide(members, (_one, index) => index % every === 0);
    const { completed, unknown } = await completeEachAlone(run, sample, true);
    if (completed === sample.length) return completeHalves(run, others, true);
    const mayDefer = unknown === sample.length && run.triesAll !== true;
    if (mayDefer && !others.some(({ execution }) => isExpiring(execution, now()))) {
      return requeue(run, others, COMPLETION_REFUSED, true);
    }
    await completeEachAlone(run, others, true);
  }

  /** HubSpot may fail because of one of them. If it takes another one alone, it is no outage, and the rest is halved. */
  async function completeAroundFault(run: Run, members: readonly FinishedExecution[], cause: AppError): Promise<void> {
    const at = (members[0]?.execution.requeueCount ?? 0) % members.length;
    const others = members.toSpliced(at, 1);
    const { completed, unknown } = await completeEachAlone(run, members.slice(at, at + 1), true);
    if (completed + unknown === 0) return requeue(run, others, cause, true);
    return completeHalves(run, others, true);
  }

  /** @returns how many still waited and are completed now, and how many HubSpot does not know */
  async function completeEachAlone(
    run: Run,
    members: readonly FinishedExecution[],
    isUrgent: boolean,
  ): Promise<Counts> {
    const completed: FinishedExecution[] = [];
    const unknown: FinishedExecution[] = [];
    const completeOne = async (one: FinishedExecution) => {
      const answer = await tryToComplete(run, [one], isUrgent);
      if (answer === undefined) return;
      if (answer.kind === 'failed') return requeue(run, [markRefused(one)], answer.cause, isUrgent || answer.mayBeDone);
      if (answer.kind === 'answered') {
        if (answer.completed.has(callbackIdOf(one))) completed.push(one);
        else requeue(run, [one], notCompleted(), true);
      } else if (answer.kind === 'invalid') requeue(run, [markRefused(one)], notCompleted(), isUrgent);
      else if (ageMs(run, one) >= YOUNG_MS) unknown.push(one);
      else requeue(run, [markRefused(one)], new NotBlockedYet(MIN_BLOCK_AGE_MS), isUrgent);
    };
    // Each may be refused, and that decides whether the credit allows the next one.
    await inParallel(members, completeOne, { limit: isUrgent ? AT_ONCE : 1 });
    await completedCallbacks.noteUnknown(run.portalId, unknown);
    await completedCallbacks.noteCompleted(run.portalId, completed);
    return { completed: completed.length, unknown: unknown.length };
  }

  /** Undefined when they are put back: there was no call, or no sense in trying again now. */
  async function tryToComplete(
    run: Run,
    members: readonly FinishedExecution[],
    isUrgent: boolean,
  ): Promise<CompletionAnswer | undefined> {
    const { portalId, stoppedBy, stopAt, deadline } = run;
    if (stoppedBy !== undefined || now() >= stopAt) {
      // They were not tried, so this is not their failure.
      return requeue(run, members, stoppedBy, isUrgent);
    }
    if (!isUrgent && !credit.mayTry(portalId)) return requeue(run, members, COMPLETION_REFUSED, false);
    const completions = await Promise.all(
      members.map(async (one) => ({
        callbackId: callbackIdOf(one),
        outputFields: await toOutputs(portalId, one.result, one.execution.command.ownerEmail),
      })),
    );
    const answer = await callbacks.complete(portalId, completions, deadline);
    if (answer.kind === 'failed') {
      // A failed one does not stop the others, unless every call would fail.
      if (!mayPassSoon(answer.cause)) run.stoppedBy ??= answer.cause;
      const isOften = members.every(({ execution }) => execution.requeueCount >= OFTEN_REQUEUED);
      if (isOften && mayPassSoon(answer.cause)) return answer;
      return requeue(run, members, answer.cause, isUrgent || answer.mayBeDone);
    }
    if (answer.kind === 'answered') credit.succeeded(portalId);
    // Refusals after a lost reply do not show that many records left their workflows.
    else if (!isUrgent) credit.refused(portalId);
    if (answer.kind === 'invalid')
      log.error('HubSpot rejects a completion as invalid', { portalId, size: members.length, reason: answer.reason });
    return answer;
  }

  /** How long HubSpot has known that the execution waits. */
  function ageMs({ blockedAt }: Run, one: FinishedExecution): number {
    return now() - Math.max(one.execution.queuedAtEpochMs, blockedAt.get(callbackIdOf(one)) ?? 0);
  }
}

function requeue(run: Run, members: readonly FinishedExecution[], cause: unknown, mayBeDone: boolean): undefined {
  const completion = mayBeDone ? 'unconfirmed' : 'pending';
  const executions = members.map(({ execution }) => ({ ...execution, completion }) as const);
  if (executions.length > 0) run.requeued.push({ executions, cause });
}

/** From now on it is completed alone, so that HubSpot refuses no others because of it. */
function markRefused(one: FinishedExecution): FinishedExecution {
  return { ...one, execution: { ...one.execution, refusals: 1 } };
}

const notCompleted = () => new UpstreamContractError('a completion failed');
