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

/**
 * Reads the object type of an execution: a known name in any case, or a type id, which covers custom objects (`2-…`).
 * A bare custom object name is not accepted, as HubSpot stopped accepting it on 2025-06-24.
 */
export function parseObjectType(value: unknown): ObjectTypeId | undefined {
  if (typeof value !== 'string') return undefined;
  if (TYPE_ID.test(value)) return value as ObjectTypeId;
  const name = value.toUpperCase();
  return Object.hasOwn(TYPE_ID_BY_NAME, name) ? (TYPE_ID_BY_NAME[name] as ObjectTypeId) : undefined;
}
