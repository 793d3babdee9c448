import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { createHandler as createSetAliasHandler } from '../../functions/set-alias.ts';
import type {
  AliasPage,
  ChangeAnswer,
  ChangesPage,
  HandoversPage,
  LookupAnswer,
  Overview,
  PeoplePage,
  UnresolvedCsv,
  UnresolvedPage,
} from '../../hubspot/src/app/settings/portal-api.ts';
import { fromSyncMessage } from '../../lib/queue/sync-queue.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import type { Item } from '../../lib/store/table.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  addQueueOwner,
  deactivateOwner,
  renameOwner,
} from '../../local/simulator/seed-owners.ts';
import { revokeToken } from '../../local/simulator/seed-portals.ts';
import { addUser } from '../../local/simulator/seed-users.ts';
import { getPortal, type SimulatedOwner } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { enroll } from '../support/enrollment.ts';
import { makeHandoverService } from '../support/handover-service.ts';
import { makeContext } from '../support/http-events.ts';
import { invokeSetSuccessor } from '../support/invoke-set-successor.ts';
import { failFinish, newChangeId, openPage, type PageSite } from '../support/page-site.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const state = () => service().simulator.state;
const DAY_MS = 86_400_000;
let page: PageSite;
let jane: SimulatedOwner;
let left: SimulatedOwner;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com', firstName: 'Jane', lastName: 'Doe' });
  left = addArchivedOwner(state(), PORTAL, { email: 'left@example.com' });
  page = openPage(service());
});

const get = async <Body>(path: string, query: Readonly<Record<string, string>> = {}) => {
  const { status, body } = await page.fetch<Body>({ path, query });
  expect(status).toBe(200);
  return body;
};
const send = (method: string, path: string, body?: object, query = {}) =>
  page.fetch<ChangeAnswer>({ method, path, query, ...(body !== undefined && { body }) });
const saveAlias = (alias: string, to: string) => send('PUT', '/portal/aliases', { changeId: newChangeId(), alias, to });
const nameSuccessor = (leaverId: string, successor: string) =>
  send('PUT', `/portal/successors/${leaverId}`, { changeId: newChangeId(), successor });
/** Of an operator's command, either where it leads or that it is removed. */
const pick = (command: Readonly<Record<string, unknown>>, target: string) =>
  Object.fromEntries(Object.entries(command).filter(([name]) => name === target || name === 'remove'));
const refresh = () => {
  service().clock.advance(DAY_MS);
  return refreshPortal(service());
};

