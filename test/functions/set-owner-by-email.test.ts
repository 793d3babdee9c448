import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { addCustomObjectType, addProperty } from '../../local/simulator/seed-portals.ts';
import { addRecord, readRecordProperty } from '../../local/simulator/seed-records.ts';
import { PORTAL } from '../support/service.ts';
import { expectAnswered, failedOutputs, outputs, useService } from '../support/use-service.ts';

const service = useService();
const { addContact, ownerOf, callsOf } = service;

/** Jane with a team, Bob, and Lea who left; the first two are known to the cache already. */
async function seed() {
  const { state } = service().simulator;
  const teams = [
    { name: 'South', primary: false },
    { name: 'North', primary: true },
  ];
  const jane = addActiveOwner(state, PORTAL, {
    email: 'jane@example.com',
    firstName: 'Jane',
    lastName: 'Doe',
    teams,
  });
  const bob = addActiveOwner(state, PORTAL, { email: 'bob@example.com', firstName: 'Bob', lastName: 'Roe' });
  const lea = addArchivedOwner(state, PORTAL, { email: 'lea@example.com' });
  for (const ownerEmail of ['jane@example.com', 'bob@example.com']) {
    await service().execute({ action: 'find', objectId: '1', objectType: 'CONTACT', inputFields: { ownerEmail } });
  }
  const team = jane.teams.find(({ primary }) => primary);
  const janeOutputs = {
    ownerId: jane.id,
    ownerEmail: 'jane@example.com',
    ownerName: 'Jane Doe',
    userId: String(jane.userId),
    primaryTeamId: team?.id,
    primaryTeamName: 'North',
  };
  const bobOutputs = {
    ownerId: bob.id,
    ownerEmail: 'bob@example.com',
    ownerName: 'Bob Roe',
    userId: String(bob.userId),
  };
  return { jane, bob, lea, janeOutputs, bobOutputs };
}

const CACHED = { resolvedFrom: 'CACHE', ownerDataAgeSeconds: '0' };
/** By the address that Jane has. */
const MATCHED = { matchedBy: 'EMAIL', matchedEmail: 'jane@example.com' };
const LIVE = { resolvedFrom: 'LIVE', ownerDataAgeSeconds: '0' };

it('The owner with the given email is assigned, with one call when the owner is cached', async () => {
  const { jane, janeOutputs } = await seed();
  const objectId = addContact();
  const calls = await callsOf(async () => {
    const answer = await service().execute({ objectId, inputFields: { ownerEmail: 'Jane Doe <JANE@example.com>' } });
    expectAnswered(answer, outputs({ outcome: 'ASSIGNED', ...janeOutputs, ...MATCHED, ...CACHED }));
  });
  expect(calls).toEqual(['PATCH object']);
  expect(ownerOf(objectId)).toBe(jane.id);
});

it('No call is made when the record has the owner already', async () => {
  const { jane, janeOutputs } = await seed();
  const objectId = addContact({ hubspot_owner_id: jane.id });
  const calls = await callsOf(async () => {
    const answer = await service().execute({ objectId, inputFields: { ownerEmail: 'jane@example.com' } });
    const previous = { previousOwnerId: jane.id, previousOwnerName: 'Jane Doe' };
    const expected = { outcome: 'ALREADY_ASSIGNED', ...janeOutputs, ...MATCHED, ...CACHED, ...previous };
    expectAnswered(answer, outputs(expected));
  });
  expect(calls).toEqual([]);
});

it('No call is made when the existing owner is kept, and the result contains that owner', async () => {
  const { bob, bobOutputs } = await seed();
  const objectId = addContact({ hubspot_owner_id: bob.id });
  const inputFields = { ownerEmail: 'jane@example.com', overwrite: 'IF_UNASSIGNED' };
  const calls = await callsOf(async () => {
    const answer = await service().execute({ objectId, inputFields });
    const previous = { previousOwnerId: bob.id, previousOwnerName: 'Bob Roe' };
    const expected = { outcome: 'KEPT_EXISTING', ...bobOutputs, ...previous, reason: 'SET_TO_KEEP' };
    expectAnswered(answer, outputs(expected));
  });
  expect(calls).toEqual([]);
  expect(ownerOf(objectId)).toBe(bob.id);
});

it('With IF_OWNER_INACTIVE, a leaver is replaced and an active owner is kept', async () => {
  const { jane, bob, lea } = await seed();
  const [orphan, owned] = [addContact({ hubspot_owner_id: lea.id }), addContact({ hubspot_owner_id: bob.id })];
  const inputFields = { ownerEmail: 'jane@example.com', overwrite: 'IF_OWNER_INACTIVE' };
  const replaced = await service().execute({ objectId: orphan, inputFields });
  const kept = await service().execute({ objectId: owned, inputFields });
  expect(replaced.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, previousOwnerId: lea.id });
  expect(kept.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob.id });
  expect([ownerOf(orphan), ownerOf(owned)]).toEqual([jane.id, bob.id]);
});

