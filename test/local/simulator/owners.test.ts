import {
  addActiveOwner,
  addArchivedOwner,
  addOwnersSharingEmail,
  addQueueOwner,
  deactivateOwner,
  renameOwner,
  spoilOwnerRow,
} from '../../../local/simulator/seed-owners.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const OWNERS = '/crm/owners/2026-09';
const running = useSimulator();

type Page = {
  readonly results: { readonly id: string }[];
  readonly paging?: { next: { after: string; link: string } };
};

async function listPage(query: string): Promise<Page> {
  const response = await running().call(`${OWNERS}?${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
}

async function listAllIds(query: string, betweenPages: () => void = () => undefined): Promise<string[]> {
  const first = await listPage(query);
  const ids = first.results.map((row) => row.id);
  for (let next = first.paging; next !== undefined; ) {
    betweenPages();
    const page = await listPage(`${query}&after=${encodeURIComponent(next.next.after)}`);
    ids.push(...page.results.map((row) => row.id));
    next = page.paging;
  }
  return ids;
}

it.each([1, 2, 3, 7, 500])('Pages of %i cover every active owner once', async (limit) => {
  const { state } = running().simulator;
  const expected = Array.from({ length: 7 }, () => addActiveOwner(state, PORTAL_ID).id);
  expect(await listAllIds(`limit=${limit}`)).toEqual(expected);
});

it('Page boundaries stay in place when an owner of an earlier page is deactivated', async () => {
  const { state } = running().simulator;
  const ids = Array.from({ length: 5 }, () => addActiveOwner(state, PORTAL_ID).id);
  const seen = await listAllIds('limit=2', () => deactivateOwner(state, PORTAL_ID, ids[0] ?? ''));
  expect(seen).toEqual(ids);
});

it('The list of owners has 100 in a page unless asked otherwise, and a link that works as it is', async () => {
  const { simulator } = running();
  for (let count = 0; count < 101; count += 1) addActiveOwner(simulator.state, PORTAL_ID);
  const page = await listPage('');
  expect(page.results).toHaveLength(100);
  const link = (page.paging?.next.link ?? '').replace(simulator.url, '');
  const last = (await (await running().call(link)).json()) as Page;
  expect(last.results).toHaveLength(1);
  expect(last).not.toHaveProperty('paging');
});

it.each(['0', '501', '-1', 'x', ''])('The list of owners refuses limit=%s', async (limit) => {
  const response = await running().call(`${OWNERS}?limit=${limit}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ status: 'error', category: 'VALIDATION_ERROR' });
});

it.each(['2147483648', '99999999999', 'jane', '-1'])('The simulator refuses the owner ID %s', async (id) => {
  const response = await running().call(`${OWNERS}/${id}`);
  expect(response.status).toBe(400);
});

it('Active and archived owners are listed separately, never together', async () => {
  const { state } = running().simulator;
  const active = addActiveOwner(state, PORTAL_ID);
  const archived = addArchivedOwner(state, PORTAL_ID);
  expect(await listAllIds('archived=false')).toEqual([active.id]);
  expect(await listAllIds('archived=true')).toEqual([archived.id]);
});

it.each([
  ['exact', 'ada%40example.com', ['ada@example.com']],
  ['exact', 'ADA%40example.com', []],
  ['caseInsensitive', 'ADA%40example.com', ['ada@example.com', 'Ada@Example.com']],
  ['prefix', 'ADA%40example.com', ['ada@example.com', 'Ada@Example.com', 'ada@example.com.example.com']],
  ['exactPrefix', 'ada%40example.com', ['ada@example.com', 'ada@example.com.example.com']],
] as const)('The list of owners filters by email %s, with duplicates: %s', async (emailFilter, asked, expected) => {
  const { state, settings } = running().simulator;
  settings.emailFilter = emailFilter;
  const twins = addOwnersSharingEmail(state, PORTAL_ID, 'ada@example.com', 2);
  const others = ['Ada@Example.com', 'ada@example.com.example.com', 'bob@example.com'].map((email) =>
    addActiveOwner(state, PORTAL_ID, { email }),
  );
  addActiveOwner(state, PORTAL_ID);
  const all = [...twins, ...others];
  const wanted = all.filter(({ email = '' }) => (expected as readonly string[]).includes(email));
  expect(await listAllIds(`email=${asked}&limit=1`)).toEqual(wanted.map((owner) => owner.id));
});

it.each([
  ['keepsEmail', 'ada@example.com'],
  ['blanksEmail', undefined],
  ['changesEmail', expect.stringMatching(/^deactivated-user-\d+@/)],
  ['suffixesEmail', 'ada@example.com.invalid'],
] as const)('A person is deactivated in the way that the simulator is set to: %s', async (deactivation, email) => {
  const { state } = running().simulator;
  state.deactivation = deactivation;
  const owner = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com' });
  deactivateOwner(state, PORTAL_ID, owner.id);
  const { results } = await listPage('archived=true');
  expect(results).toMatchObject([{ id: owner.id, archived: true, ...(email !== undefined && { email }) }]);
  expect('email' in (results[0] ?? {})).toBe(email !== undefined);
});

it('The row of a person who vanishes is gone from both listings and by ID', async () => {
  const { state } = running().simulator;
  const owner = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com' });
  deactivateOwner(state, PORTAL_ID, owner.id, 'vanishes');
  expect([await listAllIds('archived=true'), await listAllIds('archived=false')]).toEqual([[], []]);
  expect((await running().call(`${OWNERS}/${owner.id}?archived=true`)).status).toBe(404);
});

