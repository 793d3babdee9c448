import { toDeadline } from '../../lib/domain/deadline.ts';
import type { FinishedExecution, QueuedExecution, RecordedResult } from '../../lib/domain/execution.ts';
import type { RecordGroup } from '../../lib/domain/record-group.ts';
import type { Requeued } from '../../lib/domain/requeue.ts';
import type { CompletionLimits, Resolved, Updated } from '../../lib/ports/steps.ts';
import { createProcessPortal } from '../../lib/use-cases/queue/process-portal.ts';
import { createRecordedResults } from '../../lib/use-cases/queue/recorded-results.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { ASSIGNED, finish, numbersOf } from '../builders/numbered-executions.ts';
import { createFakeTelemetry } from '../fakes/telemetry.ts';
import { makeClock } from './clock.ts';

export const TURN_BUDGET_MS = 20_000;

/** A portal's turn whose steps are in the test's hand, with what happened in words and in order. */
export function makePortalTurn() {
  const clock = makeClock();
  const telemetry = createFakeTelemetry();
  const steps: string[] = [];
  const limits: CompletionLimits[] = [];
  const requeued: Requeued[] = [];
  const faults: unknown[] = [];
  const standing = new Map<string, RecordedResult>();
  const note = (step: string, executions: Iterable<QueuedExecution>) =>
    void steps.push(`${step} ${numbersOf(executions).join(' ')}`);
  const ofFinished = (finished: readonly FinishedExecution[]) => finished.map(({ execution }) => execution);

  /** What each step comes to; by default everything goes well. */
  const will = {
    connect: async () => {},
    find: async (_ids: readonly string[]) => {},
    record: async () => {},
    update: async (executions: readonly QueuedExecution[]): Promise<Updated> => ({
      results: new Map(executions.map((execution) => [execution, ASSIGNED])),
      stoppedBy: undefined,
    }),
    resolve: async (executions: readonly QueuedExecution[]): Promise<Resolved> => ({
      finished: executions.map((execution) => finish(execution)),
      open: [],
    }),
    complete: async (_finished: readonly FinishedExecution[]): Promise<readonly Requeued[]> => [],
  };

  const counted: string[] = [];
  const processPortal = createProcessPortal({
    withLaterBlocks: async (_portalId, executions) => executions,
    results: createRecordedResults({
      results: {
        async find(_portalId, ids) {
          await will.find(ids);
          return new Map([...standing].filter(([id]) => ids.includes(id)));
        },
        async record(finished) {
          note('record', ofFinished(finished));
          await will.record();
        },
      },
      recordUnresolved: async ({ record }) => void steps.push(`unresolved? ${record.objectId}`),
      noteOutcome: (_portalId, { outcome }) => void counted.push(outcome),
    }),
    async updateRecords({ executions }: RecordGroup) {
      const all = [...executions.values()].flat();
      note('update', all);
      return will.update(all);
    },
    prefetchOwners: async (_portalId, emails) => void steps.push(`prefetch ${emails.join(' ')}`),
    async resolveExpired(executions) {
      note('resolve', executions);
      return will.resolve(executions);
    },
    async completeCallbacks(_portalId, finished, given) {
      if (finished.length === 0) return [];
      note(given.isUrgent ? 'complete urgently' : 'complete', ofFinished(finished));
      limits.push(given);
      return will.complete(finished);
    },
    async ensureConnected() {
      steps.push('connect');
      await will.connect();
    },
    writeOutcomes: async () => void counted.push('written'),
    queuePermission: { revoke: async () => void steps.push('revoke the permission to queue') },
    noteBacklog: async () => void steps.push('note the backlog'),
    requeueDelays(back) {
      requeued.push(...back);
      return back.flatMap(({ executions }) => executions.map((execution) => ({ execution, delaySeconds: 1 })));
    },
    now: clock.now,
    metrics: telemetry.metrics,
    log: telemetry.log,
    reportAlarm: (_message, error) => void faults.push(error),
  });

  return {
    clock,
    telemetry,
    /** Without what is looked at for the report, which is a step of each result. */
    steps: () => steps.filter((step) => !step.startsWith('unresolved?')),
    allSteps: steps,
    limits,
    /** The outcomes that were counted, and when they were written. */
    counted,
    faults,
    standing,
    will,
    process: (executions: readonly QueuedExecution[]) =>
      processPortal(PORTAL_A, executions, toDeadline(clock.now() + TURN_BUDGET_MS)),
    /** Numbers and reason of what went back, in order. */
    back: () => requeued.map(({ executions, cause }) => [numbersOf(executions), cause]),
  };
}
