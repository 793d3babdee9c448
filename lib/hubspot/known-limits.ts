import { RATE_LIMIT_MAX_AGE_MS } from '../domain/ages.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import { LOWEST_LIMIT, paceOf, type RateLimit } from '../domain/rate-limit.ts';
import type { Now } from '../ports/telemetry.ts';

/**
 * The limits of portals from HubSpot's headers and the table: one for each length of window, and the strictest counts. So
 * alternating replies of two endpoints neither raise the limit nor cost a write each.
 */
export function createKnownLimits(now: Now) {
  const seen = new LruMap<PortalId, Map<number, { readonly calls: number; readonly atEpochMs: number }>>();
  /** The last known limits in the table. */
  const shared = new LruMap<PortalId, RateLimit>();
  return {
    countingOf,
    /** From the headers of a reply. @returns the limit to share with all containers, if they do not know it */
    learn(portalId: PortalId, limit: RateLimit): RateLimit | undefined {
      note(portalId, limit);
      return share(portalId, countingOf(portalId));
    },
    /** From the table. A repeated limit counts as seen when it was first read. */
    receive(portalId: PortalId, limit: RateLimit): void {
      if (!isSame(limit, countingOf(portalId))) note(portalId, limit);
      share(portalId, limit);
    },
  };

  function countingOf(portalId: PortalId): RateLimit {
    const limits = [...(seen.get(portalId) ?? [])].map(([windowMs, { calls }]) => ({ calls, windowMs }));
    const [strictest = LOWEST_LIMIT] = limits.sort((a, b) => paceOf(b).intervalMs - paceOf(a).intervalMs);
    return strictest;
  }

  function note(portalId: PortalId, { calls, windowMs }: RateLimit): void {
    const all = [...(seen.get(portalId) ?? [])];
    const byWindow = new Map(all.filter(([, { atEpochMs }]) => now() - atEpochMs < RATE_LIMIT_MAX_AGE_MS));
    const standing = byWindow.get(windowMs);
    if (standing === undefined || calls <= standing.calls) byWindow.set(windowMs, { calls, atEpochMs: now() });
    seen.set(portalId, byWindow);
  }

  function share(portalId: PortalId, limit: RateLimit): RateLimit | undefined {
    const isKnown = isSame(limit, shared.get(portalId));
    shared.set(portalId, limit);
    return isKnown ? undefined : limit;
  }
}

function isSame(one: RateLimit, other: RateLimit | undefined): boolean {
  return one.calls === other?.calls && one.windowMs === other.windowMs;
}
