import type { ObjectId, OwnerId } from '../../../lib/domain/ids.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addProperty } from '../../../local/simulator/seed-portals.ts';
import { addRecords, mergeRecords, readRecordProperty } from '../../../local/simulator/seed-records.ts';
import { makeRecordRef, toOwnerId } from '../../builders/ids.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';

const current = useAdapters();
const OWNER = 'hubspot_owner_id';

const idOf = (id: string) => makeRecordRef(id).objectId;
const typeOf = (typeId: string) => makeRecordRef('1', typeId).objectType;
const write = (values: ReadonlyMap<ObjectId, OwnerId | ''>, property = OWNER, typeId = '0-1') =>
  current().batches.writeOwners(
    { portalId: PORTAL_ID, objectType: typeOf(typeId), property },
    values,
    current().deadline,
  );
const read = (ids: readonly ObjectId[], property = OWNER, typeId = '0-1', withHistory = false) =>
  current().batches.readOwners({ portalId: PORTAL_ID, objectType: typeOf(typeId), property }, ids, current().deadline, {
    withHistory,
  });
const readValues = async (ids: readonly ObjectId[]) => {
  const answer = await read(ids);
  return answer.kind === 'refused' ? answer : new Map([...answer.owners].map(([id, { value }]) => [id, value]));
};
const stored = (id: string, property = OWNER, typeId = '0-1') =>
  readRecordProperty(current().simulator.state, PORTAL, typeId, id, property);
const seedOwner = () => toOwnerId(addActiveOwner(current().simulator.state, PORTAL, { email: 'jane@example.com' }).id);
const seed = (count: number, typeId = '0-1') =>
  addRecords(current().simulator.state, PORTAL, typeId, count).map(({ id }) => idOf(id));
const all = <Value>(ids: readonly ObjectId[], value: Value) => new Map(ids.map((id) => [id, value]));

describe('Writing owners', () => {
  it.each(['0-1', '0-2', '0-3', '0-5'])(
    'A hundred records of type %s are set with one call and cleared with one call',
    async (typeId) => {
      const [ids, ownerId] = [seed(100, typeId), seedOwner()];
      expect(await write(all(ids, ownerId), OWNER, typeId)).toEqual({ kind: 'answered', written: new Set(ids) });
      expect(ids.map((id) => stored(id, OWNER, typeId))).toEqual(Array(100).fill(ownerId));
      expect(await write(all(ids, ''), OWNER, typeId)).toEqual({ kind: 'answered', written: new Set(ids) });
      expect(ids.map((id) => stored(id, OWNER, typeId))).toEqual(Array(100).fill(''));
      expect(current().simulator.calls.all()).toMatchObject(
        Array(2).fill({ method: 'POST', path: `/crm/objects/2026-09/${typeId}/batch/update`, status: 200 }),
      );
    },
  );

  it('A batch write gives each record its own value', async () => {
    const [one, other, third] = seed(3) as [ObjectId, ObjectId, ObjectId];
    const [jane, omar] = [seedOwner(), seedOwner()];
    const values = new Map<ObjectId, OwnerId | ''>([
      [one, jane],
      [other, omar],
      [third, ''],
    ]);
    expect(await write(values)).toEqual({ kind: 'answered', written: new Set(values.keys()) });
    expect([stored(one), stored(other), stored(third)]).toEqual([jane, omar, '']);
  });

  it('A batch write sets another property of a custom object', async () => {
    const { state } = current().simulator;
    addCustomObjectType(state, PORTAL, { typeId: '2-345', name: 'cars' });
    addProperty(state, PORTAL, '2-345', { name: 'second_rep', referencedObjectType: 'OWNER' });
    const [ids, ownerId] = [seed(2, '2-345'), seedOwner()];
    await write(all(ids, ownerId), 'second_rep', '2-345');
    expect(ids.map((id) => stored(id, 'second_rep', '2-345'))).toEqual([ownerId, ownerId]);
    expect(ids.map((id) => stored(id, OWNER, '2-345'))).toEqual(['', '']);
  });

  it('A batch write can be repeated', async () => {
    const values = all(seed(3), seedOwner());
    expect(await write(values)).toEqual(await write(values));
  });
});

