import type { ObjectTypeId } from '../../../lib/domain/ids.ts';
import { createCustomObjectTypes } from '../../../lib/hubspot/api/custom-object-types.ts';
import { createRecordSearch } from '../../../lib/hubspot/api/record-search.ts';
import { addActiveOwner } from '../../../local/simulator/seed-owners.ts';
import { addCustomObjectType } from '../../../local/simulator/seed-portals.ts';
import { addRecords } from '../../../local/simulator/seed-records.ts';
import { toOwnerId } from '../../builders/ids.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';
import { reply } from '../gateway.ts';

const current = useAdapters();
const CONTACTS = '0-1' as ObjectTypeId;
const OWNER = 'hubspot_owner_id';

function seed(count: number) {
  const { state } = current().simulator;
  const owner = toOwnerId(addActiveOwner(state, PORTAL, { email: 'jane@example.com' }).id);
  return { owner, ids: addRecords(state, PORTAL, '0-1', count, () => ({ [OWNER]: owner })).map(({ id }) => id) };
}

const search = () => {
  const { send, simulator, clock } = current();
  return createRecordSearch(send, simulator.url, clock);
};

it('A search reads every record of an owner page by page, behind the last ID of the page before', async () => {
  const { owner, ids } = seed(450);
  const { findOwned } = search();
  const deadline = current().clock.now() + 60_000;
  const found: string[] = [];
  for (;;) {
    const page = await findOwned(PORTAL_ID, CONTACTS, OWNER, owner, found.at(-1) as never, deadline);
    if (page.length === 0) break;
    found.push(...page);
  }
  expect(found).toEqual(ids);
  expect(current().simulator.calls.all()).toHaveLength(4);
});

it('Searches of one container keep to four a second, so that HubSpot refuses none', async () => {
  const { owner } = seed(1);
  const { countOwned } = search();
  const startedAt = current().clock.now();
  for (let call = 0; call < 9; call += 1) {
    expect(await countOwned(PORTAL_ID, CONTACTS, OWNER, owner, startedAt + 60_000)).toBe(1);
  }
  expect(current().clock.now() - startedAt).toBe(8 * 250);
  expect(
    current()
      .simulator.calls.all()
      .map(({ status }) => status),
  ).toEqual(Array(9).fill(200));
});

it('A page that is not in the order of its IDs is refused, because records would be missed', async () => {
  const answer = { total: 2, results: [{ id: '9' }, { id: '10' }, { id: '8' }] };
  const { findOwned } = createRecordSearch(
    async () => reply(200, answer).reply,
    'https://api.example.com',
    current().clock,
  );
  await expect(findOwned(PORTAL_ID, CONTACTS, OWNER, toOwnerId('1'), undefined, 1)).rejects.toMatchObject({
    code: 'HUBSPOT_CONTRACT_BROKEN',
  });
});

it.each([
  ['a row without an ID', { total: 1, results: [{}] }],
  ['no total', { results: [] }],
  ['no results', { total: 0 }],
])('A search reply with %s is refused', async (_what, answer) => {
  const { findOwned } = createRecordSearch(
    async () => reply(200, answer).reply,
    'https://api.example.com',
    current().clock,
  );
  await expect(findOwned(PORTAL_ID, CONTACTS, OWNER, toOwnerId('1'), undefined, 1)).rejects.toMatchObject({
    code: 'HUBSPOT_CONTRACT_BROKEN',
  });
});

it("The limit of the search pauses no other call of the account, and ends the search with HubSpot's wait", async () => {
  const { owner } = seed(1);
  current().simulator.settings.searchLimit = 0;
  const { countOwned } = search();
  await expect(countOwned(PORTAL_ID, CONTACTS, OWNER, owner, current().clock.now() + 60_000)).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: 1_000,
  });
  const { owners, deadlineEpochMs } = current();
  expect(await owners.findById(PORTAL_ID, owner, 'active', deadlineEpochMs)).toMatchObject({ id: owner });
});

it('The custom objects of an account are listed by their type', async () => {
  const { send, simulator, deadlineEpochMs } = current();
  addCustomObjectType(simulator.state, PORTAL, { typeId: '2-345', name: 'cars' });
  const types = createCustomObjectTypes(send, simulator.url);
  expect(await types.listTypes(PORTAL_ID, deadlineEpochMs)).toEqual(['2-345']);
});