it('The list of owners has rows of an unexpected shape, and renamed owners', async () => {
  const { state } = running().simulator;
  const ada = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com' });
  const bob = addActiveOwner(state, PORTAL_ID, { email: 'bob@example.com' });
  const cat = addActiveOwner(state, PORTAL_ID, { email: 'cat@example.com' });
  spoilOwnerRow(state, PORTAL_ID, ada.id, { type: 'AGENT', teams: [null, { id: 5 }] });
  spoilOwnerRow(state, PORTAL_ID, bob.id, null);
  renameOwner(state, PORTAL_ID, cat.id, 'cat@example.org');
  expect((await listPage('')).results).toMatchObject([
    { id: ada.id, type: 'AGENT', email: 'ada@example.com', teams: [null, { id: 5 }] },
    null,
    { id: cat.id, email: 'cat@example.org' },
  ]);
});

it('The list of owners shows a person, a leaver and a queue as HubSpot does', async () => {
  const { state } = running().simulator;
  const teams = [{ name: 'Sales', primary: true }];
  const person = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com', teams });
  const leaver = addArchivedOwner(state, PORTAL_ID, { email: 'bob@example.com' });
  const queue = addQueueOwner(state, PORTAL_ID);
  const [personRow, queueRow] = (await listPage('')).results;
  const [leaverRow] = (await listPage('archived=true')).results;
  const at = '2026-11-23T09:00:00.000Z';
  expect(personRow).toEqual({
    id: person.id,
    type: 'PERSON',
    email: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Example',
    userId: person.userId,
    userIdIncludingInactive: person.userId,
    createdAt: at,
    updatedAt: at,
    archived: false,
    teams: [{ id: person.teams[0]?.id, name: 'Sales', primary: true }],
  });
  expect(leaverRow).toEqual({
    id: leaver.id,
    type: 'PERSON',
    email: 'bob@example.com',
    firstName: '',
    lastName: '',
    userId: null,
    userIdIncludingInactive: leaver.userId,
    createdAt: at,
    updatedAt: at,
    archived: true,
  });
  expect(queueRow).toMatchObject({ id: queue.id, type: 'QUEUE' });
  expect(queueRow).not.toHaveProperty('userId');
  expect(queueRow).not.toHaveProperty('email');
  expect(queueRow).not.toHaveProperty('teams');
});

describe('a cursor', () => {
  const OTHER_TOKEN = 'token-of-another-portal';

  async function cursorOf(query: string): Promise<string> {
    const { state } = running().simulator;
    for (let count = 0; count < 3; count += 1) addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com' });
    return (await listPage(query)).paging?.next.after ?? '';
  }

  it('A cursor is refused after a change of a single character', async () => {
    const cursor = await cursorOf('limit=1');
    const refused = await Promise.all(
      [...cursor.slice(0, -1)].map(async (character, index) => {
        const tampered = `${cursor.slice(0, index)}${character === 'A' ? 'B' : 'A'}${cursor.slice(index + 1)}`;
        return (await running().call(`${OWNERS}?limit=1&after=${tampered}`)).status;
      }),
    );
    expect(new Set(refused)).toEqual(new Set([400]));
  });

  it.each(['1', 'abc', 'a.b', 'a.b.c', ''])('A cursor is refused when it is made up: %p', async (cursor) => {
    expect((await running().call(`${OWNERS}?after=${cursor}`)).status).toBe(400);
  });

  it.each([
    ['archived=true', 'the other listing'],
    ['email=ada%40example.com', 'another email'],
  ])('A cursor is refused with %s, which is %s', async (query) => {
    const cursor = await cursorOf('limit=1');
    expect((await running().call(`${OWNERS}?${query}&after=${cursor}`)).status).toBe(400);
  });

  it('A cursor is refused in another account', async () => {
    addPortal(running().simulator.state, { token: OTHER_TOKEN });
    const cursor = await cursorOf('limit=1');
    const response = await running().call(`${OWNERS}?limit=1&after=${cursor}`, { token: OTHER_TOKEN });
    expect(response.status).toBe(400);
  });
});

describe('one owner', () => {
  it('One owner is found by owner ID, and by user ID only when asked', async () => {
    const owner = addActiveOwner(running().simulator.state, PORTAL_ID);
    const statusOf = async (rest: string): Promise<number> => (await running().call(`${OWNERS}/${rest}`)).status;
    expect(await statusOf(owner.id)).toBe(200);
    expect(await statusOf(`${owner.userId}?idProperty=userId`)).toBe(200);
    expect(await statusOf(`${owner.userId}`)).toBe(404);
    expect(await statusOf(`${owner.id}?idProperty=userId`)).toBe(404);
    expect(await statusOf(`${owner.id}?idProperty=email`)).toBe(400);
  });

  it('One owner is answered with 404 when archived, unless archived ones are asked for', async () => {
    const owner = addArchivedOwner(running().simulator.state, PORTAL_ID);
    expect((await running().call(`${OWNERS}/${owner.id}`)).status).toBe(404);
    expect((await running().call(`${OWNERS}/${owner.id}?archived=true`)).status).toBe(200);
  });
});

it('The simulator refuses to seed an ID that already means something else, in any account', () => {
  const { state } = running().simulator;
  const other = addPortal(state).portalId;
  const owner = addActiveOwner(state, PORTAL_ID);
  expect(() => addActiveOwner(state, other, { userId: Number(owner.id) })).toThrow('already a owner id');
  expect(() => addActiveOwner(state, other, { id: String(owner.userId) })).toThrow('already a user id');
});
