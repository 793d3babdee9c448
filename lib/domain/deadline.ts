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
): number {
  return nowEpochMs + Math.min(context.getRemainingTimeInMillis() - marginMs, mostMs);
}
