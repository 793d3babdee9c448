import { AppError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import { type ActionResult, failed } from '../domain/outcome.ts';
import type { Log, Metrics, Now } from '../domain/ports.ts';
import type { QueuedExecution, QueuedResults, RecordBatches, SettledExecution } from '../domain/queued-execution.ts';
import type { RecordGroup } from './assign-records.ts';
import { groupByRecord } from './group-executions.ts';
import type { createPlanRecord } from './plan-record.ts';
import type { createTellCallbacks } from './tell-callbacks.ts';

export type EndStrandedDeps = {
  readonly results: QueuedResults;
  readonly batches: Pick<RecordBatches, 'readOwners'>;
  readonly planRecord: ReturnType<typeof createPlanRecord>;
  readonly tellCallbacks: ReturnType<typeof createTellCallbacks>;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
};

const TOLD_TOGETHER = 100;

/**
 * Ends executions of one portal that the worker failed at again and again, so that no enrolment waits for nobody. Writes no
 * owner. A worker may have died right after it wrote one, so the record is looked at first, and the truth is told.
 * @throws what keeps the callbacks from being completed; the messages then stay where they are, and come again
 */
export function createEndStranded(deps: EndStrandedDeps) {
  const { results, batches, planRecord, tellCallbacks, now, metrics, log } = deps;

  return async function endStranded(
    portalId: PortalId,
    executions: readonly QueuedExecution[],
    deadlineEpochMs: number,
  ): Promise<void> {
    for (const _execution of executions) metrics.count('ExecutionsStranded');
    log.error('executions were stranded in the queue', { portalId, executions: executions.length });
    const ids = executions.map(({ key }) => key.executionId);
    const standing = await results.find(portalId, ids);
    const open = executions.filter(({ key }) => !standing.has(key.executionId));
    const ended: SettledExecution[] = [];
    for (const group of groupByRecord(open)) ended.push(...(await judge(group, deadlineEpochMs)));
    await results.settle(ended);
    const known = executions.flatMap((execution) => {
      const result = standing.get(execution.key.executionId);
      return result === undefined ? [] : [{ execution, result }];
    });
    // HubSpot has moved on from those whose time is over: nobody is left to be told.
    const waiting = [...known, ...ended].filter(({ execution }) => now() < execution.blockEndsAtEpochMs);
    for (let start = 0; start < waiting.length; start += TOLD_TOGETHER) {
      await tellCallbacks(portalId, waiting.slice(start, start + TOLD_TOGETHER), deadlineEpochMs);
    }
  };

  async function judge(group: RecordGroup, deadlineEpochMs: number): Promise<SettledExecution[]> {
    const ended: SettledExecution[] = [];
    const values = await readValues(group, deadlineEpochMs);
    for (const [objectId, executions] of group.executions) {
      for (const execution of executions) {
        ended.push({ execution, result: await resultOf(execution, values.get(objectId), deadlineEpochMs) });
      }
    }
    return ended;
  }

  /** Success only where the record holds what the execution was to write. */
  async function resultOf(
    execution: QueuedExecution,
    value: string | undefined,
    deadlineEpochMs: number,
  ): Promise<ActionResult> {
    const expired = failed('EXPIRED_IN_QUEUE');
    if (value === undefined) return expired;
    const plan = await unlessAway(() => planRecord([execution], value, deadlineEpochMs));
    if (plan?.kind !== 'planned' || plan.write !== undefined) return expired;
    return plan.results[0]?.[1] ?? expired;
  }

  async function readValues(group: RecordGroup, deadlineEpochMs: number): Promise<ReadonlyMap<string, string>> {
    const { portalId, objectType, property, executions } = group;
    const ids = [...executions.keys()];
    const read = await unlessAway(() => batches.readOwners(portalId, objectType, property, ids, deadlineEpochMs));
    return read?.kind === 'answered' ? read.values : new Map();
  }

  async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn('HubSpot could not be asked about a stranded execution', { code: error.code });
      return undefined;
    }
  }
}
