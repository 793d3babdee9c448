import { changeProperties, createRecord } from './change-properties.ts';
import { mergeRecord } from './merge-record.ts';
import { findRecord, getObjectType, type SimulatedRecord, type SimulatorState } from './state.ts';

export type RecordSpec = {
  readonly typeId: string;
  readonly id?: string;
  readonly properties?: Readonly<Record<string, string>>;
};

export function addRecord(state: SimulatorState, portalId: number, spec: RecordSpec): SimulatedRecord {
  const type = getObjectType(state, portalId, spec.typeId);
  const id = spec.id === undefined ? state.ids.next('record') : state.ids.claim('record', spec.id);
  if (type.records.has(id)) throw new Error(`Portal ${portalId} has a record ${spec.typeId} ${id} already`);
  const properties = new Map(Object.entries(spec.properties ?? {}));
  for (const name of properties.keys()) {
    if (!type.properties.has(name)) throw new Error(`Object type ${spec.typeId} has no property ${name}`);
  }
  return createRecord(type, id, { values: properties, atEpochMs: state.now() });
}

/** A change by a person or another app: any property, at the simulator's present time. */
export function changeRecord(
  state: SimulatorState,
  portalId: number,
  typeId: string,
  recordId: string,
  values: Readonly<Record<string, string>>,
): void {
  const type = getObjectType(state, portalId, typeId);
  const record = findRecord(type, recordId);
  if (record === undefined) throw new Error(`Portal ${portalId} has no record ${typeId} ${recordId}`);
  const change = { values: new Map(Object.entries(values)), atEpochMs: state.now(), sourceType: 'CRM_UI' };
  changeProperties(type, record, change);
}

/** Many records of one type at once, for floods. `propertiesOf` gets the index, from 0. */
export function addRecords(
  state: SimulatorState,
  portalId: number,
  typeId: string,
  count: number,
  propertiesOf: (index: number) => Readonly<Record<string, string>> = () => ({}),
): SimulatedRecord[] {
  return Array.from({ length: count }, (_, index) =>
    addRecord(state, portalId, { typeId, properties: propertiesOf(index) }),
  );
}

/** A person merges two records. */
export function mergeRecords(
  state: SimulatorState,
  portalId: number,
  typeId: string,
  mergedId: string,
  survivorId: string,
): void {
  const type = getObjectType(state, portalId, typeId);
  if (!mergeRecord(type, mergedId, survivorId))
    throw new Error(`Portal ${portalId} has no record ${typeId} ${mergedId}`);
}

/** The stored value; `''` when the record has none. */
export function readRecordProperty(
  state: SimulatorState,
  portalId: number,
  typeId: string,
  recordId: string,
  property: string,
): string {
  const record = findRecord(getObjectType(state, portalId, typeId), recordId);
  if (record === undefined) throw new Error(`Portal ${portalId} has no record ${typeId} ${recordId}`);
  return record.properties.get(property) ?? '';
}
