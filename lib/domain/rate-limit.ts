/** HubSpot's limit for one app in one portal, as its response headers say. */
export type RateLimit = { readonly calls: number; readonly windowMs: number };

/**
 * `interactive`: a workflow or a person waits for the call. `deferrable`: so it does, but what it is for can be left to the
 * queue. `bulk`: a queue or a schedule is behind it.
 */
export type Priority = 'interactive' | 'deferrable' | 'bulk';

/** Why the calls of a portal pause whatever its budget: HubSpot says that its limit is used up, or keeps failing, with the fault as a fixed word. */
export type PauseReason = { readonly kind: 'limit' } | { readonly kind: 'fault'; readonly fault: string };

/** The lowest limit there is, that of a private app in a free account (usage guidelines, read 2026-11-23). */
export const LOWEST_LIMIT: RateLimit = { calls: 100, windowMs: 10_000 };

/**
 * How long a permit is good for. HubSpot counts a call when it arrives, which is up to this much later than when its permit
 * was taken.
 */
export const PERMIT_LIFETIME_MS = 1_000;

/** Every pause and backlog ends sooner. A time that is farther ahead comes from a wrong clock. */
export const FARTHEST_AHEAD_MS = 15 * 60_000;

/** Kept back for clocks that differ a little, and for calls whose reply was lost before it was counted here. */
const RESERVE_SHARE = 0.02;
const BURST_SHARE = 0.07;

/** A steady pace with a little slack: one permit every `intervalMs`, and as many at once as fit into the tolerance. */
export type Pace = { readonly intervalMs: number; readonly toleranceMs: Readonly<Record<Priority, number>> };

/**
 * The pace at which no window of HubSpot's ever holds more calls than the limit (generic cell rate algorithm):
 * burst + window and lifetime / interval ≤ limit − reserve, whatever the order of the calls.
 *
 * Bulk work may use half of the burst only, rounded up. While it takes every permit that falls due, the other half stays there for
 * whoever is waited for, and what those take delays the bulk work and not them.
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

/** The largest number of permits at once. */
export function mostAtOnce({ intervalMs, toleranceMs }: Pace, priority: Priority): number {
  return Math.max(1, Math.floor(toleranceMs[priority] / intervalMs));
}
