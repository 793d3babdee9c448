import { type PortalId, parseOwnerId, parseUserId, parseUserRecordId } from '../../domain/ids.ts';
import type { IdMatch, IdType } from '../../domain/resolution.ts';
import type { OwnerCache } from '../../ports/store.ts';

type Finds = Pick<OwnerCache, 'findByOwnerId' | 'findByUserId' | 'findByUserRecordId'>;

/** Says whose ID a number is in a portal, from the cache. A number can belong to several people, as different kinds of ID. */
export function createIdentifyNumber(cache: Finds) {
  return async function identifyNumber(portalId: PortalId, digits: string): Promise<IdMatch[]> {
    const ownerId = parseOwnerId(digits);
    const userId = parseUserId(digits);
    const recordId = parseUserRecordId(digits);
    const [byOwnerId, byUserId, byRecordId] = await Promise.all([
      ownerId && cache.findByOwnerId(portalId, ownerId),
      userId && cache.findByUserId(portalId, userId),
      recordId && cache.findByUserRecordId(portalId, recordId),
    ]);
    const matches: IdMatch[] = [];
    const add = (idType: IdType, found: typeof byOwnerId) => {
      if (found?.owner === undefined) return;
      matches.push({ idType, owner: found.owner, confirmedAtEpochMs: found.confirmedAtEpochMs });
    };
    add('ownerId', byOwnerId);
    if (byUserId?.owner?.userId === userId) add('userId', byUserId);
    if (byUserId?.owner?.user?.internalUserId === userId) add('internalUserId', byUserId);
    add('userRecordId', byRecordId);
    return matches;
  };
}
