import { type OwnerEmail, parseOwnerEmail } from '../../lib/domain/email.ts';
import type { RecordRef } from '../../lib/domain/execution.ts';
import {
  type OwnerId,
  type PortalId,
  parseObjectId,
  parseObjectType,
  parseOwnerId,
  parsePortalId,
  parseUserId,
  parseUserRecordId,
  type UserId,
  type UserRecordId,
} from '../../lib/domain/ids.ts';

export const toPortalId = (value: string | number): PortalId => demand(parsePortalId(value));
export const toOwnerId = (value: string | number): OwnerId => demand(parseOwnerId(value));
export const toUserId = (value: string | number): UserId => demand(parseUserId(value));
export const toUserRecordId = (value: string | number): UserRecordId => demand(parseUserRecordId(value));
export const toEmail = (value: string): OwnerEmail => demand(parseOwnerEmail(value));

export const PORTAL_A = toPortalId(8_200_001);
export const PORTAL_B = toPortalId(8_200_002);

export function makeRecordRef(objectId: string | number = '9100000001', objectType = '0-1'): RecordRef {
  return { objectType: demand(parseObjectType(objectType)), objectId: demand(parseObjectId(objectId)) };
}

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a fixture is not valid');
  return value;
}
