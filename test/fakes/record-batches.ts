import type { OwnerReading } from '../../lib/domain/held-owner.ts';
import type { ObjectId, OwnerId } from '../../lib/domain/ids.ts';
import type { RecordRefusal } from '../../lib/domain/outcome.ts';
import type { CrmRecords, RecordBatches } from '../../lib/ports/hubspot.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeCrm = {
  readonly batches: RecordBatches;
  readonly records: CrmRecords;
  readonly outage: Outage;
  /** What the records hold; a record that is not here is gone. */
  readonly values: Map<ObjectId, string>;
  /** Old ids, which the single routes alone understand. */
  readonly mergedInto: Map<ObjectId, ObjectId>;
  /** Records that HubSpot refuses to write. Each of them fails its batch. */
  readonly bad: Map<ObjectId, RecordRefusal['code']>;
  /** A refusal of the property or type, which every call gets. */
  shared: RecordRefusal | undefined;
  /** Why the property cannot be set at all, which a look at its definition says. */
  unfitProperty: RecordRefusal | undefined;
  /** Every call in words: `write 3`, `read 2`, `write one`, `read one`. */
  readonly calls: string[];
  /** When each owner was set, as HubSpot says it. Owners who are not here have been there for ever. */
  readonly changedAt: Map<ObjectId, number>;
  /** How often each record was written. */
  readonly writes: Map<ObjectId, number>;
  /** Sets an owner as a person does. */
  change(id: ObjectId, value: string): void;
};

type Version = { readonly value: string; readonly atEpochMs: number };

/** The records of one type in a map, with HubSpot's rule that one bad record fails a whole batch. */
export function createFakeCrm(initial: Readonly<Record<string, string>> = {}, now: Now = () => 0): FakeCrm {
  const versions = new Map<ObjectId, Version[]>();
  const crm: FakeCrm = {
    change,
    outage: makeOutage(),
    values: new Map(Object.entries(initial)) as Map<ObjectId, string>,
    mergedInto: new Map(),
    bad: new Map(),
    shared: undefined,
    unfitProperty: undefined,
    calls: [],
    changedAt: new Map(),
    writes: new Map(),
    batches: {
      async writeOwners(_ref, values) {
        call(`write ${values.size}`);
        if (crm.shared !== undefined) return { kind: 'refused', shared: crm.shared };
        if ([...values.keys()].some((id) => crm.bad.has(id))) return { kind: 'refused' };
        const written = [...values].filter(([id]) => crm.values.has(id));
        for (const [id, value] of written) put(id, value);
        return { kind: 'answered', written: new Set(written.map(([id]) => id)) };
      },
      async readOwners(_ref, ids, _deadline, { withHistory = false } = {}) {
        call(`read ${ids.length}`);
        if (crm.shared !== undefined) return { kind: 'refused', shared: crm.shared };
        const present = ids.filter((id) => crm.values.has(id));
        return { kind: 'answered', owners: new Map(present.map((id) => [id, readingOf(id, withHistory)])) };
      },
    },
    records: {
      async writeOwner({ objectId }, value) {
        call('write one');
        const refusal = refusalOf(objectId);
        if (refusal !== undefined) return refusal;
        const id = crm.mergedInto.get(objectId) ?? objectId;
        put(id, value);
        return { kind: 'written', ...(id !== objectId && { survivorId: id }) };
      },
      async readOwner({ objectId }, _deadline, { withHistory = false } = {}) {
        call('read one');
        const id = crm.mergedInto.get(objectId) ?? objectId;
        if (crm.shared !== undefined) return crm.shared;
        if (!crm.values.has(id)) return { kind: 'refused', code: 'RECORD_NOT_FOUND' };
        return { kind: 'read', ...readingOf(id, withHistory), ...(id !== objectId && { survivorId: id }) };
      },
    },
  };
  return crm;

  function readingOf(id: ObjectId, withHistory: boolean): OwnerReading {
    const changedAtEpochMs = crm.changedAt.get(id) ?? Number.NEGATIVE_INFINITY;
    const reading = { value: crm.values.get(id) ?? '', changedAtEpochMs, updatedAtEpochMs: changedAtEpochMs };
    if (!withHistory) return reading;
    const before = versions.get(id)?.findLast((one) => one.value === reading.value && one.atEpochMs < changedAtEpochMs);
    return { ...reading, sameBeforeEpochMs: before?.atEpochMs ?? Number.NEGATIVE_INFINITY };
  }

  function change(id: ObjectId, value: string): void {
    if (crm.values.get(id) === value) return;
    const atEpochMs = now();
    versions.set(id, [...(versions.get(id) ?? []), { value, atEpochMs }]);
    crm.values.set(id, value);
    crm.changedAt.set(id, atEpochMs);
  }

  function call(name: string): void {
    crm.calls.push(name);
    crm.outage.check();
  }

  function refusalOf(objectId: ObjectId): RecordRefusal | undefined {
    if (crm.shared !== undefined) return crm.shared;
    const code = crm.bad.get(objectId);
    if (code !== undefined) return { kind: 'refused', code };
    return crm.values.has(crm.mergedInto.get(objectId) ?? objectId)
      ? undefined
      : { kind: 'refused', code: 'RECORD_NOT_FOUND' };
  }

  function put(id: ObjectId, value: OwnerId | ''): void {
    change(id, value);
    crm.writes.set(id, (crm.writes.get(id) ?? 0) + 1);
  }
}
