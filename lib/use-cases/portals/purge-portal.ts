import { DAY_MS, DISCONNECTED_PORTAL_MS, FORGOTTEN_MARK_MS } from '../../domain/ages.ts';
import type { Portal } from '../../domain/portal.ts';
import type { PortalData, Portals } from '../../ports/portals.ts';
import type { PurgePortal } from '../../ports/steps.ts';
import type { Now } from '../../ports/telemetry.ts';

export type PurgePortalDeps = {
  readonly data: PortalData;
  /** Absent where one portal is reached by a static token. */
  readonly portals: Pick<Portals, 'read' | 'remove'> | undefined;
  readonly now: Now;
};

/** Deletes what is kept of a portal. A portal that came back after its deletion was queued keeps it, even if it left again. */
export function createPurgePortal({ data, portals, now }: PurgePortalDeps): PurgePortal {
  return async function purgePortal(portalId, mayGoOn) {
    const portal = await portals?.read(portalId);
    if (mayComeBack(portal, now())) return { deleted: 0, isDone: true };
    const isBack = async () => mayComeBack(await portals?.read(portalId), now());
    // Where nobody says when the portal left, a deletion that was cut short continues until the day is over.
    const leftAtEpochMs = portal?.disconnectedAtEpochMs ?? now() - (now() % DAY_MS);
    const purged = await data.purge(portalId, mayGoOn, leftAtEpochMs, isBack);
    const isMarkKept = now() < (portal?.forgottenAtEpochMs ?? Number.NEGATIVE_INFINITY) + FORGOTTEN_MARK_MS;
    // Removed last, so that an interrupted deletion is found again.
    if (purged.isDone && !isMarkKept) await portals?.remove(portalId);
    return purged;
  };
}

/** Connected, or disconnected for less than the time that its rows are kept for it. */
function mayComeBack(portal: Portal | undefined, nowEpochMs: number): boolean {
  if (portal === undefined || portal.forgottenAtEpochMs !== undefined) return false;
  return nowEpochMs - (portal.disconnectedAtEpochMs ?? nowEpochMs) <= DISCONNECTED_PORTAL_MS;
}