describe('the overview', () => {
  const readOverview = () => get<Overview>('/portal/overview');

  it('The overview is right for an account that was never refreshed and where nothing happened', async () => {
    const overview = await readOverview();
    expect(overview).toMatchObject({
      portal: { portalId: String(PORTAL), auth: 'static', status: 'connected' },
      scopes: { isKnown: false, granted: [], missing: [] },
      owners: { nextRefreshAt: '2026-11-24T02:00:00.000Z', active: 0, deactivated: 0 },
      unresolved: { total: 0, isAtLeast: false },
      viewer: { userId: String(page.admin), canChange: true },
    });
    expect(overview.owners).not.toHaveProperty('lastRefreshAt');
    expect(overview.outcomes.map(({ day }) => day)).toEqual(
      [17, 18, 19, 20, 21, 22, 23].map((day) => `2026-11-${day}`),
    );
    expect(overview.outcomes.flatMap(({ counts }) => Object.values(counts))).toEqual(Array(56).fill(0));
  });

  it('The overview shows the outcomes of steps, the owners of the last refresh, and the emails that led to nobody', async () => {
    await refresh();
    await enroll(service());
    await enroll(await service().restart(), { email: 'nobody@example.com' });
    await enroll(await service().restart(), { email: 'left@example.com' });
    const overview = await readOverview();
    expect(overview.owners).toMatchObject({ lastRefreshAt: '2026-11-24T09:00:00.000Z', active: 1, deactivated: 1 });
    expect(overview.outcomes.at(-1)).toMatchObject({ day: '2026-11-24', counts: { ASSIGNED: 1, FAILED: 2 } });
    expect(overview.unresolved).toMatchObject({ total: 2, byCause: { not_explained: 2, left: 0 } });
    await refresh();
    expect((await readOverview()).unresolved).toMatchObject({
      total: 2,
      byCause: { not_explained: 0, left: 1, never_seen: 1 },
    });
  });

  it.each([0, 300])(
    'The overview takes 5 reads of the table at most, with %i owners and many unresolved emails',
    async (owners) => {
      for (let n = 0; n < owners; n += 1) addActiveOwner(state(), PORTAL, { email: `p${n}@example.com` });
      await refresh();
      for (let n = 0; n < 20; n += 1) await enroll(service(), { email: `nobody-${n}@example.com` });
      // So that nobody's permits stand in the way.
      service().clock.advance(60_000);
      const fresh = openPage(service(), page);
      const sent = jest.spyOn(service().table.client, 'send');
      const { status } = await fresh.fetch({ path: '/portal/overview' });
      const reads = sent.mock.calls.filter(([command]) => /Get|Query|Scan/.test(command.constructor.name));
      sent.mockRestore();
      expect(status).toBe(200);
      expect(reads.length).toBeLessThanOrEqual(5);
    },
  );

  it('The overview tells users without rights, and everybody while HubSpot is down, that they cannot change anything', async () => {
    const as = async (userId: number) => (await page.fetch<Overview>({ path: '/portal/overview', userId })).body.viewer;
    expect(await as(page.user)).toMatchObject({ canChange: false, reason: 'NOT_SUPER_ADMIN' });
    expect(await as(999_999_999)).toMatchObject({ canChange: false, reason: 'CANNOT_BE_PROVED' });
    const fault = { kind: 'status', status: 503 } as const;
    service().simulator.faults.script({ route: 'GET settings user', times: 3, fault });
    expect(await as(page.admin)).toMatchObject({ canChange: false, reason: 'CANNOT_BE_PROVED' });
    expect(await as(page.admin)).toMatchObject({ canChange: true });
  });

  it.each([
    [{ roleIds: [71], seatNames: [{ name: 'SALES_HUB_PRO' }], primaryTeamId: 7, secondaryTeamIds: 'none' }, true],
    [{ superAdmin: 'true' }, false],
    [{ id: 1 }, false],
  ])(
    '[T1] A user whose row HubSpot sends with %j is known to be a super admin by two members of it alone: %s',
    async (odd, canChange) => {
      const body = { id: String(page.admin), email: 'any@example.com', superAdmin: true, ...odd };
      service().simulator.faults.script({ route: 'GET settings user', fault: { kind: 'json', body } });
      expect((await page.fetch<Overview>({ path: '/portal/overview' })).body.viewer).toMatchObject({ canChange });
    },
  );

  it('The overview says that the account is not connected when HubSpot rejects its token', async () => {
    revokeToken(state(), PORTAL, tokenOf(PORTAL));
    const { portal, viewer } = await readOverview();
    expect([portal.status, viewer.reason]).toEqual(['notConnected', 'PORTAL_NOT_CONNECTED']);
  });

  it('The overview says of another account that it is not connected', async () => {
    const { status, body } = await page.fetch<Overview>({ path: '/portal/overview', portalId: 8_299_999 });
    expect(status).toBe(200);
    expect(body.portal).toEqual({ portalId: '8299999', auth: 'static', status: 'notConnected' });
    expect(body.viewer).toMatchObject({ canChange: false, reason: 'PORTAL_NOT_CONNECTED' });
  });
});

