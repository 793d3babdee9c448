import { addActiveOwner, addQueueOwner } from '../../../local/simulator/seed-owners.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { addUser, addUserFor, removeUser, setAvailability } from '../../../local/simulator/seed-users.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const USERS = '/crm/objects/2026-09/users';
const EVERYTHING = [
  'hs_internal_user_id',
  'hs_email',
  'hs_given_name',
  'hs_family_name',
  'hubspot_owner_id',
  'hs_availability_status',
  'hs_job_title',
  'hs_object_id',
].join(',');
const running = useSimulator();

type Row = { readonly id: string; readonly properties: Readonly<Record<string, string | null>> };

async function readProperties(recordId: string): Promise<Row['properties']> {
  const response = await running().call(`${USERS}/${recordId}?properties=${EVERYTHING}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as Row).properties;
}

it('An owner’s user has three IDs, which are all different', async () => {
  const { state } = running().simulator;
  const owner = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com', firstName: 'Ada', lastName: 'One' });
  const user = addUserFor(state, PORTAL_ID, owner);
  expect(new Set([owner.id, String(owner.userId), user.recordId]).size).toBe(3);
  const response = await running().call(`${USERS}/${user.recordId}?properties=${EVERYTHING}`);
  const at = '2026-11-23T09:00:00.000Z';
  expect(await response.json()).toEqual({
    id: user.recordId,
    properties: {
      hs_internal_user_id: String(owner.userId),
      hs_email: 'ada@example.com',
      hs_given_name: 'Ada',
      hs_family_name: 'One',
      hubspot_owner_id: owner.id,
      hs_availability_status: 'available',
      hs_job_title: null,
      hs_object_id: user.recordId,
      hs_createdate: at,
      hs_lastmodifieddate: at,
    },
    createdAt: at,
    updatedAt: at,
    archived: false,
  });
});

it('Users without an owner and without availability are listed', async () => {
  const { state } = running().simulator;
  const user = addUser(state, PORTAL_ID, { email: 'bob@example.com', availability: 'unset', jobTitle: 'Consultant' });
  expect(await readProperties(user.recordId)).toMatchObject({
    hubspot_owner_id: null,
    hs_availability_status: null,
    hs_job_title: 'Consultant',
  });
});

it('Users have IDs and dates only, unless properties are asked for', async () => {
  const user = addUser(running().simulator.state, PORTAL_ID);
  const row = (await (await running().call(`${USERS}/${user.recordId}`)).json()) as Row;
  expect(Object.keys(row.properties).sort()).toEqual(['hs_createdate', 'hs_lastmodifieddate', 'hs_object_id']);
});

it('A user’s availability tells when the person went away', async () => {
  const { simulator, clock } = running();
  const user = addUser(simulator.state, PORTAL_ID);
  clock.advance(1_000);
  setAvailability(simulator.state, PORTAL_ID, user, 'away');
  expect(await readProperties(user.recordId)).toMatchObject({
    hs_availability_status: 'away',
    hs_lastmodifieddate: '2026-11-23T09:00:01.000Z',
  });
});

it.each([
  ['hs_availability_status', 'asleep', 'INVALID_OPTION'],
  ['hs_email', 'eve@example.com', 'READ_ONLY_VALUE'],
  ['hubspot_owner_id', '', 'READ_ONLY_VALUE'],
])('The simulator refuses to set %s of a user to %p', async (name, value, code) => {
  const user = addUser(running().simulator.state, PORTAL_ID);
  running().simulator.settings.errorShape = 'structured';
  const response = await running().patch(`${USERS}/${user.recordId}`, { [name]: value });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ code }] });
});

it('A removed user is no longer listed', async () => {
  const { state } = running().simulator;
  const user = addUser(state, PORTAL_ID, { email: 'bob@example.com' });
  removeUser(state, PORTAL_ID, user);
  expect((await running().call(`${USERS}/${user.recordId}`)).status).toBe(404);
  expect((await running().call(`/settings/users/2026-03/${user.userId}`)).status).toBe(404);
});

it('The simulator refuses to seed users that HubSpot cannot hold', () => {
  const { state } = running().simulator;
  const owner = addActiveOwner(state, PORTAL_ID);
  const user = addUserFor(state, PORTAL_ID, owner);
  expect(() => addUserFor(state, PORTAL_ID, owner)).toThrow('already');
  expect(() => addUserFor(state, PORTAL_ID, addQueueOwner(state, PORTAL_ID))).toThrow('queue');
  expect(() => addUser(state, PORTAL_ID, { recordId: owner.id })).toThrow('already a owner id');
  expect(() => addUser(state, PORTAL_ID, { userId: Number(user.recordId) })).toThrow('already a record id');
  expect(() => addUser(state, PORTAL_ID, { owner, userId: 1 })).toThrow('cannot be given');
});

it('The simulator creates no users on its own', async () => {
  addActiveOwner(running().simulator.state, PORTAL_ID);
  expect(await (await running().call(USERS)).json()).toEqual({ results: [] });
});

describe('a user in the settings', () => {
  const SETTINGS = '/settings/users/2026-03';

  it('A user in the settings is found by user ID and by email, with roles, seats and teams', async () => {
    const { state } = running().simulator;
    const teams = [
      { name: 'North', primary: false },
      { name: 'Sales', primary: true },
    ];
    const owner = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com', teams });
    addUser(state, PORTAL_ID, { owner, roleIds: ['71', '72'], seatNames: ['SALES_HUB_PRO'], superAdmin: true });
    const expected = {
      id: String(owner.userId),
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Example',
      roleId: '71',
      roleIds: ['71', '72'],
      superAdmin: true,
      primaryTeamId: owner.teams[1]?.id,
      secondaryTeamIds: [owner.teams[0]?.id],
      seatNames: ['SALES_HUB_PRO'],
    };
    for (const rest of [
      `${owner.userId}`,
      `${owner.userId}?idProperty=USER_ID`,
      'ADA%40example.com?idProperty=EMAIL',
    ]) {
      expect(await (await running().call(`${SETTINGS}/${rest}`)).json()).toEqual(expected);
    }
  });

  it('A user in the settings is listed with the others of the account, a page at a time', async () => {
    const { state } = running().simulator;
    const ids = [addUser(state, PORTAL_ID), addUser(state, PORTAL_ID)].map(({ userId }) => String(userId));
    addUser(state, addPortal(state).portalId);
    type Page = { readonly results: readonly { readonly id: string }[]; readonly paging?: { next: { after: string } } };
    const list = async (query: string) => (await (await running().call(`${SETTINGS}?${query}`)).json()) as Page;
    const first = await list('limit=1');
    const second = await list(`limit=1&after=${first.paging?.next.after}`);
    expect([...first.results, ...second.results].map(({ id }) => id)).toEqual(ids);
    expect(second.paging).toBeUndefined();
  });

  it('A user in the settings without role and team is shown without them', async () => {
    const user = addUser(running().simulator.state, PORTAL_ID);
    const row = await (await running().call(`${SETTINGS}/${user.userId}`)).json();
    expect(row).not.toHaveProperty('roleId');
    expect(row).not.toHaveProperty('primaryTeamId');
    expect(row).toMatchObject({ roleIds: [], seatNames: [], secondaryTeamIds: [], superAdmin: false });
  });

  it('A user in the settings is not found by any other ID, nor in another account', async () => {
    const { state } = running().simulator;
    const owner = addActiveOwner(state, PORTAL_ID, { email: 'ada@example.com' });
    const user = addUserFor(state, PORTAL_ID, owner);
    addPortal(state, { token: 'other' });
    const statusOf = async (rest: string, token?: string): Promise<number> =>
      (await running().call(`${SETTINGS}/${rest}`, token === undefined ? {} : { token })).status;
    expect(await statusOf(owner.id)).toBe(404);
    expect(await statusOf(user.recordId)).toBe(404);
    expect(await statusOf('ada%40example.com')).toBe(404);
    expect(await statusOf('ada%40example?idProperty=EMAIL')).toBe(404);
    expect(await statusOf(`${user.userId}`, 'other')).toBe(404);
    expect(await statusOf(`${user.userId}?idProperty=email`)).toBe(400);
  });

  it('A user in the settings is read under 2026-03, the newest version there is', async () => {
    const user = addUser(running().simulator.state, PORTAL_ID);
    expect((await running().call(`/settings/users/2026-09/${user.userId}`)).status).toBe(404);
    expect(running().simulator.violations).toHaveLength(1);
  });
});
