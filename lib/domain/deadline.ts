declare const brand: unique symbol;

/** The instant by which work must be done, in milliseconds since 1970. The brand keeps durations and other instants out. */
export type Deadline = number & { readonly [brand]: 'Deadline' };

/** What is left for the answer. */
const ANSWER_MARGIN_MS = 500;

export type TimeForWork = {
  /** What comes after the work, within the function's own time. */
  readonly marginMs?: number;
  /** The longest that the work may take, however much time the function has. */
  readonly mostMs?: number;
};

/** The instant by which the work must be done: a little before the function's own time is over. */
export function readDeadline(
  context: { getRemainingTimeInMillis(): number },
  nowEpochMs: number,
  { marginMs = ANSWER_MARGIN_MS, mostMs = Number.POSITIVE_INFINITY }: TimeForWork = {},
): Deadline {
  return toDeadline(nowEpochMs + Math.min(context.getRemainingTimeInMillis() - marginMs, mostMs));
}

export function toDeadline(epochMs: number): Deadline {
  return epochMs as Deadline;
}

/** For work that every caller may wait for. */
export const NO_DEADLINE = toDeadline(Number.POSITIVE_INFINITY);

/** A deadline for a part of the work, which ends before the whole. */
export function noLaterThan(deadline: Deadline, epochMs: number): Deadline {
  return toDeadline(Math.min(deadline, epochMs));
}