describe('the unresolved emails', () => {
  const list = (query = {}) => get<UnresolvedPage>('/portal/unresolved', query);
  const ask = async (email: string, times = 1) => {
    for (let time = 0; time < times; time += 1) await enroll(await service().restart(), { email });
  };

  it('Unresolved emails come with their cause, whom it concerns and what helps, the most frequent first', async () => {
    await ask('jnae@example.com', 3);
    await ask('left@example.com', 2);
    await ask('nobody@example.org');
    await refresh();
    const { entries, ...more } = await list();
    const person = { ownerId: jane.id, name: 'Jane Doe', email: 'jane@example.com', isActive: true };
    expect(more).toEqual({});
    expect(entries).toMatchObject([
      {
        email: 'jnae@example.com',
        count: 3,
        cause: { kind: 'typo', of: 'jane@example.com' },
        people: [person],
        suggestion: { kind: 'alias', alias: 'jnae@example.com', ownerId: jane.id },
      },
      {
        email: 'left@example.com',
        count: 2,
        cause: { kind: 'left' },
        people: [{ ownerId: left.id, isActive: false }],
        suggestion: { kind: 'successor', leaverOwnerId: left.id },
      },
      { email: 'nobody@example.org', count: 1, cause: { kind: 'never_seen' }, people: [] },
    ]);
    await ask('nobody@example.org', 4);
    expect((await list()).entries[0]).toMatchObject({ email: 'nobody@example.org', count: 5 });
  });

  it('Unresolved emails that nearly are the email of somebody who left suggest no alias, because it would be refused', async () => {
    await ask('lfet@example.com');
    await refresh();
    const [entry] = (await list()).entries;
    expect(entry).toMatchObject({ cause: { kind: 'typo', ownerIds: [left.id] } });
    expect(entry).not.toHaveProperty('suggestion');
    expect((await saveAlias('lfet@example.com', left.id)).body).toMatchObject({ code: 'ALIAS_PERSON_NOT_ACTIVE' });
  });

  it('Unresolved emails count as resolved as soon as an alias, a domain or a successor helps', async () => {
    await ask('jnae@example.com');
    await ask('left@example.com');
    await ask('jane@old.example.com');
    await ask('new@example.com');
    await refresh();
    await saveAlias('jnae@example.com', jane.id);
    await saveAlias('@old.example.com', '@example.com');
    await nameSuccessor(left.id, jane.id);
    addActiveOwner(state(), PORTAL, { email: 'new@example.com' });
    service().clock.advance(61_000);
    await ask('new@example.com');
    const { entries } = await list();
    expect(entries.map(({ cause }) => cause.kind)).toEqual(['resolved', 'resolved', 'resolved', 'resolved']);
  });

  it('Unresolved emails do not count as resolved while the alias or the successor leads to somebody who left', async () => {
    const [bob, kim] = ['bob', 'kim'].map((name) =>
      addActiveOwner(state(), PORTAL, { email: `${name}@example.com`, firstName: name }),
    ) as [SimulatedOwner, SimulatedOwner];
    await refresh();
    await saveAlias('robert@example.com', bob.id);
    await nameSuccessor(left.id, kim.id);
    for (const { id } of [bob, kim]) deactivateOwner(state(), PORTAL, id);
    await refresh();
    await ask('robert@example.com');
    await ask('left@example.com');
    const causes = async () => (await list()).entries.map(({ email, cause, suggestion }) => [email, cause, suggestion]);
    expect(await causes()).toMatchObject([
      ['left@example.com', { kind: 'left' }, { kind: 'successor', leaverOwnerId: left.id }],
      ['robert@example.com', { kind: 'left', ownerIds: [bob.id] }, { kind: 'successor', leaverOwnerId: bob.id }],
    ]);
    // Whoever takes over from a successor takes over from the leaver, too.
    for (const { id } of [bob, kim]) await nameSuccessor(id, jane.id);
    expect(await causes()).toMatchObject([
      ['left@example.com', { kind: 'resolved' }, undefined],
      ['robert@example.com', { kind: 'resolved' }, undefined],
    ]);
  });

  it('Unresolved emails count as resolved exactly when the step would find somebody, whichever helps combine', async () => {
    const bob = addActiveOwner(state(), PORTAL, { email: 'bob@example.com' });
    addArchivedOwner(state(), PORTAL, { email: 'new@old.example.com' });
    const [one, other] = ['twice@example.com', 'twice@example.com'].map((email) =>
      addArchivedOwner(state(), PORTAL, { email }),
    ) as [SimulatedOwner, SimulatedOwner];
    addActiveOwner(state(), PORTAL, { email: 'new@example.com' });
    const emails = ['left', 'new', 'robert', 'nobody'].map((name) => `${name}@old.example.com`);
    for (const email of [...emails, 'twice@example.com']) await ask(email);
    await refresh();
    await saveAlias('@old.example.com', '@example.com');
    await saveAlias('robert@example.com', bob.id);
    await nameSuccessor(left.id, jane.id);
    await nameSuccessor(one.id, jane.id);
    await nameSuccessor(other.id, bob.id);
    const { entries } = await list();
    expect(Object.fromEntries(entries.map(({ email, cause }) => [email, cause.kind]))).toEqual({
      'left@old.example.com': 'resolved',
      'new@old.example.com': 'resolved',
      'robert@old.example.com': 'resolved',
      'nobody@old.example.com': 'never_seen',
      'twice@example.com': 'left',
    });
    for (const { email, cause } of entries) {
      const { outputs } = await enroll(await service().restart(), { email });
      expect([email, outputs.outcome]).toEqual([email, cause.kind === 'resolved' ? 'ASSIGNED' : 'FAILED']);
    }
  });

  it('Unresolved emails that lead to somebody who left, by an alias, are not resolved by whoever had them before', async () => {
    const bob = addActiveOwner(state(), PORTAL, { email: 'bob@example.com', firstName: 'Bob' });
    await refresh();
    renameOwner(state(), PORTAL, jane.id, 'jane@newco.example.com');
    await refresh();
    await saveAlias('jane@example.com', bob.id);
    deactivateOwner(state(), PORTAL, bob.id);
    await refresh();
    const { outputs } = await enroll(await service().restart(), { email: 'jane@example.com' });
    expect(outputs).toMatchObject({ errorCode: 'OWNER_DEACTIVATED' });
    expect((await list()).entries).toMatchObject([
      { email: 'jane@example.com', cause: { kind: 'left', ownerIds: [bob.id] }, suggestion: { leaverOwnerId: bob.id } },
    ]);
    await nameSuccessor(bob.id, jane.id);
    expect((await list()).entries).toMatchObject([{ cause: { kind: 'resolved' } }]);
  });

  it('Unresolved emails come in pages, each once, without an address in the cursor', async () => {
    for (let n = 0; n < 7; n += 1) await ask(`p${n}@example.org`);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const answer: UnresolvedPage = await list({ limit: '3', ...(after !== undefined && { after }) });
      seen.push(...answer.entries.map(({ email }) => email));
      after = answer.after;
      expect(after ?? '').not.toMatch(/@|example|%40/);
    } while (after !== undefined);
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `p${n}@example.org`));
  });

  it('Unresolved emails export as a file from which a spreadsheet runs nothing', async () => {
    await ask('=cmd@example.org');
    await ask('+1@example.org');
    await ask('-2@example.org');
    await ask('\uff1d3@example.org');
    const { csv, after } = await get<UnresolvedCsv>('/portal/unresolved', { format: 'csv' });
    expect(after).toBeUndefined();
    const [header, ...rows] = csv.trimEnd().split('\r\n');
    expect(header).toBe('"email","count","workflows","last seen","cause","about","probably meant"');
    expect(rows.map((row) => row.split(',')[0]).sort()).toEqual([
      `"'+1@example.org"`,
      `"'-2@example.org"`,
      `"'=cmd@example.org"`,
      `"'\uff1d3@example.org"`,
    ]);
  });
});

