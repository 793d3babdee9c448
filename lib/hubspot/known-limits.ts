import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import { LOWEST_LIMIT, paceOf, type RateLimit } from '../domain/rate-budget.ts';

/** So long a lower limit counts after it was last seen: HubSpot's endpoints may have limits of their own. */
const BELIEVED_MS = 10 * 60_000;

type Seen = {
  /** One for each length of window. */
  readonly callsByWindow: Map<number, { readonly calls: number; readonly atEpochMs: number }>;
  /** What the table was last known to say. */
  shared?: RateLimit;
};

/**
 * The limits of portals, as HubSpot's headers and the table tell them to a container. Where they differ, the strictest counts:
 * replies of two endpoints that come in turn must neither lift a limit nor cost a write each.
 */
export function createKnownLimits(now: Now) {
  const portals = new Map<PortalId, Seen>();
  return {
    countingOf,

    /** From the headers of a reply. @returns the limit to tell all containers of, when they do not know it */
    see(portalId: PortalId, told: RateLimit): RateLimit | undefined {
      const seen = note(portalId, told);
      const counting = countingOf(portalId);
      if (seen.shared !== undefined && isSame(seen.shared, counting)) return undefined;
      seen.shared = counting;
      return counting;
    },

    /** From the table. What it goes on saying was seen when it first said it. */
    hear(portalId: PortalId, told: RateLimit): void {
      const isNews = !isSame(told, countingOf(portalId));
      const seen = isNews ? note(portalId, told) : seenOf(portalId);
      seen.shared = told;
    },
  };

  function countingOf(portalId: PortalId): RateLimit {
    const limits = [...seenOf(portalId).callsByWindow].map(([windowMs, { calls }]) => ({ calls, windowMs }));
    const [strictest = LOWEST_LIMIT] = limits.sort((a, b) => paceOf(b).intervalMs - paceOf(a).intervalMs);
    return strictest;
  }

  function note(portalId: PortalId, { calls, windowMs }: RateLimit): Seen {
    const seen = seenOf(portalId);
    const { callsByWindow } = seen;
    for (const [window, { atEpochMs }] of callsByWindow) {
      if (now() - atEpochMs >= BELIEVED_MS) callsByWindow.delete(window);
    }
    if (calls <= (callsByWindow.get(windowMs)?.calls ?? calls))
      callsByWindow.set(windowMs, { calls, atEpochMs: now() });
    return seen;
  }

  function seenOf(portalId: PortalId): Seen {
    const seen = portals.get(portalId) ?? { callsByWindow: new Map() };
    portals.set(portalId, seen);
    return seen;
  }
}

function isSame(one: RateLimit, other: RateLimit): boolean {
  return one.calls === other.calls && one.windowMs === other.windowMs;
}
