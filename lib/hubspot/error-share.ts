import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';

/** HubSpot lists no app whose error responses reach 5 % of a day's calls (listing rules, read 2026-11-23); we stop before. */
const HIGH_SHARE = 0.03;
/** Below this many calls a share says nothing. */
const MIN_CALLS = 100;
const DAY_MS = 86_400_000;

export type ErrorShare = ReturnType<typeof createErrorShare>;

/** Counts a portal's calls and error responses of the current UTC day, as far as this container made them. */
export function createErrorShare(now: Now) {
  const counts = new Map<PortalId, Count>();
  let day = dayOf(now());
  return {
    /** @returns true when this call took the portal's share over the limit for the first time today */
    record(portalId: PortalId, isError: boolean): boolean {
      startNewDay();
      const count = counts.get(portalId) ?? { calls: 0, errors: 0, told: false };
      count.calls += 1;
      if (isError) count.errors += 1;
      counts.set(portalId, count);
      if (count.told || !isHigh(count)) return false;
      count.told = true;
      return true;
    },
    isHigh(portalId: PortalId): boolean {
      startNewDay();
      const count = counts.get(portalId);
      return count !== undefined && isHigh(count);
    },
  };

  function startNewDay(): void {
    if (dayOf(now()) === day) return;
    counts.clear();
    day = dayOf(now());
  }
}

type Count = { calls: number; errors: number; told: boolean };

function isHigh({ calls, errors }: Count): boolean {
  return calls >= MIN_CALLS && errors / calls >= HIGH_SHARE;
}

function dayOf(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS);
}
