/** The shortest and the longest wait we believe in; outside it a header is a mistake or an attack. */
const MIN_WAIT_MS = 200;
const MAX_WAIT_MS = 60_000;

/**
 * Reads `Retry-After` as HubSpot sends it to us: seconds (error handling guide, read 2026-11-23), or an HTTP date.
 * What we send to HubSpot's workflows is in milliseconds; that is another header in another direction.
 * @returns milliseconds between 200 and 60,000; undefined when the header is absent or makes no sense
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

/** `Date.parse` accepts nearly anything, a bare minus sign included; an HTTP date begins with the name of a day. */
function dateMs(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
