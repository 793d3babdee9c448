/**
 * HubSpot's ids, each a brand of its own so that the compiler refuses to mix them up.
 *
 * Only an owner id can be assigned to a record. A user id looks the same and is refused by HubSpot
 * with INVALID_OWNER_ID (owners guide, read 2026-11-23). Ids stay strings: JSON numbers lose digits above 2^53.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PortalId = Branded<'PortalId'>;
export type OwnerId = Branded<'OwnerId'>;
export type UserId = Branded<'UserId'>;
/** The id of somebody's record in the CRM's users object (`0-115`). Never an owner id. */
export type UserRecordId = Branded<'UserRecordId'>;
export type ObjectId = Branded<'ObjectId'>;
/** A HubSpot object type id such as `0-1` or `2-3456`, or the full name of a custom object such as `p123_car`. */
export type ObjectTypeId = Branded<'ObjectTypeId'>;

const DIGITS = /^[1-9]\d{0,19}$/;

/** Digits from a string, or from a JSON number that survived parsing exactly; anything else is undefined. */
function readDigits(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  }
  return typeof value === 'string' && DIGITS.test(value) ? value : undefined;
}

export function parsePortalId(value: unknown): PortalId | undefined {
  return readDigits(value) as PortalId | undefined;
}

export function parseOwnerId(value: unknown): OwnerId | undefined {
  return readDigits(value) as OwnerId | undefined;
}

export function parseUserId(value: unknown): UserId | undefined {
  return readDigits(value) as UserId | undefined;
}

export function parseUserRecordId(value: unknown): UserRecordId | undefined {
  return readDigits(value) as UserRecordId | undefined;
}

export function parseObjectId(value: unknown): ObjectId | undefined {
  return readDigits(value) as ObjectId | undefined;
}
