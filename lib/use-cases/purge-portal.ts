import type { PortalId } from '../domain/ids.ts';
import type { Portals } from '../domain/portal.ts';
import type { PortalData } from '../domain/portal-data.ts';
import type { Now } from '../domain/ports.ts';

export type PurgePortalDeps = {
  readonly data: PortalData;
  /** Absent where one portal is reached by a static token. */
  readonly portals?: Pick<Portals, 'read' | 'remove'>;
  readonly now: Now;
};

export type Purged = { readonly deleted: number; readonly isDone: boolean };

const DAY_MS = 86_400_000;
/** Queues keep a message for 14 days: until then somebody may still come with one of a forgotten portal. */
const MARK_KEPT_MS = 16 * DAY_MS;

/** Deletes what is kept of a portal, unless it is connected: it may have come back since its deletion was queued. */
export function createPurgePortal({ data, portals, now }: PurgePortalDeps) {
  return async function purgePortal(portalId: PortalId, mayGoOn: () => boolean): Promise<Purged> {
    const portal = await portals?.read(portalId);
    if (portal !== undefined && portal.disconnectedAtEpochMs === undefined) return { deleted: 0, isDone: true };
    // Where nobody says when the portal left, a deletion that was cut short goes on until the day is over.
    const leftAtEpochMs = portal?.disconnectedAtEpochMs ?? now() - (now() % DAY_MS);
    const purged = await data.purge(portalId, mayGoOn, leftAtEpochMs);
    const isMarkKept = now() < (portal?.forgottenAtEpochMs ?? Number.NEGATIVE_INFINITY) + MARK_KEPT_MS;
    // Last, so that a purge that was cut short is found again.
    if (purged.isDone && !isMarkKept) await portals?.remove(portalId);
    return purged;
  };
}