describe('people', () => {
  const list = (query = {}) => get<PeoplePage>('/portal/people', query);

  it('The people of the settings page are leavers with their successors, and whoever has former addresses or aliases', async () => {
    const bob = addActiveOwner(state(), PORTAL, { email: 'bob@example.com' });
    addActiveOwner(state(), PORTAL, { email: 'plain@example.com' });
    await refresh();
    renameOwner(state(), PORTAL, bob.id, 'robert@example.com');
    await refresh();
    await saveAlias('j.doe@example.com', jane.id);
    await nameSuccessor(left.id, jane.id);
    const { entries } = await list();
    const byId = new Map(entries.map((entry) => [entry.person.ownerId, entry]));
    expect(byId.get(left.id)).toMatchObject({ person: { isActive: false }, successor: { ownerId: jane.id } });
    expect(byId.get(bob.id)).toMatchObject({ formerEmails: ['bob@example.com'], aliases: [] });
    expect(byId.get(jane.id)?.aliases).toMatchObject([{ alias: 'j.doe@example.com', person: { name: 'Jane Doe' } }]);
    expect(entries).toHaveLength(3);
  });

  it.each(['has expired', 'was dropped because HubSpot refused them'])(
    'The people of the settings page keep their names and successors while what an execution learned of them %s',
    async (why) => {
      await refresh();
      await nameSuccessor(left.id, 'jane@example.com');
      await saveAlias('j.doe@example.com', jane.id);
      const cache = createOwnerCache(service().table, service().clock.now);
      const { id: ownerId } = makeOwner({ id: jane.id });
      if (why === 'has expired') {
        const { client, tableName: TableName } = service().table;
        const isJanes = ({ pk, expiresAtEpochSeconds: expires }: Item) =>
          expires !== undefined && /#owner#|#email#/.test(pk?.S ?? '');
        const expired = (await readAllItems(service().table)).filter(isJanes);
        expect(expired.map(({ pk }) => pk?.S)).toContain(`portal#${PORTAL}#owner#${jane.id}`);
        // DynamoDB deletes them some day, and no refresh writes what has not changed.
        for (const { pk, sk } of expired)
          await client.send(new DeleteItemCommand({ TableName, Key: { pk, sk } as Item }));
      } else {
        await cache.rememberOwner(toPortalId(PORTAL), ownerId, {
          owner: undefined,
          confirmedAtEpochMs: service().clock.now(),
        });
      }
      await refresh();
      const { entries } = await list();
      const successor = entries.find(({ person }) => person.ownerId === left.id)?.successor;
      expect(successor).toMatchObject({ ownerId: jane.id, name: 'Jane Doe', isActive: true });
      expect((await get<AliasPage>('/portal/aliases')).entries).toMatchObject([{ person: { name: 'Jane Doe' } }]);
    },
  );

  it('A successor whom HubSpot no longer knows is shown by ID, so that it can be removed', async () => {
    await refresh();
    await nameSuccessor(left.id, jane.id);
    getPortal(state(), PORTAL).owners.delete(jane.id);
    addActiveOwner(state(), PORTAL, { email: 'jane@example.com' });
    await refresh();
    expect((await list()).entries.find(({ person }) => person.ownerId === left.id)).toMatchObject({
      successor: { ownerId: jane.id, name: '', isActive: false },
    });
  });

  it('The people of the settings page come in pages, each once', async () => {
    for (let n = 0; n < 6; n += 1) addArchivedOwner(state(), PORTAL, { email: `gone-${n}@example.com` });
    await refresh();
    const first = await list({ limit: '4' });
    const second = await list({ limit: '4', after: first.after ?? '' });
    const ids = [...first.entries, ...second.entries].map(({ person }) => person.ownerId);
    expect([first.entries.length, second.entries.length, new Set(ids).size]).toEqual([4, 3, 7]);
    expect(second).not.toHaveProperty('after');
  });
});

