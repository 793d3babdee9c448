import { DAY_MS } from '../domain/ages.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { Now } from '../ports/telemetry.ts';

/**
 * HubSpot lists no app whose error responses reach 5 % of a day's calls (listing rules, read 2026-11-23); we slow down before.
 */
const HIGH_SHARE = 0.03;
/** With fewer calls, a share means nothing. */
const MIN_CALLS = 100;

/** `refused`: for example an answer about one record or callback. `failed`: no answer, or HubSpot's fault. */
export type CallEnd = 'good' | 'refused' | 'failed';

/**
 * Counts a portal's calls and error responses of the current UTC day in this container. HubSpot counts all errors. Only failures
 * delay calls, because a refusal of one record does not affect the next.
 */
export function createErrorRate(now: Now) {
  const counts = new LruMap<PortalId, Count>();
  let day = dayOf(now());
  return {
    /** @returns true if this call took the portal's share over the limit for the first time today */
    record(portalId: PortalId, end: CallEnd): boolean {
      startNewDay();
      const count = counts.get(portalId) ?? { calls: 0, errors: 0, failures: 0, isReported: false };
      count.calls += 1;
      if (end !== 'good') count.errors += 1;
      if (end === 'failed') count.failures += 1;
      counts.set(portalId, count);
      if (count.isReported || !isHigh(count.calls, count.errors)) return false;
      count.isReported = true;
      return true;
    },
    /** Whether so many calls failed that the next ones are delayed. */
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

type Count = { calls: number; errors: number; failures: number; isReported: boolean };

function isHigh(calls: number, failed: number): boolean {
  return calls >= MIN_CALLS && failed / calls >= HIGH_SHARE;
}

function dayOf(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS);
}
