/** HubSpot's limit for one app in one portal, as its response headers say. */
export type RateLimit = { readonly calls: number; readonly windowMs: number };

/**
 * `interactive`: a workflow or a person waits for the call. `deferrable`: also, but the queue can take over its work. `bulk`: for
 * a queue or a schedule.
 */
export type Priority = 'interactive' | 'deferrable' | 'bulk';

/**
 * Why the calls of a portal pause although its budget has calls: HubSpot says that its limit is used up, or it keeps failing,
 * with the fault as a fixed word.
 */
export type PauseReason = { readonly kind: 'limit' } | { readonly kind: 'fault'; readonly fault: string };

/** HubSpot's lowest limit, that of a private app in a free account (usage guidelines, read 2026-11-23). */
export const LOWEST_LIMIT: RateLimit = { calls: 100, windowMs: 10_000 };

/** How long a permit is valid. HubSpot counts a call when it arrives, which is at most this long after its permit was taken. */
export const PERMIT_LIFETIME_MS = 1_000;

/** Every pause and backlog ends sooner. A time further ahead comes from a wrong clock. */
export const FARTHEST_AHEAD_MS = 15 * 60_000;

/** Reserved for small clock differences, and for calls whose reply was lost before we counted them. */
const RESERVE_SHARE = 0.02;
const BURST_SHARE = 0.07;

/** A steady pace with some slack: one permit every `intervalMs`, and as many at once as fit into the tolerance. */
export type Pace = { readonly intervalMs: number; readonly toleranceMs: Readonly<Record<Priority, number>> };

/**
 * The pace at which no window of HubSpot ever has more calls than the limit (generic cell rate algorithm): burst + window and
 * lifetime / interval ≤ limit − reserve, in any order of the calls.
 *
 * Bulk work may use only half of the burst, rounded up. Even while it takes every due permit, the other half stays free for calls
 * that somebody waits for. Those calls delay the bulk work, not the other way round.
 */
export function paceOf({ calls, windowMs }: RateLimit): Pace {
  const reserve = Math.ceil(calls * RESERVE_SHARE);
  const burst = Math.max(2, Math.floor(calls * BURST_SHARE));
  const steady = Math.max(1, calls - reserve - burst);
  const intervalMs = Math.ceil((windowMs + PERMIT_LIFETIME_MS) / steady);
  const wholeMs = burst * intervalMs;
  const halfMs = Math.ceil(burst / 2) * intervalMs;
  return { intervalMs, toleranceMs: { interactive: wholeMs, deferrable: wholeMs, bulk: halfMs } };
}

/** The maximum number of permits at once. */
export function mostAtOnce({ intervalMs, toleranceMs }: Pace, priority: Priority): number {
  return Math.max(1, Math.floor(toleranceMs[priority] / intervalMs));
}
