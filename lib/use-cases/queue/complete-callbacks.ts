import { CALLBACKS_PER_BATCH } from '../../domain/batch-sizes.ts';
import { AppError, UpstreamContractError } from '../../domain/errors.ts';
import { type FinishedExecution, isExpiring, MIN_BLOCK_AGE_MS } from '../../domain/execution.ts';
import { halve } from '../../domain/halves.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import { COMPLETION_REFUSED, IN_FLIGHT, IN_FLIGHT_MS, NotBlockedYet, type Requeued } from '../../domain/requeue.ts';
import type { CompletionAnswer, WorkflowCallbacks } from '../../ports/hubspot.ts';
import type { CompletionLimits } from '../../ports/steps.ts';
import type { Log, Now } from '../../ports/telemetry.ts';
import type { CompletedCallbacks } from './completed-callbacks.ts';
import { AT_ONCE, createCompletionCredit } from './completion-credit.ts';
import { type CompletionRun, mayPassSoon, requeue, startRun, wasRefused } from './completion-run.ts';

export type CompleteCallbacksDeps = {
  readonly callbacks: WorkflowCallbacks;
  readonly ended: CompletedCallbacks;
  /** A result in the declared outputs, exactly as an execution that was answered at once gets them. */
  readonly toOutputs: (portalId: PortalId, result: ActionResult, asked: string) => Promise<Record<string, string>>;
  readonly now: Now;
  readonly log: Log;
};

/** How the refused ones of a call are found: as the credit allows, or, where some may be completed, whatever it costs. */
type Search = 'credit' | 'sample' | 'halves';

type Found = { readonly completed: number; readonly unknown: number };
const MOST_FAILURES = 3;
/** In a portal's turn. */
const MOST_DOUBTS = 20;
/** HubSpot may not know yet that an execution waits. */
const YOUNG_MS = 2 * MIN_BLOCK_AGE_MS;

/**
 * Completes callbacks, a hundred to a call. HubSpot's 204 means that all are done, and nothing else does: what it says of one
 * callback is taken for no other. A refused call is halved until the refused ones stand alone. After a lost reply each is
 * completed alone, unless a sample shows that they still wait.
 */
