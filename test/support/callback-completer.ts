import { toDeadline } from '../../lib/domain/deadline.ts';
import { EXPIRY_MARGIN_MS, type FinishedExecution } from '../../lib/domain/execution.ts';
import type { Requeued } from '../../lib/domain/requeue.ts';
import type { CompletionLimits } from '../../lib/ports/steps.ts';
import { createCompleteCallbacks } from '../../lib/use-cases/queue/complete-callbacks.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { finish, makeNumbered, numbersOf, type QueuedChanges } from '../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../fakes/telemetry.ts';
import { createFakeWorkLog } from '../fakes/work-log.ts';
import { createFakeWorkflowCallbacks } from '../fakes/workflow-callbacks.ts';
import { makeClock, START_EPOCH_MS } from './clock.ts';

/** Long enough for HubSpot to know for sure that an execution waits. */
export const OLD = { queuedAtEpochMs: START_EPOCH_MS - 60_000 };
/** In its last half hour: it cannot be left for later. */
export const ENDING = { ...OLD, expiresAtEpochMs: START_EPOCH_MS + EXPIRY_MARGIN_MS };

export const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

type Options = Partial<CompletionLimits> & {
  /** When the result of each was recorded; a minute ago when left out. */
  readonly recordedAt?: (number: number) => number | undefined;
  readonly changes?: QueuedChanges;
};

/** Completing callbacks of portal A over fakes, as one container does it. */
export function makeCallbackCompleter() {
  const clock = makeClock();
  const callbacks = createFakeWorkflowCallbacks();
  const workLog = createFakeWorkLog(clock.now);
  const telemetry = createFakeTelemetry();
  const toOutputs = async () => ({});
  const completeCallbacks = createCompleteCallbacks({
    callbacks,
    workLog,
    toOutputs,
    now: clock.now,
    ...telemetry,
  });
  let back: readonly Requeued[] = [];
  /** @returns numbers and reason of those that were put back */
  async function completeAll(members: readonly FinishedExecution[], given: Partial<CompletionLimits> = {}) {
    const deadline = toDeadline(START_EPOCH_MS + 8_000);
    const limits = { stopAt: deadline, deadline, isUrgent: false, ...given };
    back = await completeCallbacks(PORTAL_A, members, limits);
    return back.map(({ executions, cause }) => [numbersOf(executions), cause] as const);
  }
  return {
    completeAll,
    clock,
    callbacks,
    workLog,
    telemetry,
    /** The same for executions by their numbers. */
    complete(wanted: readonly number[], options: Options = {}) {
      const { recordedAt = () => START_EPOCH_MS - 60_000, changes = OLD, ...given } = options;
      const members = wanted.map((number) => {
        const recordedAtEpochMs = recordedAt(number);
        return finish(makeNumbered(number, changes), recordedAtEpochMs === undefined ? {} : { recordedAtEpochMs });
      });
      return completeAll(members, given);
    },
    /** How many callbacks each call was about. */
    sizes: () => callbacks.calls.map((ids) => ids.length),
    /** Of those put back last. */
    marks: () => [...new Set(back.flatMap(({ executions }) => executions.map(({ completion }) => completion)))],
    refusals: () => back.flatMap(({ executions }) => executions.map((one) => one.refusals)),
    count: (outcome: 'completed' | 'unknown') =>
      telemetry.counts
        .filter((line) => line.startsWith(`CallbacksCompleted ${outcome}`))
        .reduce((sum, line) => sum + Number(line.split('×')[1]), 0),
  };
}
