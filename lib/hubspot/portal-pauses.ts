import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';

/** Why a portal is left alone: its limit is spent, or HubSpot is away for it, with the fault as a fixed word. */
export type PauseReason = { readonly kind: 'limit' } | { readonly kind: 'fault'; readonly fault: string };
export type PortalPause = { readonly remainingMs: number; readonly reason: PauseReason };

export type PortalPauses = ReturnType<typeof createPortalPauses>;

/** Portals that HubSpot asked us to leave alone, as this container knows it. One portal's pause never touches another. */
export function createPortalPauses(now: Now) {
  const pauses = new Map<PortalId, { readonly untilEpochMs: number; readonly reason: PauseReason }>();
  return {
    /** Undefined when the portal may be called now. */
    find(portalId: PortalId): PortalPause | undefined {
      const pause = pauses.get(portalId);
      if (pause === undefined || pause.untilEpochMs <= now()) return undefined;
      return { remainingMs: pause.untilEpochMs - now(), reason: pause.reason };
    },
    /** The longer of two pauses stands, with its reason. */
    pause(portalId: PortalId, ms: number, reason: PauseReason): void {
      for (const [portal, { untilEpochMs }] of pauses) if (untilEpochMs <= now()) pauses.delete(portal);
      const untilEpochMs = now() + ms;
      if (untilEpochMs > (pauses.get(portalId)?.untilEpochMs ?? 0)) pauses.set(portalId, { untilEpochMs, reason });
    },
  };
}
