import type { QueuedExecution } from '../../domain/execution.ts';
import type { HeldOwner } from '../../domain/held-owner.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import type { RecordPlan } from '../../domain/record-group.ts';
import { previousOwner, reconcileResult, toCurrent } from '../../domain/result.ts';
import type { DecideOwner, PlanRecord } from '../../ports/steps.ts';

/**
 * Decides for all executions of one record in the order in which they were first seen, each based on the owner after the one
 * before it. The record is written once, with the owner after the last one, and not at all if it has that owner already. If the
 * owner of an earlier execution was replaced, it reports the final owner. Its own owner was never in the record, so the last one
 * did not replace it.
 */
export function createPlanRecord({ decide }: { readonly decide: DecideOwner }): PlanRecord {
  return async function planRecord(executions, held, deadline) {
    let left: HeldOwner = held;
    let write: RecordPlan['write'];
    let last: QueuedExecution | undefined;
    const decided: [QueuedExecution, ActionResult][] = [];
    for (const execution of executions) {
      const { result, write: value } = await decide(execution.command, left, deadline);
      if (value !== undefined) {
        left = write = { value, setAtEpochMs: execution.command.firstSeenAtEpochMs };
        last = execution;
      }
      decided.push([execution, result]);
    }
    const isInPlace = left === held || (left.value === held.value && !held.isAbsent);
    return {
      write: isInPlace ? undefined : write,
      results: decided.map(([execution, result]) => [
        execution,
        execution === last ? onto(held, result, isInPlace) : reconcileResult(result, left.value),
      ]),
    };
  };
}

/** The result of the last execution, compared with the owner before all of them. */
function onto(
  held: HeldOwner,
  { previousOwnerId: _between, ...result }: ActionResult,
  isInPlace: boolean,
): ActionResult {
  const outcome = isInPlace && result.outcome === 'ASSIGNED' ? 'ALREADY_ASSIGNED' : result.outcome;
  return { ...result, outcome, ...previousOwner(toCurrent(held)) };
}
