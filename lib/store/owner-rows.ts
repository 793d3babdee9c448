import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ABSENT_OWNER_ROW_MS, LEARNED_OWNER_ROW_MS } from '../domain/ages.ts';
import { type OwnerEmail, parseOwnerEmail } from '../domain/email.ts';
import { type PortalId, parseOwnerId, parseUserId, parseUserRecordId } from '../domain/ids.ts';
import { withinBytes } from '../domain/item-size.ts';
import { isAssignable, type Owner, type OwnerUser, withoutName } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners } from '../ports/store.ts';
import { type ItemKey, itemKey } from './keys.ts';
import { type Item, readNumber, toEpochSeconds, toNumber } from './table.ts';

/**
 * All keys of an owner except the email. An internal user ID is usually equal to the user ID: it has a separate row only if it
 * differs.
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
  // HubSpot cannot say later who had an address.
  const isKept = owners.some(({ formerEmails }) => formerEmails !== undefined);
  const lifetimeMs = owners.length > 0 ? LEARNED_OWNER_ROW_MS : ABSENT_OWNER_ROW_MS;
  // No sync would ever delete the name of a person who was never listed. The row of their ID has it, and expires.
  const written = isKept && fence === undefined ? owners.map(withoutName) : owners;
  return {
    owners: { L: fitting(written).map(toOwnerMap) },
    ...confirmation(confirmedAtEpochMs, fence, !isKept && lifetimeMs),
  };
}

const MAX_BYTES = 200_000;

/** If an address leads to more people than fit into an item, those who decide the result are kept. */
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
  // HubSpot cannot say later who that was.
  const isKept = owner?.unlisted === true;
  return {
    ...(owner !== undefined && { owner: toOwnerMap(owner) }),
    ...confirmation(confirmedAtEpochMs, fence, !isKept && lifetimeMs),
  };
}

/**
 * True if a sync wrote it and nobody since: a row that an execution writes has no fence.
 * @param firstFence the fence of the first sync that counts
 */
export function isSynced(item: Item, firstFence = 0): boolean {
  return (readNumber(item, 'fence') ?? -1) >= firstFence;
}

/** A sync's rows do not expire, because an unchanged portal is not written again every night. */
function confirmation(confirmedAtEpochMs: number, fence: number | undefined, lifetimeMs: number | false): Item {
  const expires = lifetimeMs === ABSENT_OWNER_ROW_MS || (lifetimeMs !== false && fence === undefined);
  return {
    confirmedAtEpochMs: toNumber(confirmedAtEpochMs),
    ...(expires && { expiresAtEpochSeconds: toEpochSeconds(confirmedAtEpochMs + lifetimeMs) }),
    ...(fence !== undefined && { fence: toNumber(fence) }),
  };
}

/** An owner as a DynamoDB map. Optional members are left out, and readers accept maps with unknown members. */
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
      ...(owner.formerEmails !== undefined && { formerEmails: toEmailList(owner.formerEmails) }),
      ...(owner.lostEmails !== undefined && { lostEmails: toEmailList(owner.lostEmails) }),
      ...(owner.unlisted === true && { unlisted: { BOOL: true } }),
    },
  };
}

/** Undefined if the map is not a valid owner; the caller then asks HubSpot. */
export function fromOwnerMap(value: AttributeValue | undefined): Owner | undefined {
  const map = value?.M;
  const id = parseOwnerId(map?.id?.S);
  const type = map?.type?.S;
  const archived = map?.archived?.BOOL;
  if (map === undefined || id === undefined || archived === undefined) return undefined;
  if (type !== 'PERSON' && type !== 'QUEUE') return undefined;
  const user = fromUserMap(map.user);
  const formerEmails = fromEmailList(map.formerEmails);
  const lostEmails = fromEmailList(map.lostEmails);
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
    ...(lostEmails.length > 0 && { lostEmails }),
    ...(map.unlisted?.BOOL === true && { unlisted: true }),
  };
}

function toEmailList(emails: readonly OwnerEmail[]): AttributeValue {
  return { L: emails.map((S) => ({ S })) };
}

function fromEmailList(value: AttributeValue | undefined): OwnerEmail[] {
  return (value?.L ?? []).flatMap(({ S }) => parseOwnerEmail(S) ?? []);
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
