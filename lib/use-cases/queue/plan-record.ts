import type { QueuedExecution } from '../../domain/execution.ts';
import type { HeldOwner } from '../../domain/held-owner.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import type { RecordPlan } from '../../domain/record-group.ts';
import { reconcileResult } from '../../domain/result.ts';
import type { DecideOwner, PlanRecord } from '../../ports/steps.ts';

/**
 * Decides for all executions of one record in the order in which they were first seen, each upon what the one before it leaves.
 * The record is written once, with what the last of them leaves, and not at all when it holds that already. An earlier
 * execution whose owner that is not reports the owner that is there.
 */
export function createPlanRecord({ decide }: { readonly decide: DecideOwner }): PlanRecord {
  return async function planRecord(
    executions: readonly QueuedExecution[],
    held: HeldOwner,
    deadlineEpochMs: number,
  ): Promise<RecordPlan> {
    let left: HeldOwner = held;
    let write: RecordPlan['write'];
    const decided: [QueuedExecution, ActionResult][] = [];
    for (const execution of executions) {
      const { result, write: value } = await decide(execution.command, left, deadlineEpochMs);
      if (value !== undefined) left = write = { value, setAtEpochMs: execution.command.firstSeenAtEpochMs };
      decided.push([execution, result]);
    }
    return {
      write: left.value === held.value ? undefined : write,
      results: decided.map(([execution, result]) => [execution, reconcileResult(result, left.value)]),
    };
  };
}
