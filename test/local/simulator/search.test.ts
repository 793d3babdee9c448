import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType } from '../../../local/simulator/seed-portals.ts';
import { addRecords, changeRecord } from '../../../local/simulator/seed-records.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const running = useSimulator();
const SEARCH = '/crm/objects/2026-09/0-1/search';
const OWNER = 'hubspot_owner_id';

const ownedBy = (value: string) => [{ filters: [{ propertyName: OWNER, operator: 'EQ', value }] }];
type Page = { total: number; results: { id: string }[]; paging?: { next: { after: string } } };

async function search(body: object): Promise<Page> {
  const response = await running().post(SEARCH, body);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

function seed(count: number): { readonly owner: string; readonly ids: readonly string[] } {
  const { state } = running().simulator;
  const owner = addActiveOwner(state, PORTAL_ID, { email: 'jane@example.com' }).id;
  return { owner, ids: addRecords(state, PORTAL_ID, '0-1', count, () => ({ [OWNER]: owner })).map(({ id }) => id) };
}

it('The simulator finds the records that pass the filters, sorted and page by page', async () => {
  const { owner, ids } = seed(5);
  const sorts = [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }];
  const first = await search({ filterGroups: ownedBy(owner), sorts, limit: 2 });
  expect(first).toMatchObject({ total: 5, paging: { next: { after: '2' } } });
  expect(first.results.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  const [group] = ownedBy(owner);
  const behind = { propertyName: 'hs_object_id', operator: 'GT', value: ids[3] };
  const last = await search({ filterGroups: [{ filters: [...(group?.filters ?? []), behind] }], sorts });
  expect(last.results.map(({ id }) => id)).toEqual([ids[4]]);
});

it('The search of the simulator sees a change only after its lag', async () => {
  const { owner, ids } = seed(2);
  const { simulator, clock } = running();
  simulator.settings.searchLagMs = 5_000;
  clock.advance(60_000);
  changeRecord(simulator.state, PORTAL_ID, '0-1', ids[0] ?? '', { [OWNER]: '' });
  expect(await search({ filterGroups: ownedBy(owner) })).toMatchObject({ total: 2 });
  clock.advance(5_001);
  expect(await search({ filterGroups: ownedBy(owner) })).toMatchObject({ total: 1 });
});

it.each([
  ['a page larger than 200', { filterGroups: ownedBy('1'), limit: 201 }],
  ['a page behind the first 10,000 results', { filterGroups: ownedBy('1'), limit: 100, after: '9901' }],
  [
    'two sort rules',
    {
      sorts: [
        { propertyName: 'a', direction: 'ASCENDING' },
        { propertyName: 'b', direction: 'ASCENDING' },
      ],
    },
  ],
  ['an unknown operator', { filterGroups: [{ filters: [{ propertyName: OWNER, operator: 'IS', value: '1' }] }] }],
  [
    'a property that does not exist',
    { filterGroups: [{ filters: [{ propertyName: 'none', operator: 'EQ', value: '1' }] }] },
  ],
  [
    'a value that is not a string',
    { filterGroups: [{ filters: [{ propertyName: OWNER, operator: 'EQ', value: 1 }] }] },
  ],
  ['a member that the guide does not name', { filters: [] }],
])('The simulator refuses a search with %s', async (_what, body) => {
  const response = await running().post(SEARCH, body);
  expect(response.status).toBe(400);
});

it('The simulator lets an account search five times a second, and counts that apart from all other calls', async () => {
  const { owner } = seed(1);
  for (let call = 0; call < 5; call += 1) {
    const response = await running().post(SEARCH, { filterGroups: ownedBy(owner) });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-hubspot-ratelimit-max')).toBeNull();
  }
  const refused = await running().post(SEARCH, { filterGroups: ownedBy(owner) });
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ policyName: 'SECONDLY' });
  expect((await running().call('/crm/owners/2026-09')).status).toBe(200);
  running().clock.advance(1_001);
  expect((await running().post(SEARCH, { filterGroups: ownedBy(owner) })).status).toBe(200);
});

it('The simulator lists the custom objects of an account and no standard ones', async () => {
  addCustomObjectType(running().simulator.state, PORTAL_ID, { typeId: '2-345', name: 'cars' });
  const response = await running().call('/crm-object-schemas/2026-03/schemas');
  expect(await response.json()).toEqual({
    results: [{ id: '345', objectTypeId: '2-345', name: 'cars', fullyQualifiedName: `p${PORTAL_ID}_cars` }],
  });
});
