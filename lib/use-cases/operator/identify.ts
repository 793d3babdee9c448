import { inParallel } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { MissingScopesError } from '../../domain/errors.ts';
import {
  fitsOwnersApi,
  type OwnerId,
  type PortalId,
  parseOwnerId,
  parseUserId,
  parseUserRecordId,
  type UserId,
} from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { IdMatch } from '../../domain/resolution.ts';
import type { OwnersApi, UsersApi } from '../../ports/hubspot.ts';
import type { ConnectedPortals } from '../../ports/portals.ts';
import type { FoundElsewhere } from '../../ports/steps.ts';
import type { OwnerCache } from '../../ports/store.ts';

export type IdentifyLiveDeps = {
  readonly ownersApi: OwnersApi;
  readonly users: Pick<UsersApi, 'findUser'>;
};

/** Says whose ID a number is by asking HubSpot: as owner ID, as user ID, and as a record of the users object. */
export function createIdentifyLive({ ownersApi, users }: IdentifyLiveDeps) {
  return async function identifyLive(portalId: PortalId, digits: string, deadline: Deadline): Promise<IdMatch[]> {
    const ownerId = fitsOwnersApi(digits) ? parseOwnerId(digits) : undefined;
    const userId = fitsOwnersApi(digits) ? parseUserId(digits) : undefined;
    const byOwnerId = ownerId && (await findOwner(ownerId));
    const byUserId = userId && (await findOwnerOfUser(userId));
    const byRecord = await findOwnerOfRecord();
    return [
      ...(byOwnerId ? [{ idType: 'ownerId' as const, owner: byOwnerId }] : []),
      ...(byUserId ? [{ idType: 'userId' as const, owner: byUserId }] : []),
      ...(byRecord ? [{ idType: 'userRecordId' as const, owner: byRecord }] : []),
    ];

    async function findOwner(id: OwnerId): Promise<Owner | undefined> {
      const owner =
        (await ownersApi.findById(portalId, id, 'active', deadline)) ??
        (await ownersApi.findById(portalId, id, 'archived', deadline));
      return owner === 'odd' ? undefined : owner;
    }

    async function findOwnerOfUser(id: UserId): Promise<Owner | undefined> {
      return (
        (await ownersApi.findByUserId(portalId, id, 'active', deadline)) ??
        (await ownersApi.findByUserId(portalId, id, 'archived', deadline))
      );
    }

    async function findOwnerOfRecord(): Promise<Owner | undefined> {
      const recordId = parseUserRecordId(digits);
      if (recordId === undefined) return undefined;
      try {
        const user = await users.findUser(portalId, recordId, deadline);
        if (user?.ownerId !== undefined) return await findOwner(user.ownerId);
        return user?.internalUserId === undefined ? undefined : await findOwnerOfUser(user.internalUserId);
      } catch (error) {
        if (error instanceof MissingScopesError) return undefined;
        throw error;
      }
    }
  };
}

export type FindOwnerElsewhereDeps = {
  readonly portals: ConnectedPortals;
  readonly cache: Pick<OwnerCache, 'findByOwnerId'>;
};

/** How many other portals are read at once, each with one key read. */
const PARALLEL_READS = 50;

/**
 * Finds people with this owner ID in the other connected portals, for example after a migration or from a sandbox. Only reads the
 * cache.
 */
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