describe.each([
  [207, 'named'],
  [207, 'omitted'],
  [200, 'named'],
  [200, 'omitted'],
] as const)('A batch answered with %i whose errors have their IDs %s', (batchErrorStatus, batchErrorIds) => {
  beforeEach(() => {
    Object.assign(current().simulator.settings, { batchErrorStatus, batchErrorIds });
  });

  it('[H19] A batch write reports the records that were written, and nothing about deleted or merged ones', async () => {
    const { state } = current().simulator;
    const [good, ownerId] = [seed(98), seedOwner()];
    const [merged, survivor] = seed(2) as [ObjectId, ObjectId];
    mergeRecords(state, PORTAL, '0-1', merged, survivor);
    const values = all([idOf('404'), ...good, merged], ownerId);
    expect(await write(values)).toEqual({ kind: 'answered', written: new Set(good) });
    expect(good.map((id) => stored(id))).toEqual(Array(98).fill(ownerId));
    expect(stored(survivor)).toBe('');
  });

  it('[H19] A batch read reports what the records hold, and nothing about deleted ones', async () => {
    const [empty, owned] = seed(2) as [ObjectId, ObjectId];
    const ownerId = seedOwner();
    await write(all([owned], ownerId));
    const values = new Map([
      [empty, ''],
      [owned, ownerId],
    ]);
    expect(await readValues([empty, idOf('404'), owned])).toEqual(values);
  });
});

describe.each(['legacy', 'structured'] as const)('A batch refused as a whole, in the %s shape', (errorShape) => {
  beforeEach(() => {
    current().simulator.settings.errorShape = errorShape;
  });

  it('[H2] A batch refused because of one bad value writes nothing and does not say which value was bad', async () => {
    const [ids, ownerId] = [seed(100), seedOwner()];
    const values = new Map<ObjectId, OwnerId | ''>(all(ids, ownerId));
    values.set(ids[57] ?? idOf('1'), toOwnerId('410'));
    expect(await write(values)).toEqual({ kind: 'refused' });
    expect(ids.map((id) => stored(id))).toEqual(Array(100).fill(''));
    expect(current().simulator.calls.count()).toBe(1);
  });

  it('A batch refused because of the property reports that, for all of its records', async () => {
    const shared = { kind: 'refused', code: 'PROPERTY_NOT_FOUND', hubspotCorrelationId: expect.any(String) };
    expect(await write(all(seed(2), seedOwner()), 'no_such_property')).toEqual({ kind: 'refused', shared });
  });

  it('A batch refused because of the object type reports that, on a write and on a read', async () => {
    const shared = { kind: 'refused', code: 'RECORD_TYPE_UNSUPPORTED', hubspotCorrelationId: expect.any(String) };
    expect(await write(all([idOf('1')], seedOwner()), OWNER, '2-999')).toEqual({ kind: 'refused', shared });
    expect(await read([idOf('1')], OWNER, '2-999')).toEqual({ kind: 'refused', shared });
  });

  it("A batch refused by a rule of the account's administrator reports a problem of single records", async () => {
    const validationRule = { code: 'FAILED_VALIDATION', message: 'Not on Sundays', accepts: () => false };
    const property = { name: OWNER, referencedObjectType: 'OWNER', validationRule } as const;
    addProperty(current().simulator.state, PORTAL, '0-1', property);
    expect(await write(all(seed(2), seedOwner()))).toEqual({ kind: 'refused' });
  });
});

describe('Batches on an unreliable connection', () => {
  it('[H21] A batch whose reply was lost is sent again, with the same effect', async () => {
    const [ids, ownerId] = [seed(100), seedOwner()];
    current().simulator.faults.script({ route: 'POST objects batch update', fault: { kind: 'resetAfterEffect' } });
    expect(await write(all(ids, ownerId))).toEqual({ kind: 'answered', written: new Set(ids) });
    expect(ids.map((id) => stored(id))).toEqual(Array(100).fill(ownerId));
    expect(current().simulator.calls.count()).toBe(2);
  });

  it.each(['truncate', 'reset'] as const)('[H17] A batch read that ends in %s is repeated', async (kind) => {
    const ids = seed(3);
    current().simulator.faults.script({ route: 'POST objects batch read', fault: { kind } });
    expect(await readValues(ids)).toEqual(all(ids, ''));
  });

  it('[H14] A batch fails when the connection stays bad', async () => {
    const fault = { kind: 'status', status: 502, body: '<html/>', contentType: 'text/html' } as const;
    current().simulator.faults.script({ route: 'POST objects batch update', times: 3, fault });
    const failing = write(all(seed(2), seedOwner()));
    await expect(failing).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: 'http_502' });
  });
});
