import { type Deadline, toDeadline } from './deadline.ts';
import type { RecordRef } from './execution.ts';
import type { ObjectId } from './ids.ts';

/** The value of a record's owner property, and when it was set. */
export type HeldOwner = {
  /** Usually an owner ID; empty if there is no owner. */
  readonly value: string;
  /** The value is empty because the record came without the property. Such records may have no owner property at all. */
  readonly isAbsent?: true;
  /** `-Infinity` if the value is known to be older than every execution. */
  readonly setAtEpochMs: number;
  /** The remaining record, if the requested one was merged into it. */
  readonly survivorId?: ObjectId;
  /** One of our executions wrote the value, but somebody may have set it back since. Only the property's history says. */
  readonly mayBeSetBack?: true;
};

/** What HubSpot says about an owner property. */
export type OwnerReading = {
  readonly value: string;
  /** The answer lacked the property, so the value is empty. */
  readonly isAbsent?: true;
  /** When the property last changed; undefined if HubSpot does not say, `-Infinity` if it never changed. */
  readonly changedAtEpochMs: number | undefined;
  /** When any property of the record last changed. */
  readonly updatedAtEpochMs: number | undefined;
  /** When the property last got the same value before it had another one. `-Infinity` if never, undefined if no history was read. */
  readonly sameBeforeEpochMs?: number;
  /** The remaining record, if the requested one was merged into it. */
  readonly survivorId?: ObjectId;
};

/** An owner that one of our executions was about to write, with the first-seen moment of that execution. */
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

/** True if the value is newer than the execution, which then writes nothing. */
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

/** After this time somebody may have set another owner, so the record is read again before a write. */
export const MAX_READING_AGE_MS = 10_000;

export function isOldReading(readAtEpochMs: number, nowEpochMs: number): boolean {
  return nowEpochMs - readAtEpochMs > MAX_READING_AGE_MS;
}

/** Until when a write may be sent, or sent again. */
export function freshUntil(readAtEpochMs: number): Deadline {
  return toDeadline(readAtEpochMs + MAX_READING_AGE_MS);
}

/** How far HubSpot's clock and ours may be apart. Short, because within it a person's change may look like ours. */
export const MAX_CLOCK_SKEW_MS = 5_000;
/** A write reaches HubSpot within the life of a function. */
const WRITE_MS = 60_000;
/** A write is noted before it happens: at most this long before the change that it makes. */
export const LONGEST_WRITE_MS = WRITE_MS + MAX_CLOCK_SKEW_MS;
/** A slower write may end after a younger execution came, and would look newer than that execution. */
export const PROMPT_WRITE_MS = 1_000;

/**
 * A value that one of our executions wrote is as old as that execution, however late it was written. Any other change has its own
 * time: also if somebody replaced our value and set it back.
 */
export function asOfItsExecution(
  held: HeldOwner,
  key: string,
  writes: readonly OwnWrite[],
  sameBeforeEpochMs: number | undefined,
): HeldOwner {
  const { value, setAtEpochMs } = held;
  const own = writes.filter((write) => {
    const earliest = write.atEpochMs - MAX_CLOCK_SKEW_MS;
    const isInTime = setAtEpochMs >= earliest && setAtEpochMs <= write.atEpochMs + WRITE_MS;
    const isSetBack = sameBeforeEpochMs !== undefined && sameBeforeEpochMs >= earliest;
    return write.key === key && write.value === value && isInTime && !isSetBack;
  });
  if (own.length === 0) return held;
  const isPrompt = own.some(({ atEpochMs }) => setAtEpochMs <= atEpochMs + PROMPT_WRITE_MS);
  return {
    ...held,
    setAtEpochMs: Math.max(...own.map(({ firstSeenAtEpochMs }) => firstSeenAtEpochMs)),
    ...(sameBeforeEpochMs === undefined && !isPrompt && { mayBeSetBack: true }),
  };
}