describe('An email without an owner', () => {
  const left = { errorCode: 'OWNER_DEACTIVATED', errorMessage: expect.stringContaining('deactivated'), ...LIVE };

  it('An email without an owner assigns the fallback owner and says why', async () => {
    const { bob, bobOutputs } = await seed();
    const objectId = addContact();
    const inputFields = { ownerEmail: 'lea@example.com', ifNotAssignable: 'FALLBACK', fallbackOwner: bob.id };
    const answer = await service().execute({ objectId, inputFields });
    expectAnswered(answer, outputs({ outcome: 'FALLBACK_ASSIGNED', ...bobOutputs, ...left }));
    expect(ownerOf(objectId)).toBe(bob.id);
  });

  it('An email without an owner clears the owner', async () => {
    const { bob } = await seed();
    const objectId = addContact({ hubspot_owner_id: bob.id });
    const inputFields = { ownerEmail: 'lea@example.com', ifNotAssignable: 'CLEAR' };
    const answer = await service().execute({ objectId, inputFields });
    const previous = { previousOwnerId: bob.id, previousOwnerName: 'Bob Roe', reason: 'REPLACED' };
    expectAnswered(answer, outputs({ outcome: 'CLEARED', ownerEmail: 'lea@example.com', ...previous, ...left }));
    expect(ownerOf(objectId)).toBe('');
  });

  it('An email without an owner leaves the record unchanged', async () => {
    const { bob } = await seed();
    const objectId = addContact({ hubspot_owner_id: bob.id });
    const inputFields = { ownerEmail: 'lea@example.com', ifNotAssignable: 'LEAVE' };
    const answer = await service().execute({ objectId, inputFields });
    const previous = { previousOwnerId: bob.id, previousOwnerName: 'Bob Roe' };
    const expected = { outcome: 'LEFT_UNCHANGED', ownerEmail: 'lea@example.com', ...previous, ...left };
    expectAnswered(answer, outputs(expected));
    expect(ownerOf(objectId)).toBe(bob.id);
  });
});

it.each(['2-3456789', `p${PORTAL}_machine`])(
  '[T10] The owner of a custom object that HubSpot calls %s is set',
  async (objectType) => {
    const { jane } = await seed();
    const { state } = service().simulator;
    addCustomObjectType(state, PORTAL, { typeId: '2-3456789', name: 'machine' });
    const { id: objectId } = addRecord(state, PORTAL, { typeId: '2-3456789' });
    const inputFields = { ownerEmail: 'jane@example.com' };
    const answer = await service().execute({ objectId, objectType, inputFields });
    expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id });
    expect(readRecordProperty(state, PORTAL, '2-3456789', objectId, 'hubspot_owner_id')).toBe(jane.id);
  },
);

it('[T9] Without a record from an event-based workflow, the set action says so, and the find action finds the owner', async () => {
  const { janeOutputs } = await seed();
  const enrollment = { objectId: '1', omitObject: true, inputFields: { ownerEmail: 'jane@example.com' } };
  const calls = await callsOf(async () => {
    const answer = await service().execute(enrollment);
    expectAnswered(answer, failedOutputs('RECORD_MISSING', { ownerEmail: 'jane@example.com' }));
    const found = await service().execute({ ...enrollment, action: 'find' });
    expectAnswered(found, outputs({ outcome: 'FOUND', ...janeOutputs, ...MATCHED, ...CACHED }));
  });
  expect(calls).toEqual([]);
});

describe('Other owner properties', () => {
  const PROPERTY = 'second_owner';
  it.each([
    ['ALWAYS', '', ['GET properties', 'PATCH object'], 'ASSIGNED', ''],
    ['IF_UNASSIGNED', '', ['GET properties', 'GET object', 'PATCH object'], 'ASSIGNED', ''],
    ['IF_UNASSIGNED', 'bob', ['GET properties', 'GET object'], 'KEPT_EXISTING', 'bob'],
  ])(
    'Another owner property with %s and owner %j takes the calls %j: %s',
    async (overwrite, current, expectedCalls, outcome, previous) => {
      const { jane, bob } = await seed();
      const { state } = service().simulator;
      addProperty(state, PORTAL, '0-1', { name: PROPERTY, referencedObjectType: 'OWNER' });
      const idOf = (name: string) => (name === 'bob' ? bob.id : '');
      // The owner in HubSpot's own property must not be taken for this one.
      const objectId = addContact({ hubspot_owner_id: bob.id, [PROPERTY]: idOf(current) });
      const inputFields = { ownerEmail: 'jane@example.com', ownerProperty: PROPERTY, overwrite };
      const calls = await callsOf(async () => {
        const answer = await service().execute({ objectId, inputFields });
        expect(answer.outputs).toMatchObject({ outcome, previousOwnerId: idOf(previous) });
      });
      expect(calls).toEqual(expectedCalls);
      const expected = outcome === 'ASSIGNED' ? jane.id : bob.id;
      expect(readRecordProperty(state, PORTAL, '0-1', objectId, PROPERTY)).toBe(expected);
      expect(ownerOf(objectId)).toBe(bob.id);
    },
  );
});

it('The current owner is read once when HubSpot did not send it and the decision needs it', async () => {
  const { bob } = await seed();
  const objectId = addContact({ hubspot_owner_id: bob.id });
  const inputFields = { ownerEmail: 'jane@example.com', overwrite: 'IF_UNASSIGNED' };
  const calls = await callsOf(async () => {
    const answer = await service().execute({ objectId, omitProperties: true, inputFields });
    expect(answer.outputs).toMatchObject({ outcome: 'KEPT_EXISTING', ownerId: bob.id });
  });
  expect(calls).toEqual(['GET object']);
});
