import type { RecordRef } from './execution.ts';
import type { ObjectId } from './ids.ts';

/** What a record's owner property holds, and the moment that the value stands for. */
export type HeldOwner = {
  /** An owner id as a rule; empty when there is nobody. */
  readonly value: string;
  /** `-Infinity` where it is known to be no news. */
  readonly setAtEpochMs: number;
  /** The record that is left, where the one that was asked for was merged into it. */
  readonly survivorId?: ObjectId;
};

/** What HubSpot says of an owner property. */
export type OwnerReading = {
  readonly value: string;
  /** When the property changed last; undefined where HubSpot does not say, `-Infinity` where it never changed. */
  readonly changedAtEpochMs: number | undefined;
  /** When any property of the record changed last. */
  readonly updatedAtEpochMs: number | undefined;
  /** The record that is left, where the one that was asked for was merged into it. */
  readonly survivorId?: ObjectId;
};

/** An owner that one of our executions was about to write, with the moment that the execution stands for. */
export type OwnWrite = {
  /** `recordKey` of the record and its property. */
  readonly key: string;
  readonly value: string;
  readonly firstSeenAtEpochMs: number;
  readonly atEpochMs: number;
};

export function recordKey({ objectType, objectId }: RecordRef, property: string): string {
  return JSON.stringify([objectType, objectId, property]);
}

/** True when the value is newer than the execution: the execution is old news and writes nothing. */
export function isNewer({ setAtEpochMs }: HeldOwner, firstSeenAtEpochMs: number): boolean {
  return setAtEpochMs > firstSeenAtEpochMs;
}

/**
 * When the value was set. A record that did not change at all since the execution was first seen has no newer owner.
 * @returns undefined when only the property's history says
 */
export function whenSet({ changedAtEpochMs, updatedAtEpochMs }: OwnerReading, firstSeenAtEpochMs: number) {
  if (changedAtEpochMs !== undefined) return changedAtEpochMs;
  const isUntouched = updatedAtEpochMs !== undefined && updatedAtEpochMs <= firstSeenAtEpochMs;
  return isUntouched ? updatedAtEpochMs : undefined;
}

/** After this time a person may have set another owner, and a record is read again before it is written. */
export const MAX_READING_AGE_MS = 10_000;

export function isOldReading(readAtEpochMs: number, nowEpochMs: number): boolean {
  return nowEpochMs - readAtEpochMs > MAX_READING_AGE_MS;
}

/** How far HubSpot's clock and ours may be apart. */
export const MAX_CLOCK_SKEW_MS = 5_000;
/** A write that was begun reaches HubSpot within the life of a function. */
const WRITE_MS = 60_000;
/** So long before a change the note of the write that made it may be. */
export const LONGEST_WRITE_MS = WRITE_MS + MAX_CLOCK_SKEW_MS;
/** A write that takes longer may end after a younger execution came, and would look newer than it. */
export const PROMPT_WRITE_MS = 1_000;

/**
 * A value that one of our executions wrote stands for the moment of that execution, however late it was written. Any other
 * change stands for its own time.
 */
export function asOfItsExecution(held: HeldOwner, key: string, writes: readonly OwnWrite[]): HeldOwner {
  const own = writes.filter(
    ({ atEpochMs, ...write }) =>
      write.key === key &&
      write.value === held.value &&
      held.setAtEpochMs >= atEpochMs - MAX_CLOCK_SKEW_MS &&
      held.setAtEpochMs <= atEpochMs + WRITE_MS,
  );
  if (own.length === 0) return held;
  return { ...held, setAtEpochMs: Math.max(...own.map(({ firstSeenAtEpochMs }) => firstSeenAtEpochMs)) };
}
