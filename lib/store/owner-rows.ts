import type { PortalId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners } from '../domain/ports.ts';
import { toOwnerMap } from './owner-item.ts';
import { type Item, type ItemKey, itemKey, toEpochSeconds } from './table.ts';

/**
 * Long after any reader would still believe it: a row that was learned between sweeps is either replaced by the next one or
 * asked for again. This only clears what is forgotten.
 */
const LEARNED_ROW_LIFETIME_MS = 30 * 86_400_000;
const ABSENCE_LIFETIME_MS = 60 * 60_000;

/**
 * Everything but an email that somebody is found by. An internal user id is a user id by another name: it has a row of its
 * own only where the two differ.
 */
export function ownerKeys(portalId: PortalId, { id, userId, user }: Owner): ItemKey[] {
  const userIds = [...new Set([userId, user?.internalUserId])].filter((value) => value !== undefined);
  return [
    itemKey(portalId, 'owner', id),
    ...userIds.map((value) => itemKey(portalId, 'user', value)),
    ...(user === undefined ? [] : [itemKey(portalId, 'userRecord', user.recordId)]),
  ];
}

export function toEmailAttributes({ owners, confirmedAtEpochMs }: CachedOwners, fence?: number): Item {
  // HubSpot cannot be asked again who had an address.
  const isKept = fence !== undefined || owners.some(({ formerEmails }) => formerEmails !== undefined);
  return {
    owners: { L: owners.map(toOwnerMap) },
    ...confirmation({ exists: owners.length > 0, isKept, confirmedAtEpochMs, fence }),
  };
}

export function toOwnerAttributes({ owner, confirmedAtEpochMs }: CachedOwner, fence?: number): Item {
  return {
    ...(owner !== undefined && { owner: toOwnerMap(owner) }),
    ...confirmation({ exists: owner !== undefined, isKept: fence !== undefined, confirmedAtEpochMs, fence }),
  };
}

/** Written by a sweep, and by nobody since: whoever learns something in between writes the row without a fence. */
export function isSwept(item: Item): boolean {
  return item.fence !== undefined;
}

type Confirmation = {
  readonly exists: boolean;
  readonly isKept: boolean;
  readonly confirmedAtEpochMs: number;
  readonly fence: number | undefined;
};

/** What a sweep found does not expire: an unchanged portal is not written again, night after night. */
function confirmation({ exists, isKept, confirmedAtEpochMs, fence }: Confirmation): Item {
  const lifetimeMs = exists ? LEARNED_ROW_LIFETIME_MS : ABSENCE_LIFETIME_MS;
  return {
    confirmedAtEpochMs: { N: String(confirmedAtEpochMs) },
    ...((!exists || !isKept) && { expiresAtEpochSeconds: toEpochSeconds(confirmedAtEpochMs + lifetimeMs) }),
    ...(fence !== undefined && { fence: { N: String(fence) } }),
  };
}
