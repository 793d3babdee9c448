import type { ObjectId, ObjectTypeId, OwnerId } from '../../lib/domain/ids.ts';
import type { RecordSearch } from '../../lib/ports/handovers.ts';
import type { RecordBatches } from '../../lib/ports/hubspot.ts';
import type { Now } from '../../lib/ports/telemetry.ts';

type Property = { value: string; readonly changes: number[] };
type OwnedRecord = { readonly id: ObjectId; readonly properties: Map<string, Property>; updatedAtEpochMs: number };

const STANDARD = 'hubspot_owner_id';
const PAGE = 200;

/**
 * Records with any number of owner properties, which HubSpot would serve like this: the standard property says when it was set
 * while somebody has it, of the others only their history says it, and the search sees what was there `lagMs` ago.
 */
export function createOwnedRecords(now: Now, lagMs = 0) {
  const types = new Map<string, Map<ObjectId, OwnedRecord>>();
  const bad = new Set<ObjectId>();
  const calls: string[] = [];

  function recordsOf(objectType: string): Map<ObjectId, OwnedRecord> {
    const known = types.get(objectType) ?? new Map<ObjectId, OwnedRecord>();
    types.set(objectType, known);
    return known;
  }

  function set(objectType: string, id: string, property: string, value: string, atEpochMs = now()): void {
    const records = recordsOf(objectType);
    const key = id as ObjectId;
    const record = records.get(key) ?? { id: key, properties: new Map(), updatedAtEpochMs: atEpochMs };
    const before = record.properties.get(property) ?? { value: '', changes: [] };
    if (before.value !== value) {
      record.properties.set(property, { value, changes: [...before.changes, atEpochMs] });
      record.updatedAtEpochMs = Math.max(record.updatedAtEpochMs, atEpochMs);
    }
    records.set(key, record);
  }

  function find(objectType: ObjectTypeId, property: string, ownerId: OwnerId): ObjectId[] {
    const seenUntil = now() - lagMs;
    return [...recordsOf(objectType).values()]
      .filter(({ properties }) => {
        const held = properties.get(property);
        return held?.value === ownerId && (held.changes.at(-1) ?? 0) <= seenUntil;
      })
      .map(({ id }) => id)
      .sort((one, other) => Number(one) - Number(other));
  }

  const search: RecordSearch = {
    async findOwned({ objectType, property }, ownerId, after) {
      calls.push('search');
      const all = find(objectType, property, ownerId);
      return all.filter((id) => Number(id) > Number(after ?? 0)).slice(0, PAGE);
    },
    async countOwned({ objectType, property }, ownerId) {
      calls.push('search');
      return find(objectType, property, ownerId).length;
    },
  };

  const batches: RecordBatches = {
    async readOwners({ objectType, property }, ids, _deadline, { withHistory = false } = {}) {
      calls.push(withHistory ? `history ${ids.length}` : `read ${ids.length}`);
      const records = recordsOf(objectType);
      const owners = ids.flatMap((id) => {
        const record = records.get(id);
        if (record === undefined) return [];
        const { value = '', changes = [] } = record.properties.get(property) ?? {};
        const isDated = withHistory || (property === STANDARD && value !== '');
        const changedAtEpochMs = isDated ? (changes.at(-1) ?? Number.NEGATIVE_INFINITY) : undefined;
        return [[id, { value, changedAtEpochMs, updatedAtEpochMs: record.updatedAtEpochMs }] as const];
      });
      return { kind: 'answered', owners: new Map(owners) };
    },
    async writeOwners({ objectType, property }, values) {
      calls.push(`write ${values.size}`);
      if ([...values.keys()].some((id) => bad.has(id))) return { kind: 'refused' };
      const written = [...values].filter(([id]) => recordsOf(objectType).has(id));
      for (const [id, value] of written) set(objectType, id, property, value);
      return { kind: 'answered', written: new Set(written.map(([id]) => id)) };
    },
  };

  return {
    search,
    batches,
    calls,
    bad,
    set,
    valueOf: (objectType: string, id: string, property: string) =>
      recordsOf(objectType)
        .get(id as ObjectId)
        ?.properties.get(property)?.value ?? '',
    remove: (objectType: string, id: string) => recordsOf(objectType).delete(id as ObjectId),
  };
}
