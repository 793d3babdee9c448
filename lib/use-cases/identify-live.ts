import type { CrmUserPages } from '../domain/crm-user.ts';
import { MissingScopesError } from '../domain/errors.ts';
import {
  type OwnerId,
  type PortalId,
  parseOwnerId,
  parseUserId,
  parseUserRecordId,
  type UserId,
} from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerDirectory } from '../domain/ports.ts';
import type { IdMatch } from './identify-number.ts';

export type IdentifyLiveDeps = {
  readonly directory: OwnerDirectory;
  readonly users: Pick<CrmUserPages, 'findUser'>;
};

/** The Owners API takes ids of 32 bits (OpenAPI, read 2026-11-23); record ids are longer, and asking for one is an error. */
const MAX_OWNERS_API_ID = 2_147_483_647;

/** Says whose id a number is by asking HubSpot: as owner id, as user id, and as a record of the users object. */
export function createIdentifyLive({ directory, users }: IdentifyLiveDeps) {
  return async function identifyLive(portalId: PortalId, digits: string, deadlineEpochMs: number): Promise<IdMatch[]> {
    const fitsOwners = Number(digits) <= MAX_OWNERS_API_ID;
    const ownerId = fitsOwners ? parseOwnerId(digits) : undefined;
    const userId = fitsOwners ? parseUserId(digits) : undefined;
    const byOwnerId = ownerId && (await findOwner(ownerId));
    const byUserId = userId && (await findOwnerOfUser(userId));
    const byRecord = await findOwnerOfRecord();
    return [
      ...(byOwnerId ? [{ regime: 'ownerId' as const, owner: byOwnerId }] : []),
      ...(byUserId ? [{ regime: 'userId' as const, owner: byUserId }] : []),
      ...(byRecord ? [{ regime: 'userRecordId' as const, owner: byRecord }] : []),
    ];

    async function findOwner(id: OwnerId): Promise<Owner | undefined> {
      const owner =
        (await directory.findById(portalId, id, 'active', deadlineEpochMs)) ??
        (await directory.findById(portalId, id, 'archived', deadlineEpochMs));
      return owner === 'otherType' ? undefined : owner;
    }

    async function findOwnerOfUser(id: UserId): Promise<Owner | undefined> {
      return (
        (await directory.findByUserId(portalId, id, 'active', deadlineEpochMs)) ??
        (await directory.findByUserId(portalId, id, 'archived', deadlineEpochMs))
      );
    }

    async function findOwnerOfRecord(): Promise<Owner | undefined> {
      const recordId = parseUserRecordId(digits);
      if (recordId === undefined) return undefined;
      try {
        const user = await users.findUser(portalId, recordId, deadlineEpochMs);
        if (user?.ownerId !== undefined) return await findOwner(user.ownerId);
        return user?.internalUserId === undefined ? undefined : await findOwnerOfUser(user.internalUserId);
      } catch (error) {
        if (error instanceof MissingScopesError) return undefined;
        throw error;
      }
    }
  };
}
