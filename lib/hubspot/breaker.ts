import type { PortalId } from '../domain/ids.ts';

/** So many calls in a row, each of them tried again already, that something is wrong for longer than a moment. */
const OPENS_AFTER = 5;
const FIRST_MS = 10_000;
const LONGEST_MS = 60_000;

type Standing = { failures: number; openings: number };

/**
 * Tells when a portal is to be left alone because HubSpot keeps failing for it, as this container sees it. After each pause
 * one failure is enough for the next, which is twice as long; one success ends it.
 */
export function createBreaker() {
  const standings = new Map<PortalId, Standing>();
  return {
    succeeded(portalId: PortalId): void {
      standings.delete(portalId);
    },
    failuresInARow: (portalId: PortalId): number => standings.get(portalId)?.failures ?? 0,
    /** @returns for how many milliseconds to leave the portal alone; undefined when it may be called again */
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
