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
  const isKept = owners.some(({ formerEmails }) => formerEmails !== undefined);
  const lifetimeMs = owners.length > 0 ? LEARNED_ROW_LIFETIME_MS : ABSENCE_LIFETIME_MS;
  return { owners: { L: owners.map(toOwnerMap) }, ...confirmation(confirmedAtEpochMs, fence, !isKept && lifetimeMs) };
}

export function toOwnerAttributes({ owner, confirmedAtEpochMs }: CachedOwner, fence?: number): Item {
  const lifetimeMs = owner === undefined ? ABSENCE_LIFETIME_MS : LEARNED_ROW_LIFETIME_MS;
  return {
    ...(owner !== undefined && { owner: toOwnerMap(owner) }),
    ...confirmation(confirmedAtEpochMs, fence, lifetimeMs),
  };
}

/** Written by a sweep, and by nobody since: whoever learns something in between writes the row without a fence. */
export function isSwept(item: Item): boolean {
  return item.fence !== undefined;
}

/** What a sweep found does not expire: an unchanged portal is not written again, night after night. */
function confirmation(confirmedAtEpochMs: number, fence: number | undefined, lifetimeMs: number | false): Item {
  const expires = lifetimeMs === ABSENCE_LIFETIME_MS || (lifetimeMs !== false && fence === undefined);
  return {
    confirmedAtEpochMs: { N: String(confirmedAtEpochMs) },
    ...(expires && { expiresAtEpochSeconds: toEpochSeconds(confirmedAtEpochMs + lifetimeMs) }),
    ...(fence !== undefined && { fence: { N: String(fence) } }),
  };
}
