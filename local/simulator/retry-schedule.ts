/** The result of one request: a status, or none if it timed out or the connection failed. */
export type AttemptEnd = { readonly status: number | undefined; readonly retryAfter: string | undefined };

const FIRST_BACK_OFF_MS = 60_000;
const LONGEST_BACK_OFF_MS = 8 * 60 * 60 * 1000;

/**
 * How long HubSpot waits before it sends an execution again; undefined if it does not.
 *
 * 429 and 5xx are retried, other refusals are final. `Retry-After` on a 429 is in milliseconds. Back-off starts near a minute and
 * is capped at eight hours (error handling page, read 2026-11-23; a time-out counts like a 5xx).
 */
export function decideRetry(
  end: AttemptEnd,
  attempt: number,
): { readonly waitMs: number; readonly asked: boolean } | undefined {
  const { status, retryAfter } = end;
  if (status !== undefined && status !== 429 && status < 500) return undefined;
  if (status === 429 && retryAfter !== undefined && /^\d+$/.test(retryAfter)) {
    return { waitMs: Number(retryAfter), asked: true };
  }
  return { waitMs: Math.min(FIRST_BACK_OFF_MS * 2 ** (attempt - 1), LONGEST_BACK_OFF_MS), asked: false };
}
