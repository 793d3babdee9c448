import type { Deadline } from '../../domain/deadline.ts';
import type { AppError } from '../../domain/errors.ts';
import type { QueuedExecution } from '../../domain/execution.ts';
import type { HeldOwner } from '../../domain/held-owner.ts';
import type { ObjectId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import type { RecordGroup, RecordPlan } from '../../domain/record-group.ts';
import { reconcileResult } from '../../domain/result.ts';

/** One run over a group: what is known, and the results so far. */
export type UpdateRun = {
  /** The record into which another one was merged has the executions of both. */
  readonly group: RecordGroup & { readonly executions: Map<ObjectId, readonly QueuedExecution[]> };
  /** The owners of the records, and when each was read. */
  readonly owners: Map<ObjectId, HeldOwner & { readonly readAtEpochMs: number }>;
  readonly deadline: Deadline;
  readonly results: Map<QueuedExecution, ActionResult>;
  stoppedBy: AppError | undefined;
};

export function executionsOf({ group }: UpdateRun, id: ObjectId): readonly QueuedExecution[] {
  return group.executions.get(id) ?? [];
}

export function withoutResult(run: UpdateRun, ids: readonly ObjectId[]): readonly ObjectId[] {
  return ids.filter((id) => executionsOf(run, id).some((one) => !run.results.has(one)));
}

/** An execution that was finished before another record was merged in keeps its result, if it is still true. */
export function finish(run: UpdateRun, id: ObjectId, plan: RecordPlan | undefined): void {
  const left = plan?.write?.value ?? run.owners.get(id)?.value;
  for (const [execution, result] of plan?.results ?? []) {
    const before = run.results.get(execution) ?? result;
    run.results.set(execution, reconcileResult(before, left) === before ? before : reconcileResult(result, left));
  }
}

export function fail(run: UpdateRun, ids: readonly ObjectId[], result: ActionResult): void {
  const executions = ids.flatMap((id) => executionsOf(run, id));
  for (const execution of executions) if (!run.results.has(execution)) run.results.set(execution, result);
}
