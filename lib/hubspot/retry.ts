export const TRY_TIMEOUT_MS = 4_000;
/** For a large list that nobody waits for. It also limits a hanging try, so that there is time for another. */
export const LONG_TRY_MS = 30_000;
export const MAX_RETRIES = 2;

const FIRST_BACKOFF_MS = 200;
const MIN_BACKOFF_MS = 100;

/**
 * How long to wait before a retry. Full jitter, so that many containers that failed together do not retry together. With a
 * minimum, because an API that has just failed needs a moment.
 * @param random a number in [0, 1)
 */
export function backoffMs(minWaitMs: number, retries: number, random: number): number {
  return minWaitMs + Math.max(MIN_BACKOFF_MS, Math.round(random * FIRST_BACKOFF_MS * 2 ** retries));
}

/**
 * Many that were refused together must not come back together.
 * @param random a number in [0, 1)
 */
export function withJitter(waitMs: number, random: number): number {
  return Math.ceil(waitMs + random * Math.min(waitMs, 1_000));
}

/** The shortest and the longest wait we believe in; outside it a header is a mistake or an attack. */
const MIN_WAIT_MS = 200;
const MAX_WAIT_MS = 60_000;

/**
 * Reads `Retry-After` as HubSpot sends it to us: seconds (error handling guide, read 2026-11-23), or an HTTP date. The header
 * that we send to HubSpot's workflows is in milliseconds.
 * @returns milliseconds between 200 and 60,000; undefined if the header is absent or makes no sense
 */
export function readRetryAfterMs(header: string | undefined, nowEpochMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const waitMs = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : dateMs(text) - nowEpochMs;
  return Number.isFinite(waitMs) && waitMs >= 0 ? clampWait(waitMs) : undefined;
}

export function clampWait(waitMs: number): number {
  return Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, Math.round(waitMs)));
}

/** `Date.parse` accepts nearly anything, even a bare minus sign; an HTTP date begins with the name of a day. */
function dateMs(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
