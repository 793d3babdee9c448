import type { PortalId } from '../domain/ids.ts';
import type { Portals } from '../domain/portal.ts';
import type { PortalData } from '../domain/portal-data.ts';

export type PurgePortalDeps = {
  readonly data: PortalData;
  /** Absent where one portal is reached by a static token. */
  readonly portals?: Pick<Portals, 'read' | 'remove'>;
};

export type Purged = { readonly deleted: number; readonly isDone: boolean };

/** Deletes what is kept of a portal, unless it is connected: it may have come back since its deletion was queued. */
export function createPurgePortal({ data, portals }: PurgePortalDeps) {
  return async function purgePortal(portalId: PortalId, mayGoOn: () => boolean): Promise<Purged> {
    const portal = await portals?.read(portalId);
    if (portal !== undefined && portal.disconnectedAtEpochMs === undefined) return { deleted: 0, isDone: true };
    const purged = await data.purge(portalId, mayGoOn);
    // Last, so that a purge that was cut short is found again.
    if (purged.isDone) await portals?.remove(portalId);
    return purged;
  };
}
