import type { ObjectTypeId } from './ids.ts';

/** Names that HubSpot puts into `object.objectType`, with their type ids (object APIs guide, read 2026-11-23). */
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
/** `p<portalId>_<name>` of a custom object (object APIs guide, read 2026-11-26). Its case is HubSpot's to judge. */
const FULL_NAME = /^p\d{1,20}_[\w-]{1,100}$/i;

/**
 * Reads the object type of an execution: a known name in any case, a type id, which covers custom objects (`2-…`), or the
 * full name of one. A bare custom object name is not accepted, as HubSpot stopped accepting it on 2025-06-24.
 */
export function parseObjectType(value: unknown): ObjectTypeId | undefined {
  if (typeof value !== 'string') return undefined;
  if (TYPE_ID.test(value) || FULL_NAME.test(value)) return value as ObjectTypeId;
  const name = value.toUpperCase();
  return Object.hasOwn(TYPE_ID_BY_NAME, name) ? (TYPE_ID_BY_NAME[name] as ObjectTypeId) : undefined;
}
