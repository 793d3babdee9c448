/** How long one try may take. */
export const TRY_TIMEOUT_MS = 4_000;
export const MAX_RETRIES = 2;

const FIRST_BACKOFF_MS = 200;
const MIN_BACKOFF_MS = 100;

/**
 * How long to wait before a call is sent again. Full jitter, because many containers that failed together must not come back
 * together; with a floor, because an API that has just failed is not helped by a call at the same moment.
 * @param random a number in [0, 1)
 */
export function backoffMs(minWaitMs: number, retries: number, random: number): number {
  return minWaitMs + Math.max(MIN_BACKOFF_MS, Math.round(random * FIRST_BACKOFF_MS * 2 ** retries));
}