describe('a change', () => {
  it('A change of an alias takes effect with the next execution, is listed, and can be removed', async () => {
    expect((await saveAlias('J.Doe@example.com', 'jane@example.com')).body).toMatchObject({ status: 'set' });
    expect((await enroll(await service().restart(), { email: 'j.doe@example.com' })).outputs).toMatchObject({
      outcome: 'ASSIGNED',
      matchedBy: 'ALIAS',
    });
    const { entries } = await get<AliasPage>('/portal/aliases');
    expect(entries).toMatchObject([{ alias: 'j.doe@example.com', person: { ownerId: jane.id } }]);
    const path = `/portal/aliases/${entries[0]?.aliasId}`;
    expect((await send('DELETE', path, undefined, { changeId: newChangeId() })).body).toMatchObject({
      status: 'removed',
    });
    expect((await get<AliasPage>('/portal/aliases')).entries).toEqual([]);
    expect((await send('DELETE', path, undefined, { changeId: newChangeId() })).body).toMatchObject({
      status: 'refused',
      code: 'ALIAS_NOT_FOUND',
    });
  });

  it('A change of a successor takes effect, and one that loops is refused with the reason', async () => {
    expect((await nameSuccessor(left.id, jane.id)).body).toMatchObject({ status: 'set' });
    expect((await nameSuccessor(jane.id, left.id)).body).toMatchObject({ status: 'refused', code: 'SUCCESSOR_LOOP' });
    const path = `/portal/successors/${left.id}`;
    expect((await send('DELETE', path, undefined, { changeId: newChangeId() })).body).toMatchObject({
      status: 'removed',
    });
  });

  it('A change is listed with who made it and when, the newest first, for 90 days', async () => {
    await saveAlias('j.doe@example.com', jane.id);
    service().clock.advance(60_000);
    await nameSuccessor(left.id, jane.id);
    await nameSuccessor(jane.id, left.id);
    const { entries } = await get<ChangesPage>('/portal/changes');
    expect(entries).toMatchObject([
      {
        action: 'setSuccessor',
        leaver: { ownerId: left.id },
        successor: { name: 'Jane Doe' },
        userId: String(page.admin),
      },
      { action: 'setAlias', alias: 'j.doe@example.com', person: { ownerId: jane.id }, at: '2026-11-23T09:00:00.000Z' },
    ]);
    service().clock.advance(89 * DAY_MS);
    expect((await get<ChangesPage>('/portal/changes')).entries).toHaveLength(2);
    service().clock.advance(DAY_MS);
    expect((await get<ChangesPage>('/portal/changes')).entries).toEqual([]);
  });

  it('A change names who made it if the refresh knows whose user ID that is', async () => {
    const boss = addActiveOwner(state(), PORTAL, { email: 'boss@example.com', firstName: 'Bo', lastName: 'Boss' });
    const { userId } = addUser(state(), PORTAL, { owner: boss, superAdmin: true });
    await refresh();
    const order = { changeId: newChangeId(), alias: 'jd@example.com', to: jane.id };
    await page.fetch({ method: 'PUT', path: '/portal/aliases', body: order, userId });
    await saveAlias('j.doe@example.com', jane.id);
    const { entries } = await get<ChangesPage>('/portal/changes');
    expect(new Map(entries.map(({ alias, user }) => [alias, user]))).toEqual(
      new Map([
        ['jd@example.com', { ownerId: boss.id, name: 'Bo Boss', email: 'boss@example.com', isActive: true }],
        ['j.doe@example.com', undefined],
      ]),
    );
  });

  it('A change has one effect and one answer, however often it is sent', async () => {
    const order = { changeId: newChangeId(), alias: 'j.doe@example.com', to: jane.id };
    const first = await send('PUT', '/portal/aliases', order);
    const id = (await get<AliasPage>('/portal/aliases')).entries[0]?.aliasId;
    await send('DELETE', `/portal/aliases/${id}`, undefined, { changeId: newChangeId() });
    expect(await send('PUT', '/portal/aliases', order)).toEqual(first);
    expect((await get<AliasPage>('/portal/aliases')).entries).toEqual([]);
    expect((await get<ChangesPage>('/portal/changes')).entries).toHaveLength(2);
    expect(await send('PUT', '/portal/aliases', { ...order, alias: 'other@example.com' })).toMatchObject({
      status: 409,
      body: { error: { code: 'CHANGE_ID_REUSED' } },
    });
  });

  it('A change that is sent 20 times at once has one effect, and whoever comes too early learns that it is being made', async () => {
    const order = { changeId: newChangeId(), alias: 'j.doe@example.com', to: jane.id };
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('PUT', '/portal/aliases', order)));
    const made = answers.filter(({ status }) => status === 200);
    expect(made.length).toBeGreaterThan(0);
    for (const { body } of made) expect(body).toEqual({ changeId: order.changeId, status: 'set' });
    for (const { status, body } of answers.filter((answer) => !made.includes(answer))) {
      expect([status, body]).toMatchObject([409, { error: { code: 'CHANGE_IN_PROGRESS' } }]);
    }
    expect((await get<ChangesPage>('/portal/changes')).entries).toHaveLength(1);
    expect((await get<AliasPage>('/portal/aliases')).entries).toHaveLength(1);
  });

  it('A change that failed temporarily is made when it is sent again', async () => {
    const order = { changeId: newChangeId(), alias: 'j.doe@example.com', to: 'jane@example.com' };
    const fault = { kind: 'status', status: 503 } as const;
    service().simulator.faults.script({ route: 'GET owners', times: 3, fault });
    expect(await send('PUT', '/portal/aliases', order)).toMatchObject({
      status: 503,
      body: { error: { code: 'HUBSPOT_UNAVAILABLE', message: 'HubSpot could not be reached' } },
    });
    expect((await send('PUT', '/portal/aliases', order)).body).toMatchObject({ status: 'set' });
  });

  it('[D3] A removal whose answer was lost is removed for whoever repeats it, and is in the list of changes with whom it was about', async () => {
    await saveAlias('j.doe@example.com', jane.id);
    await send('PUT', `/portal/successors/${left.id}`, { changeId: newChangeId(), successor: jane.id });
    const [{ aliasId } = { aliasId: '' }] = (await get<AliasPage>('/portal/aliases')).entries;
    const unlucky = openPage(service(), page, failFinish);
    for (const path of [`/portal/aliases/${aliasId}`, `/portal/successors/${left.id}`]) {
      const removal = { method: 'DELETE', path, query: { changeId: newChangeId() } };
      for (let time = 0; time < 2; time += 1) {
        expect(await unlucky.fetch(removal)).toMatchObject({
          status: 503,
          body: { error: { code: 'STORE_UNAVAILABLE' } },
        });
      }
      expect(await page.fetch(removal)).toMatchObject({ status: 200, body: { status: 'removed' } });
    }
    const { entries } = await get<ChangesPage>('/portal/changes');
    expect(entries).toContainEqual(expect.objectContaining({ action: 'removeAlias', alias: 'j.doe@example.com' }));
    const about = { leaver: { ownerId: left.id }, successor: { ownerId: jane.id } };
    expect(entries.filter(({ action }) => action === 'removeSuccessor')).toMatchObject([about]);
  });

  it.each(['alias', 'successor'] as const)(
    'A change whose answer was lost is not made again over what somebody changed since, and whoever repeats it learns that (%s)',
    async (what) => {
      const bob = addActiveOwner(state(), PORTAL, { email: 'bob@example.com' });
      const path = what === 'alias' ? '/portal/aliases' : `/portal/successors/${left.id}`;
      const to = (id: string) => (what === 'alias' ? { alias: 'j.doe@example.com', to: id } : { successor: id });
      const request = { method: 'PUT', path, body: { changeId: newChangeId(), ...to(jane.id) } };
      const email = what === 'alias' ? 'j.doe@example.com' : 'left@example.com';
      const lookUp = async () => (await page.fetch({ method: 'PUT', path: '/portal/lookup', body: { email } })).body;
      expect((await openPage(service(), page, failFinish).fetch(request)).status).toBe(503);
      service().clock.advance(1_000);
      const userId = addUser(state(), PORTAL, { superAdmin: true }).userId;
      await page.fetch({ method: 'PUT', path, body: { changeId: newChangeId(), ...to(bob.id) }, userId });
      for (let time = 0; time < 2; time += 1) {
        expect((await page.fetch(request)).body).toMatchObject({ status: 'refused', code: 'CHANGED_SINCE' });
      }
      expect(await lookUp()).toMatchObject({ outcome: 'FOUND', person: { ownerId: bob.id } });
    },
  );

  it.each(['set', 'removed'] as const)(
    'A change whose answer was lost is not made again over what an operator has %s since, and whoever repeats it learns that',
    async (how) => {
      const bob = addActiveOwner(state(), PORTAL, { email: 'bob@example.com' });
      const { telemetry, operators } = service();
      const portalId = String(PORTAL);
      const alias = 'j.doe@example.com';
      const handovers = makeHandoverService(service());
      const now = how === 'set' ? { successor: bob.id, to: bob.id } : { remove: true };
      const operate = {
        successor: () => invokeSetSuccessor(service(), { portalId, leaver: left.id, ...pick(now, 'successor') }),
        alias: () =>
          createSetAliasHandler(telemetry, async () => operators)(
            { portalId, alias, ...pick(now, 'to') },
            makeContext(),
          ),
        // The page says the opposite.
        nightly: () => handovers.ask({ leaver: left.id, nightly: how === 'set' }),
      };
      const changeId = newChangeId;
      const orders = {
        successor: { path: `/portal/successors/${left.id}`, body: { changeId: changeId(), successor: jane.id } },
        alias: { path: '/portal/aliases', body: { changeId: changeId(), alias, to: jane.id } },
        nightly:
          how === 'set'
            ? { path: `/portal/handovers/nightly/${left.id}`, method: 'DELETE', query: { changeId: changeId() } }
            : { path: `/portal/handovers/nightly/${left.id}`, body: { changeId: changeId() } },
      };
      for (const what of ['successor', 'alias', 'nightly'] as const) {
        const request = { method: 'PUT', ...orders[what] };
        expect((await openPage(service(), page, failFinish).fetch(request)).status).toBe(503);
        service().clock.advance(1_000);
        await operate[what]();
        service().clock.advance(1_000);
        for (let time = 0; time < 2; time += 1) {
          expect((await page.fetch(request)).body).toMatchObject({ status: 'refused', code: 'CHANGED_SINCE' });
        }
      }
      const lookup = { method: 'PUT', path: '/portal/lookup', body: { email: 'left@example.com' } };
      const { person } = (await page.fetch<LookupAnswer>(lookup)).body;
      expect(person?.ownerId).toBe(how === 'set' ? bob.id : undefined);
      expect((await get<AliasPage>('/portal/aliases')).entries).toMatchObject(
        how === 'set' ? [{ alias, person: { ownerId: bob.id } }] : [],
      );
      const { nightly } = await get<HandoversPage>('/portal/handovers');
      expect(nightly.map(({ ownerId }) => ownerId)).toEqual(how === 'set' ? [left.id] : []);
      // The list of changes names users of the account only.
      expect((await get<ChangesPage>('/portal/changes')).entries).toEqual([]);
    },
  );

  it('A refresh that an admin starts is queued once for its ID', async () => {
    const order = { changeId: newChangeId() };
    for (let time = 0; time < 2; time += 1) {
      expect(await send('PUT', '/portal/refresh', order)).toEqual({
        status: 200,
        body: { ...order, status: 'queued' },
      });
    }
    expect(page.queued.map(fromSyncMessage)).toMatchObject([{ kind: 'refresh', job: { portalId: String(PORTAL) } }]);
  });
});