export function createCompleteCallbacks(deps: CompleteCallbacksDeps) {
  const { callbacks, ended, toOutputs, now, log } = deps;
  const credit = createCompletionCredit(now);

  /** @returns those that are not completed, and why */
  return async function completeCallbacks(
    portalId: PortalId,
    finished: readonly FinishedExecution[],
    limits: CompletionLimits,
  ): Promise<readonly Requeued[]> {
    if (finished.length === 0) return [];
    // Their results are recorded by now, so no later `BLOCK` is answered than those that this finds.
    const run = startRun(portalId, limits, await ended.blocked(portalId, now() - YOUNG_MS));
    const { due = [], young = [] } = Object.groupBy(finished, (one) =>
      ageMs(run, one) < MIN_BLOCK_AGE_MS ? 'young' : 'due',
    );
    const youngest = Math.min(...young.map((one) => ageMs(run, one)));
    if (young.length > 0) requeue(run, young, new NotBlockedYet(MIN_BLOCK_AGE_MS - youngest));
    const left = limits.isUrgent ? await ended.withoutCompleted(portalId, due) : due;
    const stood = limits.isUrgent ? left.filter(({ recordedAtEpochMs }) => recordedAtEpochMs !== undefined) : [];
    const elsewhere = stood.filter(mayBeElsewhere);
    requeue(run, elsewhere, IN_FLIGHT, true);
    const open = left.filter((one) => !elsewhere.includes(one));
    const untried = open.filter((one) => !wasRefused(one));
    // One call was to complete those that were recorded together: probably all of them are completed, or none.
    for (const same of Map.groupBy(untried, ({ recordedAtEpochMs }) => recordedAtEpochMs).values()) {
      for (let start = 0; start < same.length; start += CALLBACKS_PER_BATCH) {
        await together(run, same.slice(start, start + CALLBACKS_PER_BATCH), limits.isUrgent ? 'sample' : 'credit');
      }
    }
    const alone = open.filter(wasRefused);
    // Most of those whose reply was lost are completed: making sure must not keep others waiting.
    const { due: tried = [], later = [] } = Object.groupBy(alone, (one, index) =>
      limits.isUrgent && index >= MOST_DOUBTS && mayDefer(run, one) ? 'later' : 'due',
    );
    requeue(run, later, COMPLETION_REFUSED);
    await eachAlone(run, tried, limits.isUrgent);
    return run.requeued;
  };

  async function together(run: CompletionRun, members: readonly FinishedExecution[], search: Search): Promise<void> {
    const isUrgent = search !== 'credit';
    if (members.length < 2) return void (await eachAlone(run, members, isUrgent));
    const answer = await call(run, members, isUrgent);
    if (answer === undefined) return;
    if (answer.kind === 'completed') return ended.completed(run.portalId, members);
    if (answer.kind === 'unclear') {
      const [named, others] = [true, false].map((is) => members.filter((one) => completes(answer, one) === is));
      await ended.completed(run.portalId, named ?? []);
      return void (await eachAlone(run, others ?? [], true));
    }
    const next = answer.isRepeat ? 'sample' : search;
    // A copy of a message may be done by another worker.
    const left = await ended.withoutCompleted(run.portalId, members);
    if (left.length < members.length) return together(run, left, next);
    if (next === 'sample') return bySample(run, members);
    // A call that had no answer has probably completed a copy of these: whoever made it finds out.
    const certain = await ended.withoutUnconfirmed(run.portalId, members);
    if (certain.length < members.length) {
      const others = members.filter((one) => !certain.includes(one));
      requeue(run, others, COMPLETION_REFUSED, true);
      for (const one of certain) run.refused.delete(one);
      return together(run, certain, next);
    }
    if (next === 'credit' && members.some(mayBeElsewhere)) {
      for (const one of members) run.refused.delete(one);
      return requeue(run, members, IN_FLIGHT, false);
    }
    if (next === 'credit' && !credit.mayHalve(run.portalId, members.length)) {
      return void (await eachAlone(run, members, false));
    }
    return byHalves(run, members, next);
  }

  /** Some may be completed. A few are completed alone first; if all of these still waited, halving the others takes fewer calls. */
  async function bySample(run: CompletionRun, members: readonly FinishedExecution[]): Promise<void> {
    const every = Math.ceil(members.length / AT_ONCE);
    const sample = members.filter((_one, index) => index % every === 0);
    const others = members.filter((_one, index) => index % every !== 0);
    const { completed, unknown } = await eachAlone(run, sample, true);
    if (unknown === 0 && completed > 0) return byHalves(run, others, 'halves');
    const isDeferred = unknown === sample.length && others.every((one) => mayDefer(run, one));
    if (!isDeferred) return void (await eachAlone(run, others, true));
    // The others are probably completed, too. Those that certainly wait come first.
    await ended.unconfirmed(run.portalId, others);
    requeue(run, others, COMPLETION_REFUSED, true);
  }

  async function byHalves(run: CompletionRun, members: readonly FinishedExecution[], search: Search): Promise<void> {
    for (const half of halve(members)) await together(run, half, search);
  }

  /**
   * @param isUrgent a reply may have been lost: whoever still waits is found now, whatever it costs
   * @returns how many still waited and are completed now, and how many HubSpot does not know
   */
  async function eachAlone(
    run: CompletionRun,
    members: readonly FinishedExecution[],
    isUrgent: boolean,
  ): Promise<Found> {
    const completed: FinishedExecution[] = [];
    const unknown: FinishedExecution[] = [];
    for (let start = 0; start < members.length; ) {
      const next = members.slice(start, start + (isUrgent ? AT_ONCE : credit.atOnce(run.portalId)));
      start += next.length;
      await Promise.all(
        next.map(async (one) => {
          const answer = await call(run, [one], isUrgent);
          if (answer === undefined) return;
          if (completes(answer, one)) completed.push(one);
          else if (answer.kind === 'unclear') requeue(run, [one], notCompleted(), true);
          else if (answer.kind === 'invalid') requeue(run, [one], notCompleted(), isUrgent);
          else if (ageMs(run, one) < YOUNG_MS) requeue(run, [one], new NotBlockedYet(MIN_BLOCK_AGE_MS), isUrgent);
          else unknown.push(one);
        }),
      );
    }
    await ended.unknown(run.portalId, unknown);
    await ended.completed(run.portalId, completed);
    return { completed: completed.length, unknown: unknown.length };
  }

  /** Undefined when there was no call, or no answer: then they are put back. */
  async function call(
    run: CompletionRun,
    members: readonly FinishedExecution[],
    isUrgent: boolean,
  ): Promise<Exclude<CompletionAnswer, { kind: 'tooSoon' }> | undefined> {
    const { portalId, stoppedBy, stopAtEpochMs, deadlineEpochMs } = run;
    if (stoppedBy !== undefined || now() >= stopAtEpochMs) {
      // They were not tried: it is not their failure.
      return requeue(run, members, mayPassSoon(stoppedBy) ? undefined : stoppedBy, isUrgent);
    }
    if (!isUrgent && !credit.mayTry(portalId)) return requeue(run, members, COMPLETION_REFUSED);
    const completions = await Promise.all(
      members.map(async ({ execution, result }) => ({
        callbackId: execution.key.executionId,
        outputFields: await toOutputs(portalId, result, execution.command.ownerEmail),
      })),
    );
    try {
      const answer = await callbacks.complete(portalId, completions, deadlineEpochMs);
      if (answer.kind === 'tooSoon') {
        run.stoppedBy ??= answer.cause;
        return requeue(run, members, answer.cause, isUrgent);
      }
      run.failuresInARow = 0;
      if (answer.kind === 'completed') credit.succeeded(portalId);
      // What a lost reply costs is no sign that many left their workflows, and `unclear` is no error.
      else if (answer.kind !== 'unclear' && !isUrgent) credit.refused(portalId);
      if (answer.kind !== 'completed') for (const one of members) run.refused.add(one);
      if (answer.kind === 'invalid')
        log.error('HubSpot rejects a completion as invalid', { portalId, size: members.length });
      return answer;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      run.failuresInARow += 1;
      // One that fails keeps no other from being completed. More than that, and HubSpot is left alone.
      if (!mayPassSoon(error) || run.failuresInARow >= MOST_FAILURES) run.stoppedBy ??= error;
      return requeue(run, members, error, true);
    }
  }

  function mayDefer({ triesAll = false }: CompletionRun, { execution }: FinishedExecution): boolean {
    return !triesAll && !isExpiring(execution, now());
  }

  /** Another worker has a copy of its message, and probably completes it at this moment. Nobody does when it comes again. */
  function mayBeElsewhere(one: FinishedExecution): boolean {
    return now() - (one.recordedAtEpochMs ?? now()) < IN_FLIGHT_MS && !isExpiring(one.execution, now());
  }

  /** For how long HubSpot has known that it waits. */
  function ageMs({ blockedAt }: CompletionRun, { execution }: FinishedExecution): number {
    return now() - Math.max(execution.queuedAtEpochMs, blockedAt.get(execution.key.executionId) ?? 0);
  }
}

function completes(answer: CompletionAnswer, one: FinishedExecution): boolean {
  return answer.kind === 'completed' || (answer.kind === 'unclear' && answer.completed.has(idOf(one)));
}

const notCompleted = () => new UpstreamContractError('a completion failed');
const idOf = ({ execution }: FinishedExecution): string => execution.key.executionId;
