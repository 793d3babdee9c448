import type { HeldOwner } from '../domain/held-owner.ts';
import type { OwnerId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { QueuedExecution } from '../domain/queued-execution.ts';
import { type DecideOwner, kept, toCurrent } from './decide-owner.ts';

/** What a record is to be given, if anything, and what its executions come to once it has been. */
export type RecordPlan = {
  /** The new owner, with the moment of the execution that sets them. */
  readonly write: (HeldOwner & { readonly value: OwnerId | '' }) | undefined;
  readonly results: readonly (readonly [QueuedExecution, ActionResult])[];
};

/**
 * Decides for all executions of one record in the order in which they were first seen, each upon what the one before it leaves.
 * The record is written once, with what the last of them leaves, and not at all when it holds that already. An earlier
 * execution whose owner that is not reports the owner that is there.
 */
export function createPlanRecord({ decide }: DecideOwner) {
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
      results: decided.map(([execution, result]) => [execution, reconcile(result, left.value)]),
    };
  };
}

/** What the record holds after this result, as far as the result says so. */
export function ownerAfter({ outcome, ownerId }: ActionResult): OwnerId | '' | undefined {
  if (outcome === 'CLEARED') return '';
  return outcome === 'ASSIGNED' || outcome === 'ALREADY_ASSIGNED' || outcome === 'FALLBACK_ASSIGNED'
    ? ownerId
    : undefined;
}

/**
 * The result, unless it names an owner whom the record does not have in the end: then a later execution gave it to somebody
 * else before this one was completed.
 * @param end what the record holds now, as far as it is known
 */
export function reconcile(result: ActionResult, end: string | undefined): ActionResult {
  const named = result.outcome === 'CLEARED' ? '' : result.ownerId;
  if (end === undefined || named === undefined || named === end) return result;
  return kept(toCurrent({ value: end, setAtEpochMs: 0 }), 'CHANGED_SINCE');
}
