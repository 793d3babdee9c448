/**
 * HubSpot's IDs, each with its own brand, so that the compiler does not let us mix them up.
 *
 * Only an owner ID can be assigned to a record. A user ID looks the same and is refused by HubSpot
 * with INVALID_OWNER_ID (owners guide, read 2026-11-23). IDs stay strings: JSON numbers lose digits above 2^53.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type PortalId = Branded<'PortalId'>;
export type OwnerId = Branded<'OwnerId'>;
export type UserId = Branded<'UserId'>;
/** The ID of somebody's record in the CRM's users object (`0-115`). Never an owner ID. */
export type UserRecordId = Branded<'UserRecordId'>;
export type ObjectId = Branded<'ObjectId'>;
/** A HubSpot object type id such as `0-1` or `2-3456`, or the full name of a custom or app object such as `p123_car`. */
export type ObjectTypeId = Branded<'ObjectTypeId'>;

const DIGITS = /^[1-9]\d{0,19}$/;

/** Digits from a string, or from a JSON number that survived parsing exactly; anything else is undefined. */
export function readDigits(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined;
  }
  return typeof value === 'string' && DIGITS.test(value) ? value : undefined;
}

/** The Owners API takes 32-bit integers (owners OpenAPI 2026-09, read 2026-11-23). A request with a longer one is an error. */
const MAX_OWNERS_API_ID = 2_147_483_647;

/** False for IDs that no owner and no user has, such as those of records. */
export function fitsOwnersApi(id: string): boolean {
  return Number(id) <= MAX_OWNERS_API_ID;
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

/** Names that HubSpot puts into `object.objectType`, with their type IDs (object APIs guide, read 2026-11-23). */
const TYPE_ID_BY_NAME: Readonly<Record<string, string>> = {
  CONTACT: '0-1',
  COMPANY: '0-2',
  DEAL: '0-3',
  TICKET: '0-5',
  LEAD: '0-136',
  SERVICE: '0-162',
  COURSE: '0-410',
  LISTING: '0-420',
  APPOINTMENT: '0-421',
  PROJECT: '0-970',
};

const TYPE_ID = /^\d{1,4}-\d{1,18}$/;
/**
 * `p<portalId>_<name>` of a custom object (object APIs guide, read 2026-11-26), `a<appId>_<name>` of one that an app brings (app
 * objects quickstart, read 2026-11-28). HubSpot decides whether its case counts.
 */
const FULL_NAME = /^[ap]\d{1,20}_[\w-]{1,100}$/i;

/**
 * Reads the object type of an execution: a known name in any case, a type ID, which covers custom objects (`2-…`), or the
 * full name of one. A bare custom object name is not accepted, as HubSpot stopped accepting it on 2025-06-24.
 */
export function parseObjectType(value: unknown): ObjectTypeId | undefined {
  if (typeof value !== 'string') return undefined;
  if (TYPE_ID.test(value) || FULL_NAME.test(value)) return value as ObjectTypeId;
  const name = value.toUpperCase();
  return Object.hasOwn(TYPE_ID_BY_NAME, name) ? (TYPE_ID_BY_NAME[name] as ObjectTypeId) : undefined;
}
