import { ALWAYS_ANSWERED } from './object-types.ts';
import type { SimulatorSettings } from './settings.ts';
import type { ObjectType, SimulatedRecord } from './state.ts';

function propertyValue(type: ObjectType, record: SimulatedRecord, name: string): string | null {
  if (name === 'hs_object_id') return record.id;
  if (name === 'createdate' || name === 'hs_createdate') return new Date(record.createdAtEpochMs).toISOString();
  if (name === 'lastmodifieddate' || name === 'hs_lastmodifieddate')
    return new Date(record.updatedAtEpochMs).toISOString();
  if (name !== 'hs_all_owner_ids') return record.properties.get(name) ?? null;
  const owners = [...type.properties.values()]
    .filter((property) => property.referencedObjectType === 'OWNER')
    .flatMap((property) => record.properties.get(property.name)?.split(';') ?? [])
    .filter((ownerId) => ownerId !== '');
  return [...new Set(owners)].join(';') || null;
}

/** A `SimplePublicObject`. Properties that the type does not have are left out; unset ones are null. */
export function toObject(type: ObjectType, record: SimulatedRecord, names: readonly string[]): object {
  const known = [...new Set([...names, ...ALWAYS_ANSWERED])].filter((name) => {
    const property = type.properties.get(name);
    return property !== undefined && property.archived !== true;
  });
  return {
    id: record.id,
    properties: Object.fromEntries(known.map((name) => [name, propertyValue(type, record, name)])),
    createdAt: new Date(record.createdAtEpochMs).toISOString(),
    updatedAt: new Date(record.updatedAtEpochMs).toISOString(),
    archived: record.archived,
  };
}

/** The versions of some properties, the newest first, as `ValueWithTimestamp`s (objects OpenAPI 2026-09, read 2026-11-26). */
export function withHistory(
  row: object,
  record: SimulatedRecord,
  names: readonly string[],
  { historyOfNone }: Pick<SimulatorSettings, 'historyOfNone'>,
): object {
  const listed = historyOfNone === 'empty' ? names : names.filter((name) => record.history.has(name));
  if (names.length === 0 || (historyOfNone === 'noMember' && listed.length === 0)) return row;
  const versionsOf = (name: string) =>
    (record.history.get(name) ?? []).toReversed().map(({ value, atEpochMs, sourceType }) => ({
      value,
      timestamp: new Date(atEpochMs).toISOString(),
      sourceType,
    }));
  return { ...row, propertiesWithHistory: Object.fromEntries(listed.map((name) => [name, versionsOf(name)])) };
}
