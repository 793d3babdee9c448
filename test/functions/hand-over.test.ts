import { addActiveOwner, deactivateOwner } from '../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addProperty, addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { addRecords, changeRecord, mergeRecords, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { getObjectType } from '../../local/simulator/state.ts';
import { type HandoverAnswers, makeHandoverService } from '../support/handover-service.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

jest.setTimeout(180_000);
const service = useService();
const OWNER = 'hubspot_owner_id';
const CUSTOM = '2-345';

type Place = { readonly type: string; readonly property: string; readonly count: number };

function seedPeople() {
  const { state } = service().simulator;
  const [lena, jane, omar] = ['lena', 'jane', 'omar'].map(
    (name) => addActiveOwner(state, PORTAL, { email: `${name}@example.com` }).id,
  ) as [string, string, string];
  deactivateOwner(state, PORTAL, lena);
  return { lena, jane, omar };
}

function seedRecords(owner: string, places: readonly Place[]) {
  const { state } = service().simulator;
  for (const { type, property, count } of places) addRecords(state, PORTAL, type, count, () => ({ [property]: owner }));
}

/** What every owner property of every record holds. */
function readAll(): Map<string, string> {
  const { state } = service().simulator;
  const properties = [...new Set(PLACES.map(({ property }) => property))];
  return new Map(
    [...new Set(PLACES.map(({ type }) => type))].flatMap((type) =>
      [...getObjectType(state, PORTAL, type).records.values()].flatMap((record) =>
        properties.map(
          (property) => [`${type}/${record.id}/${property}`, record.properties.get(property) ?? ''] as const,
        ),
      ),
    ),
  );
}

/** How many records of each type and property somebody has, counted by hand. */
function countOf(owner: string, places: readonly Place[]) {
  return places.map(({ type, property }) => {
    const { records } = getObjectType(service().simulator.state, PORTAL, type);
    return [...records.values()].filter((record) => record.properties.get(property) === owner).length;
  });
}

const PLACES: readonly Place[] = [
  { type: '0-1', property: OWNER, count: 11_500 },
  { type: '0-1', property: 'csm', count: 500 },
  { type: '0-3', property: OWNER, count: 3_000 },
  { type: '0-5', property: OWNER, count: 800 },
  { type: CUSTOM, property: 'account_rep', count: 500 },
];

function addProperties() {
  const { state } = service().simulator;
  addCustomObjectType(state, PORTAL, { typeId: CUSTOM, name: 'cars' });
  for (const [type, name] of [
    ['0-1', 'csm'],
    [CUSTOM, 'account_rep'],
  ] as const) {
    addProperty(state, PORTAL, type, { name, referencedObjectType: 'OWNER' });
  }
}

it('A leaver of 12,000 contacts, 3,000 deals, 800 tickets and 500 records of a custom object in five owner properties hands exactly these over, and an undo gives exactly these back', async () => {
  const people = seedPeople();
  addProperties();
  seedRecords(people.lena, PLACES);
  seedRecords(people.omar, [
    { type: '0-1', property: OWNER, count: 14_000 },
    { type: '0-1', property: 'csm', count: 500 },
    { type: '0-3', property: OWNER, count: 5_000 },
    { type: CUSTOM, property: 'account_rep', count: 500 },
  ]);
  const { state } = service().simulator;
  // Records that both have, each in another property.
  const shared = [...getObjectType(state, PORTAL, '0-1').records.keys()];
  for (const id of shared.slice(0, 50)) changeRecord(state, PORTAL, '0-1', id, { csm: people.omar });
  for (const id of shared.slice(-50)) changeRecord(state, PORTAL, '0-1', id, { [OWNER]: people.omar });
  service().clock.advance(3_600_000);
  const before = readAll();
  const handovers = makeHandoverService(service());
  const asked = await handovers.ask({ leaver: 'lena@example.com', target: 'jane@example.com' });
  expect(asked).toMatchObject({ status: 'planning', leaverOwnerId: people.lena, targetOwnerId: people.jane });
  await handovers.drain();
  const [plan] = await handovers.list();
  if (plan?.digest === undefined) throw new Error('there is no plan');
  expect(plan).toMatchObject({ status: 'planned', records: 16_300, unreadable: [] });
  expect(plan.parts.map(({ objectType, property, records }) => [objectType, property, records]).sort()).toEqual(
    PLACES.map(({ type, property, count }) => [type, property, count]).sort(),
  );
  expect(countOf(people.lena, PLACES)).toEqual(PLACES.map(({ count }) => count));
  expect(readAll()).toEqual(before);

  const callsBefore = service().simulator.calls.all().length;
  await handovers.ask({ start: plan.digest });
  await handovers.drain();
  const [moved] = await handovers.list();
  expect(moved).toMatchObject({
    status: 'moved',
    moved: { done: 16_300, leftAlone: 0, missing: 0, refused: 0 },
    remaining: 0,
  });
  const wanted = new Map([...before].map(([key, owner]) => [key, owner === people.lena ? people.jane : owner]));
  expect(readAll()).toEqual(wanted);
  const calls = service()
    .simulator.calls.all()
    .slice(callsBefore)
    .filter(({ route }) => route?.startsWith('POST objects batch'));
  expect(calls.length / 163).toBeLessThanOrEqual(2.2);

  await handovers.ask({ undo: plan.handoverId });
  await handovers.drain();
  expect((await handovers.list())[0]).toMatchObject({ status: 'undone', undone: { done: 16_300 } });
  expect(readAll()).toEqual(before);
});

