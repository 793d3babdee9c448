import { toDeadline } from '../../../lib/domain/deadline.ts';
import type { OwnerReading } from '../../../lib/domain/held-owner.ts';
import { parseRow, toOwnerReading } from '../../../lib/hubspot/api/owner-readings.ts';
import { addProperty } from '../../../local/simulator/seed-portals.ts';
import { addRecord, changeRecord } from '../../../local/simulator/seed-records.ts';
import { makeRecordRef } from '../../builders/ids.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';

const OWNER = 'hubspot_owner_id';
const NEVER = Number.NEGATIVE_INFINITY;
const HOUR_MS = 3_600_000;

describe('When an owner was set', () => {
  const current = useAdapters();

  /** The record as the routes for one and for many read it. */
  async function readBoth(id: string, property: string, withHistory: boolean): Promise<OwnerReading[]> {
    const { records, batches, clock } = current();
    const deadline = toDeadline(clock.now() + 8_000);
    const ref = makeRecordRef(id);
    const one = await records.readOwner({ portalId: PORTAL_ID, ...ref, property }, deadline, { withHistory });
    const many = await batches.readOwners(
      { portalId: PORTAL_ID, objectType: ref.objectType, property },
      [ref.objectId],
      deadline,
      {
        withHistory,
      },
    );
    if (one.kind === 'refused' || many.kind === 'refused') throw new Error('the record can be read');
    const { kind: _kind, ...reading } = one;
    return [reading, ...many.owners.values()];
  }

  it('[L2] The time when the standard owner was set is its assigned date', async () => {
    const { simulator, clock } = current();
    const { id } = addRecord(simulator.state, PORTAL, { typeId: '0-1' });
    clock.advance(HOUR_MS);
    changeRecord(simulator.state, PORTAL, '0-1', id, { [OWNER]: '77' });
    const setAt = clock.now();
    clock.advance(HOUR_MS);
    changeRecord(simulator.state, PORTAL, '0-1', id, { email: 'lead@example.com' });
    const reading = { value: '77', changedAtEpochMs: setAt, updatedAtEpochMs: clock.now(), sameBeforeEpochMs: NEVER };
    expect(await readBoth(id, OWNER, true)).toEqual([reading, reading]);
  });

  it('[L2] The time when another owner property was set is the last change in its history', async () => {
    const { simulator, clock } = current();
    addProperty(simulator.state, PORTAL, '0-1', { name: 'csm_owner', referencedObjectType: 'OWNER' });
    const { id } = addRecord(simulator.state, PORTAL, { typeId: '0-1', properties: { csm_owner: '76' } });
    clock.advance(HOUR_MS);
    changeRecord(simulator.state, PORTAL, '0-1', id, { csm_owner: '77' });
    const now = clock.now();
    const reading = { value: '77', changedAtEpochMs: now, updatedAtEpochMs: now, sameBeforeEpochMs: NEVER };
    expect(await readBoth(id, 'csm_owner', true)).toEqual([reading, reading]);
  });

  it('[L2] The time of a cleared owner is the time of the clearing, which only the history contains', async () => {
    const { simulator, clock } = current();
    const { id } = addRecord(simulator.state, PORTAL, { typeId: '0-1', properties: { [OWNER]: '77' } });
    clock.advance(HOUR_MS);
    changeRecord(simulator.state, PORTAL, '0-1', id, { [OWNER]: '' });
    const now = clock.now();
    const reading = { value: '', changedAtEpochMs: now, updatedAtEpochMs: now, sameBeforeEpochMs: NEVER };
    expect(await readBoth(id, OWNER, true)).toEqual([reading, reading]);
  });

  it.each([OWNER, 'csm_owner'])(
    '[L2] The history of %s says when the record held the same owner before',
    async (property) => {
      const { simulator, clock } = current();
      addProperty(simulator.state, PORTAL, '0-1', { name: 'csm_owner', referencedObjectType: 'OWNER' });
      const { id } = addRecord(simulator.state, PORTAL, { typeId: '0-1', properties: { [property]: '77' } });
      const before = clock.now();
      for (const value of ['78', '77']) {
        clock.advance(HOUR_MS);
        changeRecord(simulator.state, PORTAL, '0-1', id, { [property]: value });
      }
      const sameBefore = async (withHistory: boolean) =>
        (await readBoth(id, property, withHistory)).map(({ sameBeforeEpochMs }) => sameBeforeEpochMs);
      expect(await sameBefore(true)).toEqual([before, before]);
      expect(await sameBefore(false)).toEqual([undefined, undefined]);
    },
  );

  it('The time when an owner was set is never, where the record never had an owner', async () => {
    const { simulator, clock } = current();
    const { id } = addRecord(simulator.state, PORTAL, { typeId: '0-1' });
    const reading = { value: '', changedAtEpochMs: NEVER, updatedAtEpochMs: clock.now(), sameBeforeEpochMs: NEVER };
    expect(await readBoth(id, OWNER, true)).toEqual([reading, reading]);
  });
});

