import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addRecord, mergeRecords } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const CONTACTS = '/crm/objects/2026-09/contacts';
const OWNER = 'hubspot_owner_id';
const running = useSimulator({ recordLifecycle: 'open' });

type Row = { id: string; properties: Record<string, string | null>; archived: boolean };

const create = (properties: Record<string, string>) => running().post(CONTACTS, { properties });
const remove = (id: string) => running().call(`${CONTACTS}/${id}`, { method: 'DELETE' });
const merge = (primaryObjectId: string, objectIdToMerge: string) =>
  running().post(`${CONTACTS}/merge`, { primaryObjectId, objectIdToMerge });

async function createId(properties: Record<string, string>): Promise<string> {
  return ((await (await create(properties)).json()) as Row).id;
}

it('A record is created with its owner, the date of the assignment and a history', async () => {
  const owner = addActiveOwner(running().simulator.state, PORTAL_ID);
  const response = await create({ email: 'new@example.com', [OWNER]: owner.id });
  expect(response.status).toBe(201);
  const { id } = (await response.json()) as Row;
  const query = `properties=hubspot_owner_assigneddate&propertiesWithHistory=${OWNER}`;
  expect(await (await running().call(`${CONTACTS}/${id}?${query}`)).json()).toMatchObject({
    properties: { hubspot_owner_assigneddate: '2026-11-23T09:00:00.000Z' },
    propertiesWithHistory: { [OWNER]: [{ value: owner.id }] },
  });
});

it.each([
  ['with the unique value of another one', { email: 'taken@example.com' }, 409],
  ['with an owner who does not exist', { [OWNER]: '1' }, 400],
  ['with a property that does not exist', { nope: '1' }, 400],
  ['without properties', undefined, 400],
])('A record %s is not created', async (_how, properties, status) => {
  const { state } = running().simulator;
  addRecord(state, PORTAL_ID, { typeId: '0-1', properties: { email: 'taken@example.com' } });
  expect((await running().post(CONTACTS, { properties })).status).toBe(status);
  expect(state.portals.get(PORTAL_ID)?.objectTypes.get('0-1')?.records.size).toBe(1);
});

it('A deleted record is in no answer, and its email is free again', async () => {
  const id = await createId({ email: 'gone@example.com' });
  expect((await remove(id)).status).toBe(204);
  expect((await running().call(`${CONTACTS}/${id}`)).status).toBe(404);
  expect((await running().patch(`${CONTACTS}/${id}`, { firstname: 'Ada' })).status).toBe(404);
  expect((await create({ email: 'gone@example.com' })).status).toBe(201);
  expect((await remove(id)).status).toBe(404);
});

it('A merged record lives on in the survivor, which the ids of both lead to', async () => {
  const [first, second] = [await createId({ firstname: 'Ada' }), await createId({ firstname: 'Bea' })];
  const response = await merge(first, second);
  expect([response.status, ((await response.json()) as Row).id]).toEqual([200, first]);
  await running().patch(`${CONTACTS}/${second}`, { lastname: 'Example' });
  const read = (await (await running().call(`${CONTACTS}/${first}?properties=lastname`)).json()) as Row;
  expect(read.properties.lastname).toBe('Example');
});

it('The id of a record that was merged twice leads to the last survivor', async () => {
  const [first, second] = [await createId({}), await createId({})].map(String) as [string, string];
  const third = await createId({ lastname: 'Example' });
  await merge(second, first);
  mergeRecords(running().simulator.state, PORTAL_ID, '0-1', second, third);
  const read = (await (await running().call(`${CONTACTS}/${first}?properties=lastname`)).json()) as Row;
  expect([read.id, read.properties.lastname]).toEqual([third, 'Example']);
});

it.each([
  ['itself', (id: string) => merge(id, id), 400],
  ['a record that is not there', (id: string) => merge(id, '1'), 404],
  ['nothing', (id: string) => running().post(`${CONTACTS}/merge`, { primaryObjectId: id }), 400],
])('A record is not merged with %s', async (_what, act, status) => {
  expect((await act(await createId({ firstname: 'Ada' }))).status).toBe(status);
});

it.each([
  ['create', () => create({ firstname: 'Ada' })],
  ['delete', (id: string) => remove(id)],
  ['merge', (id: string) => merge(id, id)],
])('A token that may only read cannot %s a record', async (_what, act) => {
  const { state } = running().simulator;
  const { id } = addRecord(state, PORTAL_ID, { typeId: '0-1' });
  const portal = state.portals.get(PORTAL_ID);
  for (const [token, grant] of portal?.tokens ?? []) {
    portal?.tokens.set(token, { ...grant, scopes: new Set(['crm.objects.contacts.read']) });
  }
  expect((await act(id)).status).toBe(403);
});
