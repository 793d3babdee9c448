import { chunk, RECORDS_PER_BATCH } from './batches.ts';
import { keyOf, type QueuedExecution } from './execution.ts';
import type { HeldOwner } from './held-owner.ts';
import type { ObjectId, OwnerId } from './ids.ts';
import type { ActionResult } from './outcome.ts';
import type { PropertyRef } from './owner-property.ts';

/** Up to 100 records of one portal, one type and one property, each with all of its executions, oldest first. */
export type RecordGroup = PropertyRef & {
  readonly executions: ReadonlyMap<ObjectId, readonly QueuedExecution[]>;
};

/** SQS may deliver a message twice, and one callback may be in two messages: HubSpot waits for the later answer of `BLOCK`. */
export function distinct(executions: readonly QueuedExecution[]): QueuedExecution[] {
  const byExpiry = executions.toSorted((one, other) => one.expiresAtEpochMs - other.expiresAtEpochMs);
  return [...new Map(byExpiry.map((execution) => [keyOf(execution), execution])).values()];
}

/**
 * Splits executions of one portal into batches of one object type and one property. All executions of a record stay together, in
 * the order in which they were first seen, so that the last one wins.
 */
export function groupByRecord(executions: readonly QueuedExecution[]): RecordGroup[] {
  const kinds = new Map<string, RecordGroup & { readonly executions: Map<ObjectId, QueuedExecution[]> }>();
  for (const execution of inOrder(executions)) {
    const { portalId, record, ownerProperty: property } = execution.command;
    const { objectType, objectId } = record;
    const name = JSON.stringify([objectType, property]);
    const kind = kinds.get(name) ?? { portalId, objectType, property, executions: new Map() };
    kinds.set(name, kind);
    kind.executions.set(objectId, [...(kind.executions.get(objectId) ?? []), execution]);
  }
  return [...kinds.values()].flatMap(({ executions: all, ...kind }) => {
    return chunk([...all], RECORDS_PER_BATCH).map((entries) => ({ ...kind, executions: new Map(entries) }));
  });
}

/** In the order in which they were first seen. */
export function inOrder(executions: readonly QueuedExecution[]): QueuedExecution[] {
  return executions.toSorted(
    (one, other) =>
      one.command.firstSeenAtEpochMs - other.command.firstSeenAtEpochMs || one.queuedAtEpochMs - other.queuedAtEpochMs,
  );
}

/** For each record, when the first of its executions was first seen. */
export function firstSeenOf({ executions }: RecordGroup): ReadonlyMap<ObjectId, number> {
  const earliest = (all: readonly QueuedExecution[]) =>
    Math.min(...all.map(({ command }) => command.firstSeenAtEpochMs));
  return new Map([...executions].map(([id, all]) => [id, earliest(all)]));
}

/** The value to write to a record, if any, and the results of its executions after that. */
export type RecordPlan = {
  /** The new owner, and when the execution that sets them was first seen. */
  readonly write: (HeldOwner & { readonly value: OwnerId | '' }) | undefined;
  readonly results: readonly (readonly [QueuedExecution, ActionResult])[];
};