describe('The times of a record', () => {
  const TIME = Date.UTC(2026, 10, 23, 9);
  const read = (row: object, property = OWNER) => {
    const parsed = parseRow({ id: '1', ...row }, property);
    return parsed && toOwnerReading(parsed, property, true);
  };

  it.each<[unknown, number | undefined]>([
    ['2026-11-23T09:00:00Z', TIME],
    ['2026-11-23T09:00:00.000Z', TIME],
    [String(TIME), TIME],
    [TIME, TIME],
    ['2026-11-23', undefined],
    ['1795424400', undefined],
    ['12345', undefined],
    ['soon', undefined],
    [null, undefined],
    ['', undefined],
  ])('The time %j of a record is read as %j', (assigned, expected) => {
    const properties = { [OWNER]: '77', hubspot_owner_assigneddate: assigned };
    expect(read({ properties })?.changedAtEpochMs).toBe(expected);
    expect(read({ properties: {}, updatedAt: assigned })?.updatedAtEpochMs).toBe(expected);
  });

  it('The times of a record are unknown when the property has a value and its history is empty', () => {
    const row = { properties: { csm_owner: '77' }, propertiesWithHistory: { csm_owner: [] } };
    const times = { changedAtEpochMs: undefined, updatedAtEpochMs: undefined, sameBeforeEpochMs: NEVER };
    expect(read(row, 'csm_owner')).toEqual({ value: '77', ...times });
  });

  it('The times of a record come from the newest version that has a time, in whatever order the versions come', () => {
    const versions = [{ timestamp: '2026-11-23T08:00:00Z' }, { timestamp: '2026-11-23T09:00:00Z' }, { value: 'x' }, 5];
    const row = { properties: { csm_owner: '77' }, propertiesWithHistory: { csm_owner: versions } };
    expect(read(row, 'csm_owner')?.changedAtEpochMs).toBe(TIME);
  });

  it.each<[string, object[]]>([
    ['77', [{ timestamp: '2026-11-23T09:00:00Z', value: '78' }]],
    [
      '77',
      [
        { timestamp: '2026-11-23T09:00:00Z', value: '' },
        { timestamp: '2026-11-23T08:00:00Z', value: '77' },
      ],
    ],
    ['', [{ timestamp: '2026-11-23T09:00:00Z', value: '77' }]],
  ])(
    '[L2] The times of a record that holds %j are unknown when the newest version is of another value: %j',
    (held, versions) => {
      const row = { properties: { csm_owner: held }, propertiesWithHistory: { csm_owner: versions } };
      expect(read(row, 'csm_owner')?.changedAtEpochMs).toBeUndefined();
    },
  );

  it('[L2] The times of a record come from the version of its value, be it null or a number, and of two at one moment', () => {
    const at = (value: unknown) => ({ timestamp: '2026-11-23T09:00:00Z', value });
    const rows = [
      { properties: { csm_owner: null }, propertiesWithHistory: { csm_owner: [at(null)] } },
      { properties: { csm_owner: '77' }, propertiesWithHistory: { csm_owner: [at('78'), at(77)] } },
    ];
    for (const row of rows) expect(read(row, 'csm_owner')?.changedAtEpochMs).toBe(TIME);
  });

  it.each([
    {},
    { propertiesWithHistory: null },
    { propertiesWithHistory: {} },
    { propertiesWithHistory: { csm_owner: null } },
  ])('[L2] An empty property was never set if HubSpot was asked for its history and gives none: %j', (histories) => {
    const row = { properties: { csm_owner: '' }, ...histories };
    expect(read(row, 'csm_owner')?.changedAtEpochMs).toBe(NEVER);
    const parsed = parseRow({ id: '1', ...row }, 'csm_owner');
    expect(parsed && toOwnerReading(parsed, 'csm_owner', false).changedAtEpochMs).toBeUndefined();
  });

  it.each([5, [], 'none', { csm_owner: 5 }, { csm_owner: {} }])(
    '[T1] Histories of the form %j say nothing of an empty property',
    (propertiesWithHistory) => {
      const row = { properties: { csm_owner: '' }, propertiesWithHistory };
      expect(read(row, 'csm_owner')?.changedAtEpochMs).toBeUndefined();
    },
  );

  it.each([[[null]], [[{ value: '' }]], [[{ timestamp: 'soon', value: '' }, 5]]])(
    '[L2, T1] The history %j of an empty property does not say that it was never set',
    (versions) => {
      const row = { properties: { csm_owner: '' }, propertiesWithHistory: { csm_owner: versions } };
      expect(read(row, 'csm_owner')?.changedAtEpochMs).toBeUndefined();
    },
  );

  it('[T1] A record row in an unexpected form gives no times and no reading', () => {
    for (const row of [{ properties: 5 }, { properties: { [OWNER]: ['77'] } }, { id: 'x', properties: {} }]) {
      expect(read(row)).toBeUndefined();
    }
  });
});
