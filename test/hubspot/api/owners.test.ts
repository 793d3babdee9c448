import { type OwnerId, parseOwnerId } from '../../../lib/domain/ids.ts';
import type { OwnerListing } from '../../../lib/ports/hubspot.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  addOwnersSharingEmail,
  addQueueOwner,
} from '../../../local/simulator/seed-owners.ts';
import { PORTAL, PORTAL_ID, useAdapters } from '../adapters.ts';

const current = useAdapters();
const JANE = 'jane@example.com';

const list = (email = JANE, listing: OwnerListing = 'active') =>
  current().owners.listByEmail(PORTAL_ID, email, listing, current().deadline);
const find = (id: string, listing: OwnerListing = 'active') =>
  current().owners.findById(PORTAL_ID, ownerId(id), listing, current().deadline);

describe('Owners by email', () => {
  it('An owner is read with all that HubSpot knows about them', async () => {
    const { simulator } = current();
    simulator.settings.emailFilter = 'caseInsensitive';
    const teams = [
      { name: 'North', primary: true },
      { name: 'All', primary: false },
    ];
    const owner = addActiveOwner(simulator.state, PORTAL, {
      id: '77',
      userId: 88,
      email: 'Jane@Example.com',
      firstName: 'Jane',
      lastName: 'Doe',
      teams,
    });
    await expect(list()).resolves.toEqual([
      {
        id: '77',
        type: 'PERSON',
        archived: false,
        userId: '88',
        email: JANE,
        firstName: 'Jane',
        lastName: 'Doe',
        teams: owner.teams,
      },
    ]);
    expect(simulator.calls.all()).toMatchObject([{ method: 'GET', path: '/crm/owners/2026-09' }]);
  });

  it('Owners are requested by one email, whatever characters it has', async () => {
    const { simulator } = current();
    addActiveOwner(simulator.state, PORTAL, { email: 'bob@example.com' });
    const odd = addActiveOwner(simulator.state, PORTAL, { email: "o'brien+a&b=c%20@example.com" });
    await expect(list("o'brien+a&b=c%20@example.com")).resolves.toMatchObject([{ id: odd.id }]);
  });

  it.each([
    [0, 1],
    [1, 1],
    [100, 1],
    [101, 2],
    [250, 3],
  ])('A listing of %d owners with one email takes %d calls', async (count, calls) => {
    const { simulator } = current();
    addActiveOwner(simulator.state, PORTAL, { email: 'bob@example.com' });
    const owners = addOwnersSharingEmail(simulator.state, PORTAL, JANE, count);
    const found = await list();
    expect(found.map((owner) => owner.id)).toEqual(owners.map((owner) => owner.id));
    expect(simulator.calls.count({ route: 'GET owners' })).toBe(calls);
  });

  it('A listing by email returns either active or archived owners', async () => {
    const { state } = current().simulator;
    const active = addActiveOwner(state, PORTAL, { email: JANE });
    const left = addArchivedOwner(state, PORTAL, { email: JANE, userId: 99, firstName: 'Jane' });
    await expect(list(JANE, 'active')).resolves.toMatchObject([{ id: active.id, archived: false }]);
    await expect(list(JANE, 'archived')).resolves.toMatchObject([
      { id: left.id, archived: true, userId: '99', firstName: '' },
    ]);
  });

  it('A queue is read as an owner without a user', async () => {
    const queue = addQueueOwner(current().simulator.state, PORTAL, { email: JANE, firstName: 'Inbound' });
    await expect(list()).resolves.toMatchObject([{ id: queue.id, type: 'QUEUE', userId: undefined, teams: [] }]);
  });
});

describe('Owners by ID', () => {
  it('An active owner is found by ID, even without an email and without teams', async () => {
    const { simulator } = current();
    const owner = addActiveOwner(simulator.state, PORTAL, { firstName: 'Ada', lastName: '' });
    await expect(find(owner.id)).resolves.toMatchObject({ id: owner.id, email: undefined, lastName: '', teams: [] });
    expect(simulator.calls.all()).toMatchObject([{ path: `/crm/owners/2026-09/${owner.id}` }]);
  });

  it('An archived owner is found by ID only among archived owners', async () => {
    const owner = addArchivedOwner(current().simulator.state, PORTAL, { email: JANE });
    await expect(find(owner.id, 'active')).resolves.toBeUndefined();
    await expect(find(owner.id, 'archived')).resolves.toMatchObject({ id: owner.id, archived: true });
  });

  it('Nobody is found by an unknown ID or by a user ID', async () => {
    addActiveOwner(current().simulator.state, PORTAL, { id: '77', userId: 88 });
    await expect(find('404')).resolves.toBeUndefined();
    await expect(find('88')).resolves.toBeUndefined();
  });

  it('The largest owner ID is requested as it is', async () => {
    await expect(find('2147483647')).resolves.toBeUndefined();
    expect(current().simulator.calls.all()).toMatchObject([{ path: '/crm/owners/2026-09/2147483647' }]);
  });
});

function ownerId(text: string): OwnerId {
  const id = parseOwnerId(text);
  if (id === undefined) throw new Error('a fixture has no valid owner id');
  return id;
}
