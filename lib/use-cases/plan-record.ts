import { needsCurrentOwner } from '../domain/assignment.ts';
import { type OwnerId, parseOwnerId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { QueuedExecution } from '../domain/queued-execution.ts';
import type { DecideOwner } from './decide-owner.ts';

/** What a record is to be given, and what its executions come to once it has been. */
export type RecordPlan =
  | {
      readonly kind: 'planned';
      readonly write: OwnerId | '' | undefined;
      readonly results: readonly (readonly [QueuedExecution, ActionResult])[];
    }
  /** It matters what the record holds, and that is not known. */
  | { readonly kind: 'unknown' };

/**
 * Decides for all executions of one record in the order in which they were queued, each upon what the one before it leaves.
 * The record is written once, with what the last of them leaves; an earlier one whose owner that is not is told so.
 */
export function createPlanRecord({ judgeCurrent, decide }: DecideOwner) {
  /** @param value what the record holds, read just now; undefined when it was not read */
  return async function planRecord(
    executions: readonly QueuedExecution[],
    value: string | undefined,
    deadlineEpochMs: number,
  ): Promise<RecordPlan> {
    let left: OwnerId | '' | undefined;
    const decided: [QueuedExecution, ActionResult][] = [];
    for (const execution of executions) {
      const { command } = execution;
      const held = left ?? value;
      if (held === undefined && needsCurrentOwner(command.overwrite)) return { kind: 'unknown' };
      const known = held ?? command.currentValue;
      const current =
        known === undefined ? ({ kind: 'unknown' } as const) : await judgeCurrent(command, known, deadlineEpochMs);
      const { result, write } = await decide(command, current, deadlineEpochMs);
      // What came with the execution is as old as its time in the queue: it is no reason to leave the record alone.
      const isStale = held === undefined;
      const told = write ?? (isStale ? endOf(result) : undefined);
      left = told ?? left;
      decided.push([execution, result]);
    }
    return {
      kind: 'planned',
      write: left,
      results: decided.map(([execution, result]) => [execution, tellTruth(result, left ?? value)]),
    };
  };
}

/** What the record holds after this result, as far as the result says so. */
export function endOf({ outcome, ownerId }: ActionResult): OwnerId | '' | undefined {
  if (outcome === 'CLEARED') return '';
  return outcome === 'ASSIGNED' || outcome === 'ALREADY_ASSIGNED' || outcome === 'FALLBACK_ASSIGNED'
    ? ownerId
    : undefined;
}

/**
 * The result, unless it names an owner whom the record does not have in the end: then a later action gave it to somebody
 * else before this one was told, and the truth is that the record has that owner.
 * @param end what the record holds now, as far as it is known
 */
export function tellTruth(result: ActionResult, end: string | undefined): ActionResult {
  const named = result.outcome === 'CLEARED' ? '' : result.ownerId;
  if (end === undefined || named === undefined || named === end) return result;
  const { previousOwnerId } = result;
  const ownerId = parseOwnerId(end);
  return {
    outcome: 'KEPT_EXISTING',
    ...(ownerId !== undefined && { ownerId }),
    ...(previousOwnerId !== undefined && { previousOwnerId }),
  };
}
