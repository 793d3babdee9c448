import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';

/** After so many failed calls in a row, each already retried, the failure is longer than a moment. */
const OPENS_AFTER = 5;
const FIRST_MS = 10_000;
const LONGEST_MS = 60_000;

type Standing = { failures: number; openings: number };

/**
 * Says when to pause a portal's calls because HubSpot keeps failing for it in this container. After a pause, one failure starts
 * the next one, twice as long; one success ends it.
 */
export function createCircuitBreaker() {
  const standings = new LruMap<PortalId, Standing>();
  return {
    succeeded(portalId: PortalId): void {
      standings.delete(portalId);
    },
    failuresInARow: (portalId: PortalId): number => standings.get(portalId)?.failures ?? 0,
    /** @returns the pause in milliseconds; undefined if the portal may be called again */
    failed(portalId: PortalId): number | undefined {
      const standing = standings.get(portalId) ?? { failures: 0, openings: 0 };
      standings.set(portalId, standing);
      standing.failures += 1;
      if (standing.failures < OPENS_AFTER) return undefined;
      const openMs = Math.min(FIRST_MS * 2 ** standing.openings, LONGEST_MS);
      standing.openings += 1;
      return openMs;
    },
  };
}