describe('trying an email', () => {
  const lookUp = async (email: string) =>
    (await page.fetch<LookupAnswer>({ method: 'PUT', path: '/portal/lookup', body: { email } })).body;

  it('Trying an email shows whom it leads to and what the step would answer', async () => {
    await saveAlias('j.doe@example.com', jane.id);
    expect(await lookUp(' J.Doe@example.com')).toMatchObject({
      email: 'j.doe@example.com',
      outcome: 'FOUND',
      person: { ownerId: jane.id, name: 'Jane Doe' },
      matchedBy: 'ALIAS',
      about: [],
      outputs: { ownerEmail: 'jane@example.com', matchedBy: 'ALIAS' },
    });
    expect(await lookUp('Left <left@example.com>')).toMatchObject({
      email: 'left@example.com',
      outcome: 'FAILED',
      errorCode: 'OWNER_DEACTIVATED',
      about: [{ ownerId: left.id, isActive: false }],
    });
    await nameSuccessor(left.id, jane.id);
    expect(await lookUp('left@example.com')).toMatchObject({ outcome: 'FOUND', substitutedFor: { ownerId: left.id } });
  });

  it('Trying a text as long as a property can hold answers what the step would answer', async () => {
    const value = `${'x'.repeat(65_000)}@example.com`;
    const { outputs } = await service().execute({ action: 'find', objectId: '1', inputFields: { ownerEmail: value } });
    const answer = await lookUp(value);
    expect(answer).toMatchObject({ outcome: 'FAILED', errorCode: 'EMAIL_INVALID' });
    expect(answer.outputs).toEqual(outputs);
  });

  it.each([
    ['nonsense', 'EMAIL_INVALID'],
    ['', 'EMAIL_MISSING'],
    ['12345', 'EMAIL_INVALID'],
  ])('Trying the value “%s” names no email, because it holds none', async (value, errorCode) => {
    const answer = await lookUp(value);
    expect(answer).toMatchObject({ outcome: 'FAILED', errorCode });
    expect(answer).not.toHaveProperty('email');
  });

  it('Trying the email of a queue says that it is a queue, and not that somebody left', async () => {
    const queue = addQueueOwner(state(), PORTAL, { email: 'inbound@example.com' });
    expect(await lookUp('inbound@example.com')).toMatchObject({
      email: 'inbound@example.com',
      errorCode: 'OWNER_IS_QUEUE',
      about: [{ ownerId: queue.id, isActive: false, isQueue: true }],
    });
    expect((await lookUp('left@example.com')).about[0]).not.toHaveProperty('isQueue');
  });

  it('Trying an email counts nothing and adds nothing to the report', async () => {
    await lookUp('nobody@example.com');
    await lookUp('jane@example.com');
    const rows = (await readAllItems(service().table)).map(({ pk }) => pk?.S ?? '');
    expect(rows.filter((key) => /#(outcomes|unresolved|change)$/.test(key))).toEqual([]);
  });
});

it('The list of changes keeps people whom HubSpot no longer lists', async () => {
  await refresh();
  await saveAlias('j.doe@example.com', jane.id);
  deactivateOwner(state(), PORTAL, jane.id, 'vanishes');
  await refresh();
  expect((await get<ChangesPage>('/portal/changes')).entries).toMatchObject([{ person: { ownerId: jane.id } }]);
});
