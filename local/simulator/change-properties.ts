import type { SimulatorSettings } from './settings.ts';
import type { ObjectType, SimulatedRecord } from './state.ts';

const OWNER_PROPERTY_NAME = 'hubspot_owner_id';
const ASSIGNED_DATE_NAME = 'hubspot_owner_assigneddate';

export type Change = {
  readonly values: ReadonlyMap<string, string>;
  readonly atEpochMs: number;
  /** HubSpot's word for who did it. */
  readonly sourceType?: string;
  readonly settings?: Pick<SimulatorSettings, 'assignedDate'>;
};

/**
 * Changes properties of a record and stores what HubSpot stores: a version of each changed property, and when the present owner
 * was assigned. HubSpot does not document whether clearing the owner empties that date, and whether writing the same owner moves
 * it (object APIs, read 2026-11-26): the settings choose.
 */
export function changeProperties(type: ObjectType, record: SimulatedRecord, change: Change): void {
  const { values, atEpochMs, sourceType = 'API', settings } = change;
  const { onClear = 'emptied', onSameOwner = 'kept' } = settings?.assignedDate ?? {};
  for (const [name, value] of values) {
    const isSame = (record.properties.get(name) ?? '') === value;
    record.properties.set(name, value);
    if (!isSame) record.history.set(name, [...(record.history.get(name) ?? []), { value, atEpochMs, sourceType }]);
    if (name !== OWNER_PROPERTY_NAME || !type.properties.has(ASSIGNED_DATE_NAME)) continue;
    if (value !== '' && (!isSame || onSameOwner === 'moved')) {
      record.properties.set(ASSIGNED_DATE_NAME, new Date(atEpochMs).toISOString());
    }
    if (value === '' && onClear === 'emptied') record.properties.set(ASSIGNED_DATE_NAME, '');
  }
  record.updatedAtEpochMs = atEpochMs;
}

/** A new record, whose first values are the first versions of its history. */
export function createRecord(type: ObjectType, id: string, change: Change): SimulatedRecord {
  const { atEpochMs } = change;
  const record: SimulatedRecord = {
    id,
    properties: new Map(),
    history: new Map(),
    createdAtEpochMs: atEpochMs,
    updatedAtEpochMs: atEpochMs,
    archived: false,
    locked: false,
  };
  changeProperties(type, record, change);
  type.records.set(id, record);
  return record;
}
