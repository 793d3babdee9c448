import { type PortalId, parseOwnerId } from '../domain/ids.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerCache } from '../domain/ports.ts';
import type { ConnectedPortals } from '../domain/refresh.ts';

export type FoundElsewhere = { readonly portalId: PortalId; readonly owner: Owner };

export type FindOwnerElsewhereDeps = {
  readonly portals: ConnectedPortals;
  readonly cache: Pick<OwnerCache, 'findByOwnerId'>;
};

/** How many other portals are asked at once; each is one key read. */
const PARALLEL_READS = 50;

/** Finds people with this owner id in the other connected portals: after a migration, or from a sandbox. Ids only, so by the cache. */
export function createFindOwnerElsewhere({ portals, cache }: FindOwnerElsewhereDeps) {
  return async function findOwnerElsewhere(
    portalId: PortalId,
    digits: string,
    from: PortalId | undefined,
  ): Promise<FoundElsewhere[]> {
    const ownerId = parseOwnerId(digits);
    if (ownerId === undefined) return [];
    const found: FoundElsewhere[] = [];
    for await (const page of portals.listConnected()) {
      const others = page.filter((other) => other !== portalId && (from === undefined || other === from));
      const look = async (other: PortalId) => {
        const owner = (await cache.findByOwnerId(other, ownerId))?.owner;
        if (owner !== undefined) found.push({ portalId: other, owner });
      };
      await inParallel(others, look, { limit: PARALLEL_READS });
    }
    return found.sort((a, b) => Number(a.portalId) - Number(b.portalId));
  };
}
