import { type PortalId, parseOwnerId, parseUserId, parseUserRecordId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerCache } from '../domain/ports.ts';

/** HubSpot's kinds of id that look alike. Only an owner id may be written to a record. */
export type IdRegime = 'ownerId' | 'userId' | 'internalUserId' | 'userRecordId';

export type IdMatch = { readonly regime: IdRegime; readonly owner: Owner; readonly confirmedAtEpochMs?: number };

type Finds = Pick<OwnerCache, 'findByOwnerId' | 'findByUserId' | 'findByUserRecordId'>;

/** Says whose id a number is in a portal, by what the cache knows. One number can be several people's, by different regimes. */
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
    const add = (regime: IdRegime, found: typeof byOwnerId) => {
      if (found?.owner === undefined) return;
      matches.push({ regime, owner: found.owner, confirmedAtEpochMs: found.confirmedAtEpochMs });
    };
    add('ownerId', byOwnerId);
    if (byUserId?.owner?.userId === userId) add('userId', byUserId);
    if (byUserId?.owner?.user?.internalUserId === userId) add('internalUserId', byUserId);
    add('userRecordId', byRecordId);
    return matches;
  };
}