async function planned(data: object): Promise<HandoverAnswers & { readonly digest: string }> {
  const handovers = makeHandoverService(service());
  await handovers.ask(data);
  await handovers.drain();
  const [plan] = await handovers.list();
  if (plan?.digest === undefined) throw new Error('there is no plan');
  return { ...plan, digest: plan.digest };
}

it('A handover works through a short function time, 429s, faults and lost replies to the same end', async () => {
  const people = seedPeople();
  seedRecords(people.lena, [{ type: '0-1', property: OWNER, count: 1_050 }]);
  service().clock.advance(3_600_000);
  const { digest } = await planned({ leaver: people.lena, target: people.jane });
  const { faults } = service().simulator;
  const status = (code: number) => ({ kind: 'status', status: code }) as const;
  faults.script({ route: 'POST objects batch update', nth: 2, times: 4, fault: status(502) });
  faults.script({ route: 'POST objects batch read', nth: 3, times: 2, fault: status(429) });
  faults.script({ route: 'POST objects search', nth: 1, times: 2, fault: status(429) });
  faults.script({ route: 'POST objects search', nth: 4, fault: { kind: 'resetAfterEffect' } });
  faults.script({ route: 'POST objects batch update', nth: 8, fault: { kind: 'resetAfterEffect' } });
  const handovers = makeHandoverService(service());
  await handovers.ask({ start: digest });
  await handovers.drain(31_000);
  const [moved] = await handovers.list();
  expect(moved).toMatchObject({ status: 'moved', moved: { done: 1_050 } });
});

it('A record that somebody else got after the plan stays theirs', async () => {
  const people = seedPeople();
  const { state } = service().simulator;
  const [first] = addRecords(state, PORTAL, '0-1', 5, () => ({ [OWNER]: people.lena }));
  service().clock.advance(3_600_000);
  const { digest } = await planned({ leaver: people.lena, target: people.jane });
  service().clock.advance(60_000);
  changeRecord(state, PORTAL, '0-1', first?.id ?? '', { [OWNER]: people.omar });
  const handovers = makeHandoverService(service());
  await handovers.ask({ start: digest });
  await handovers.drain();
  expect((await handovers.list())[0]).toMatchObject({ moved: { done: 4, leftAlone: 1 } });
  expect(countOf(people.omar, [{ type: '0-1', property: OWNER, count: 1 }])).toEqual([1]);
});

it('Of two plans for one person, the other one starts only when the first has ended', async () => {
  const people = seedPeople();
  seedRecords(people.lena, [{ type: '0-1', property: OWNER, count: 5 }]);
  service().clock.advance(3_600_000);
  const first = await planned({ leaver: people.lena, target: people.jane });
  service().clock.advance(60_000);
  const other = await planned({ leaver: people.lena, target: people.omar });
  const handovers = makeHandoverService(service());
  await handovers.ask({ start: first.digest });
  expect(await handovers.ask({ start: other.digest })).toMatchObject({ status: 'refused', reason: 'HANDOVER_RUNNING' });
  expect(await handovers.ask({ start: first.digest })).toMatchObject({ status: 'moving' });
  await handovers.drain();
  await handovers.ask({ start: other.digest });
  await handovers.drain();
  const [second, done] = await handovers.list();
  expect([second?.moved, done?.moved]).toMatchObject([{ done: 0, leftAlone: 5 }, { done: 5 }]);
});

