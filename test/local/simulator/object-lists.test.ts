import { addCustomObjectType, addPortal } from '../../../local/simulator/seed-portals.ts';
import { addRecord } from '../../../local/simulator/seed-records.ts';
import { addUser } from '../../../local/simulator/seed-users.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const OBJECTS = '/crm/objects/2026-09';
const running = useSimulator();

type Page = {
  readonly results: readonly { readonly id: string; readonly properties: Readonly<Record<string, string | null>> }[];
  readonly paging?: { readonly next: { readonly after: string; readonly link: string } };
};

async function listPage(path: string): Promise<Page> {
  const response = await running().call(path);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

const idsOf = (page: Page): string[] => page.results.map((row) => row.id);

function addUsers(count: number): string[] {
  return Array.from({ length: count }, () => addUser(running().simulator.state, PORTAL_ID).recordId);
}

it.each([1, 2, 3, 7, 100])('Pages of %i cover every record once, by name and by type ID', async (limit) => {
  const expected = addUsers(7);
  for (const type of ['users', '0-115']) {
    const seen: string[] = [];
    let next = `${OBJECTS}/${type}?limit=${limit}`;
    while (next !== '') {
      const page = await listPage(next);
      expect(page.results.length).toBeLessThanOrEqual(limit);
      seen.push(...idsOf(page));
      next = page.paging?.next.link.replace(running().simulator.url, '') ?? '';
    }
    expect(seen).toEqual(expected);
  }
});

it('A list is ordered by the numbers of the IDs, not by the time of a record', async () => {
  const { state } = running().simulator;
  const ids = ['30', '4', '100'];
  for (const id of ids) addRecord(state, PORTAL_ID, { typeId: '0-1', id });
  const first = await listPage(`${OBJECTS}/contacts?limit=2`);
  expect(idsOf(first)).toEqual(['4', '30']);
  const second = await listPage(`${OBJECTS}/contacts?limit=2&after=${first.paging?.next.after}`);
  expect(idsOf(second)).toEqual(['100']);
});

it('A list has ten records in a page unless asked otherwise, and keeps the properties in the link', async () => {
  addUsers(11);
  const first = await listPage(`${OBJECTS}/users?properties=hs_email`);
  expect(first.results).toHaveLength(10);
  const last = await listPage(first.paging?.next.link.replace(running().simulator.url, '') ?? '');
  expect(last.results[0]?.properties.hs_email).toContain('@example.com');
  expect(last).not.toHaveProperty('paging');
});

it.each(['0', '101', '-1', 'x', ''])('A list refuses limit=%s', async (limit) => {
  expect((await running().call(`${OBJECTS}/users?limit=${limit}`)).status).toBe(400);
});

it('A list has archived records only when asked for them, and then no others', async () => {
  const { state } = running().simulator;
  const kept = addRecord(state, PORTAL_ID, { typeId: '0-1' });
  const gone = addRecord(state, PORTAL_ID, { typeId: '0-1' });
  gone.archived = true;
  expect(idsOf(await listPage(`${OBJECTS}/contacts`))).toEqual([kept.id]);
  expect(idsOf(await listPage(`${OBJECTS}/contacts?archived=true`))).toEqual([gone.id]);
});

it('Any type of object is listed with its usual properties', async () => {
  const { state } = running().simulator;
  addCustomObjectType(state, PORTAL_ID, { typeId: '2-901', name: 'machines' });
  addRecord(state, PORTAL_ID, { typeId: '2-901', properties: { name: 'Press' } });
  const page = await listPage(`${OBJECTS}/p${PORTAL_ID}_machines`);
  expect(page.results[0]?.properties).toMatchObject({ name: 'Press' });
  expect((await running().call(`${OBJECTS}/machines`)).status).toBe(400);
});

it('A list refuses the cursor of another listing, another type or another account', async () => {
  addUsers(3);
  addPortal(running().simulator.state, { token: 'other' });
  const after = (await listPage(`${OBJECTS}/users?limit=1`)).paging?.next.after ?? '';
  expect((await running().call(`${OBJECTS}/0-115?limit=1&after=${after}`)).status).toBe(200);
  expect((await running().call(`${OBJECTS}/users?archived=true&after=${after}`)).status).toBe(400);
  expect((await running().call(`${OBJECTS}/contacts?after=${after}`)).status).toBe(400);
  expect((await running().call(`/crm/owners/2026-09?after=${after}`)).status).toBe(400);
  expect((await running().call(`${OBJECTS}/users?after=${after}`, { token: 'other' })).status).toBe(400);
  expect((await running().call(`${OBJECTS}/users?after=1`)).status).toBe(400);
});

it.each(['associations=contacts', 'idProperty=hs_email', 'email=a'])(
  'A list refuses the parameter %s',
  async (query) => {
    expect((await running().call(`${OBJECTS}/users?${query}`)).status).toBe(400);
    expect(running().simulator.violations).toHaveLength(1);
  },
);
