import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ABSENT_OWNER_ROW_MS, LEARNED_OWNER_ROW_MS } from '../domain/ages.ts';
import { parseOwnerEmail } from '../domain/email.ts';
import type { PortalId } from '../domain/ids.ts';
import { parseOwnerId, parseUserId, parseUserRecordId } from '../domain/ids.ts';
import { withinBytes } from '../domain/item-size.ts';
import { isAssignable, type Owner, type OwnerUser, withoutName } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners } from '../ports/store.ts';
import { type Item, type ItemKey, itemKey, readNumber, toEpochSeconds, toNumber } from './table.ts';

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
  const lifetimeMs = owners.length > 0 ? LEARNED_OWNER_ROW_MS : ABSENT_OWNER_ROW_MS;
  // Of somebody whom it never listed, no sync takes the name out again. The row of their ID has it, and expires.
  const written = isKept && fence === undefined ? owners.map(withoutName) : owners;
  return {
    owners: { L: fitting(written).map(toOwnerMap) },
    ...confirmation(confirmedAtEpochMs, fence, !isKept && lifetimeMs),
  };
}

const MAX_BYTES = 200_000;

/** Where one address leads to more people than an item has room for, those stay who decide whom it means. */
function fitting(owners: readonly Owner[]): readonly Owner[] {
  const kept = new Set(
    withinBytes(
      owners.toSorted((one, other) => weightOf(one) - weightOf(other)),
      MAX_BYTES,
    ),
  );
  return owners.filter((owner) => kept.has(owner));
}

function weightOf(owner: Owner): number {
  return Number(!isAssignable(owner)) + Number(owner.archived);
}

export function toOwnerAttributes({ owner, confirmedAtEpochMs }: CachedOwner, fence?: number): Item {
  const lifetimeMs = owner === undefined ? ABSENT_OWNER_ROW_MS : LEARNED_OWNER_ROW_MS;
  // HubSpot cannot be asked again who that was.
  const isKept = owner?.unlisted === true;
  return {
    ...(owner !== undefined && { owner: toOwnerMap(owner) }),
    ...confirmation(confirmedAtEpochMs, fence, !isKept && lifetimeMs),
  };
}

/**
 * Written by a sync, and by nobody since: whoever learns something in between writes the row without a fence.
 * @param firstFence the fence of the first sync that counts
 */
export function isSynced(item: Item, firstFence = 0): boolean {
  return (readNumber(item, 'fence') ?? -1) >= firstFence;
}

/** What a sync found does not expire: an unchanged portal is not written again, night after night. */
function confirmation(confirmedAtEpochMs: number, fence: number | undefined, lifetimeMs: number | false): Item {
  const expires = lifetimeMs === ABSENT_OWNER_ROW_MS || (lifetimeMs !== false && fence === undefined);
  return {
    confirmedAtEpochMs: toNumber(confirmedAtEpochMs),
    ...(expires && { expiresAtEpochSeconds: toEpochSeconds(confirmedAtEpochMs + lifetimeMs) }),
    ...(fence !== undefined && { fence: toNumber(fence) }),
  };
}

/** An owner as a DynamoDB map. Optional members are left out, and readers accept maps with more members than they know. */
export function toOwnerMap(owner: Owner): AttributeValue {
  return {
    M: {
      id: { S: owner.id },
      type: { S: owner.type },
      archived: { BOOL: owner.archived },
      firstName: { S: owner.firstName },
      lastName: { S: owner.lastName },
      teams: {
        L: owner.teams.map((team) => ({
          M: { id: { S: team.id }, name: { S: team.name }, primary: { BOOL: team.primary } },
        })),
      },
      ...(owner.userId !== undefined && { userId: { S: owner.userId } }),
      ...(owner.email !== undefined && { email: { S: owner.email } }),
      ...(owner.user !== undefined && { user: toUserMap(owner.user) }),
      ...(owner.formerEmails !== undefined && { formerEmails: { L: owner.formerEmails.map((S) => ({ S })) } }),
      ...(owner.unlisted === true && { unlisted: { BOOL: true } }),
    },
  };
}

/** Undefined when the map is not an owner that can be trusted; the caller then asks HubSpot. */
export function fromOwnerMap(value: AttributeValue | undefined): Owner | undefined {
  const map = value?.M;
  const id = parseOwnerId(map?.id?.S);
  const type = map?.type?.S;
  const archived = map?.archived?.BOOL;
  if (map === undefined || id === undefined || archived === undefined) return undefined;
  if (type !== 'PERSON' && type !== 'QUEUE') return undefined;
  const user = fromUserMap(map.user);
  const formerEmails = (map.formerEmails?.L ?? []).flatMap(({ S }) => parseOwnerEmail(S) ?? []);
  return {
    id,
    type,
    archived,
    userId: parseUserId(map.userId?.S),
    email: parseOwnerEmail(map.email?.S),
    firstName: map.firstName?.S ?? '',
    lastName: map.lastName?.S ?? '',
    teams: (map.teams?.L ?? []).map(({ M: team }) => ({
      id: team?.id?.S ?? '',
      name: team?.name?.S ?? '',
      primary: team?.primary?.BOOL ?? false,
    })),
    ...(user !== undefined && { user }),
    ...(formerEmails.length > 0 && { formerEmails }),
    ...(map.unlisted?.BOOL === true && { unlisted: true }),
  };
}

function toUserMap({ recordId, internalUserId, availability }: OwnerUser): AttributeValue {
  return {
    M: {
      recordId: { S: recordId },
      availability: { S: availability },
      ...(internalUserId !== undefined && { internalUserId: { S: internalUserId } }),
    },
  };
}

function fromUserMap(value: AttributeValue | undefined): OwnerUser | undefined {
  const recordId = parseUserRecordId(value?.M?.recordId?.S);
  if (recordId === undefined) return undefined;
  return {
    recordId,
    internalUserId: parseUserId(value?.M?.internalUserId?.S),
    availability: value?.M?.availability?.S ?? '',
  };
}
