import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { parseOwnerEmail } from '../domain/email.ts';
import { parseOwnerId, parseUserId, parseUserRecordId } from '../domain/ids.ts';
import type { Owner, OwnerUser } from '../domain/owner.ts';

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