it('Records that were moved, deleted or merged before the search knew of it, or after the plan, are left out and counted', async () => {
  const people = seedPeople();
  const { state, settings } = service().simulator;
  const ids = addRecords(state, PORTAL, '0-1', 6, () => ({ [OWNER]: people.lena })).map(({ id }) => id);
  const [moved = '', late = '', deleted = '', merged = '', survivor = '', kept = ''] = ids;
  service().clock.advance(3_600_000);
  settings.searchLagMs = 30_000;
  changeRecord(state, PORTAL, '0-1', moved, { [OWNER]: people.omar });
  const { digest, records } = await planned({ leaver: people.lena, target: people.jane });
  expect(records).toBe(6);
  service().clock.advance(60_000);
  changeRecord(state, PORTAL, '0-1', late, { [OWNER]: people.omar });
  mergeRecords(state, PORTAL, '0-1', merged, survivor);
  getObjectType(state, PORTAL, '0-1').records.delete(deleted);
  const handovers = makeHandoverService(service());
  await handovers.ask({ start: digest });
  await handovers.drain();
  const [handover] = await handovers.list();
  expect(handover).toMatchObject({ status: 'moved', moved: { leftAlone: 2, missing: 2, refused: 0 } });
  expect(handover?.moved.done).toBe(2);
  const ownerOf = (id: string) => readRecordProperty(state, PORTAL, '0-1', id, OWNER);
  expect([moved, late, survivor, kept].map(ownerOf)).toEqual([people.omar, people.omar, people.jane, people.jane]);
});

it.each([
  [
    'the leaver does not exist',
    { leaver: 'nobody@example.com', target: 'jane@example.com' },
    'OWNER_NOT_FOUND',
    'Field "leaver": ',
  ],
  ['the target does not exist', { leaver: 'lena@example.com', target: '999' }, 'OWNER_NOT_FOUND', 'Field "target": '],
  ['no successor is named and no target given', { leaver: 'lena@example.com' }, 'NO_SUCCESSOR', ''],
  [
    'the target left, too',
    { leaver: 'jane@example.com', target: 'lena@example.com' },
    'TARGET_NOT_ACTIVE',
    'Field "target": ',
  ],
  ['the target is the leaver', { leaver: 'jane@example.com', target: 'jane@example.com' }, 'TARGET_IS_LEAVER', ''],
  ['the digest is of no plan', { start: 'abc' }, 'HANDOVER_NOT_FOUND', ''],
])('A handover is refused with the reason, also as a sentence, when %s', async (_what, data, reason, named) => {
  seedPeople();
  const message = expect.stringMatching(new RegExp(`^${named}[A-Z].*\\.$`));
  expect(await makeHandoverService(service()).ask(data)).toEqual({ status: 'refused', reason, message });
});

it.each([
  ['two requests at once', { leaver: '1', start: 'abc' }],
  ['a target without a leaver', { target: '1' }],
  ['a target and clear', { leaver: '1', target: '2', clear: true }],
  ['an unknown field', { leaver: '1', force: true }],
])('An event with %s is an error that names the field', async (_what, data) => {
  await expect(makeHandoverService(service()).ask(data)).rejects.toThrow(TypeError);
});

it('A nightly handover of somebody whom HubSpot no longer lists is begun and ended by their ID, and of nobody is refused', async () => {
  const { omar } = seedPeople();
  const handovers = makeHandoverService(service());
  const ask = (data: object) => handovers.ask({ leaver: omar, ...data });
  expect(await ask({ nightly: true })).toMatchObject({ status: 'set', nightly: true });
  deactivateOwner(service().simulator.state, PORTAL, omar, 'vanishes');
  service().clock.advance(27 * 3_600_000);
  expect(await ask({ nightly: false })).toMatchObject({ status: 'set', leaverOwnerId: omar, nightly: false });
  expect(await ask({ nightly: true })).toMatchObject({ status: 'set', leaverOwnerId: omar, nightly: true });
  const nobody = { leaver: '410999999' };
  expect(await ask({ ...nobody, nightly: true })).toMatchObject({ status: 'refused', reason: 'OWNER_NOT_FOUND' });
  expect(await ask({ ...nobody, nightly: false })).toMatchObject({ status: 'set', nightly: false });
  expect(await ask({ nightly: false })).toMatchObject({ status: 'set', leaverOwnerId: omar, nightly: false });
  expect(await handovers.ask({})).toMatchObject({ nightly: [] });
});

it('[M9] A handover whose token belongs to another account waits and raises an alarm with each try', async () => {
  const { lena } = seedPeople();
  const handovers = makeHandoverService(service());
  await handovers.ask({ leaver: lena, target: 'jane@example.com' });
  const { state } = service().simulator;
  for (const portal of [PORTAL, OTHER_PORTAL]) revokeToken(state, portal, tokenOf(portal));
  addToken(state, OTHER_PORTAL, tokenOf(PORTAL));
  for (let tries = 1; tries <= 2; tries += 1) {
    await handovers.step();
    expect(service().telemetry.counted.filter(({ name }) => name === 'ConfigInvalid')).toHaveLength(tries);
    expect(handovers.messages).toHaveLength(1);
  }
});
