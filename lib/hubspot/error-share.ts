import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';

/** HubSpot lists no app whose error responses reach 5 % of a day's calls (listing rules, read 2026-11-23); we stop before. */
const HIGH_SHARE = 0.03;
/** Below this many calls a share says nothing. */
const MIN_CALLS = 100;
const DAY_MS = 86_400_000;

export type ErrorShare = ReturnType<typeof createErrorShare>;

/** `refused`: an answer about one record or callback, say. `failed`: no answer, or a fault of HubSpot's. */
export type CallEnd = 'good' | 'refused' | 'failed';

/**
 * Counts a portal's calls and error responses of the current UTC day, as far as this container made them. HubSpot counts all of
 * them; only failures are a reason to hold calls back, because the next record is not refused for what was wrong with the last.
 */
export function createErrorShare(now: Now) {
  const counts = new Map<PortalId, Count>();
  let day = dayOf(now());
  return {
    /** @returns true when this call took the portal's share over the limit for the first time today */
    record(portalId: PortalId, end: CallEnd): boolean {
      startNewDay();
      const count = counts.get(portalId) ?? { calls: 0, errors: 0, failures: 0, told: false };
      count.calls += 1;
      if (end !== 'good') count.errors += 1;
      if (end === 'failed') count.failures += 1;
      counts.set(portalId, count);
      if (count.told || !isHigh(count.calls, count.errors)) return false;
      count.told = true;
      return true;
    },
    /** Whether so many calls failed that more time is to pass before the next. */
    isHigh(portalId: PortalId): boolean {
      startNewDay();
      const count = counts.get(portalId);
      return count !== undefined && isHigh(count.calls, count.failures);
    },
  };

  function startNewDay(): void {
    if (dayOf(now()) === day) return;
    counts.clear();
    day = dayOf(now());
  }
}

type Count = { calls: number; errors: number; failures: number; told: boolean };

function isHigh(calls: number, share: number): boolean {
  return calls >= MIN_CALLS && share / calls >= HIGH_SHARE;
}

function dayOf(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS);
}
