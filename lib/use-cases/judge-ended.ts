import { AppError } from '../domain/errors.ts';
import { type ActionResult, failed } from '../domain/outcome.ts';
import type { Log, Now } from '../domain/ports.ts';
import {
  LAST_CALL_MS,
  type QueuedExecution,
  type RecordBatches,
  type SettledExecution,
} from '../domain/queued-execution.ts';
import type { RecordGroup } from './assign-records.ts';
import { groupByRecord } from './group-executions.ts';
import type { createPlanRecord } from './plan-record.ts';

export type JudgeEndedDeps = {
  readonly batches: Pick<RecordBatches, 'readOwners'>;
  readonly planRecord: ReturnType<typeof createPlanRecord>;
  readonly now: Now;
  readonly log: Log;
};

const EXPIRED = failed('EXPIRED_IN_QUEUE');

/**
 * What executions of one portal come to that end without being done any more. A worker may have died right after it wrote an
 * owner, so the record is looked at first: who is told that nothing was changed must be able to rely on it.
 * @throws {AppError} when nobody can look and there is time left to look later; at the very end they have expired anyway
 */
export function createJudgeEnded({ batches, planRecord, now, log }: JudgeEndedDeps) {
  return async function judgeEnded(
    executions: readonly QueuedExecution[],
    deadlineEpochMs: number,
  ): Promise<readonly SettledExecution[]> {
    // HubSpot has moved on from those whose time is over: nobody is left to be told.
    const waiting = executions.filter((execution) => !isOver(execution, now()));
    const ended = executions
      .filter((execution) => isOver(execution, now()))
      .map((execution): SettledExecution => ({ execution, result: EXPIRED }));
    for (const group of groupByRecord(waiting)) ended.push(...(await judge(group, deadlineEpochMs)));
    return ended;
  };

  async function judge(group: RecordGroup, deadlineEpochMs: number): Promise<SettledExecution[]> {
    const all = [...group.executions.values()].flat();
    try {
      const values = await readValues(group, deadlineEpochMs);
      const ended: SettledExecution[] = [];
      for (const execution of all) {
        const value = values.get(execution.command.record.objectId);
        ended.push({ execution, result: await resultOf(execution, value, deadlineEpochMs) });
      }
      return ended;
    } catch (error) {
      const isLast = all.every(({ blockEndsAtEpochMs }) => now() >= blockEndsAtEpochMs - LAST_CALL_MS / 2);
      if (!(error instanceof AppError && isLast)) throw error;
      log.warn('HubSpot could not be asked about executions that end', { code: error.code, executions: all.length });
      return all.map((execution) => ({ execution, result: EXPIRED }));
    }
  }

  /** Success only where the record holds what the execution was to write. */
  async function resultOf(
    execution: QueuedExecution,
    value: string | undefined,
    deadlineEpochMs: number,
  ): Promise<ActionResult> {
    if (value === undefined) return EXPIRED;
    const plan = await planRecord([execution], value, deadlineEpochMs);
    if (plan.kind !== 'planned' || plan.write !== undefined) return EXPIRED;
    return plan.results[0]?.[1] ?? EXPIRED;
  }

  async function readValues(group: RecordGroup, deadlineEpochMs: number): Promise<ReadonlyMap<string, string>> {
    const { portalId, objectType, property, executions } = group;
    const read = await batches.readOwners(portalId, objectType, property, [...executions.keys()], deadlineEpochMs);
    return read.kind === 'answered' ? read.values : new Map();
  }
}

/** HubSpot does not wait any more. */
export function isOver({ blockEndsAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= blockEndsAtEpochMs;
}
