import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { addActiveOwner, addArchivedOwner } from '../../local/simulator/seed-owners.ts';
import { addUser, addUserFor, removeUser, setAvailability } from '../../local/simulator/seed-users.ts';
import type { SimulatedOwner, SimulatedUser } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { countMetric, enroll } from '../support/enrollment.ts';
import { grantAllBut } from '../support/grant-scopes.ts';
import { explain } from '../support/invoke-operators.ts';
import { makeRefresher } from '../support/refresh.ts';
import { refreshPortal } from '../support/refresh-portal.ts';
import { PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

jest.setTimeout(180_000);

const DAY_MS = 86_400_000;
const USERS_SCOPE = 'crm.objects.users.read';
const service = useService();
const state = () => service().simulator.state;
const refresh = () => refreshPortal(service());
const nextNight = () => service().clock.advance(DAY_MS);
/** What a container that has nothing in memory says of the value. */
const matchesOf = async (value: string) =>
  (await explain(await service().restart(), { portalId: PORTAL, value })).matches;

let jane: SimulatedOwner;
let omar: SimulatedOwner;
let user: SimulatedUser;

beforeEach(() => {
  jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com' });
  omar = addActiveOwner(state(), PORTAL, { email: 'omar@example.com' });
  user = addUserFor(state(), PORTAL, jane);
});

describe('With the users object', () => {
  it('A refresh reads internal user ID, record ID and availability, also of users without an owner', async () => {
    addUserFor(state(), PORTAL, omar);
    addUser(state(), PORTAL, { email: 'mia@example.com' });

    const report = await refresh();

    expect(report).toMatchObject({ users: { status: 'read', users: 3, withoutOwner: 1 }, hubspotCalls: 3 });
    expect(await matchesOf('jane@example.com')).toMatchObject([
      { internalUserId: String(jane.userId), userRecordId: user.recordId, availability: 'available' },
    ]);
    const byRecordId = await enroll(await service().restart(), { email: user.recordId });
    expect(byRecordId.outputs).toMatchObject({ errorCode: 'VALUE_IS_USER_ID', ownerName: 'Ada Example' });
    expect(byRecordId.calls).toBe(0);
  });

  it('A refresh reads all pages of users', async () => {
    const owners = Array.from({ length: 100 }, (_, n) =>
      addActiveOwner(state(), PORTAL, { email: `p${n}@example.com` }),
    );
    const users = owners.map((owner) => addUserFor(state(), PORTAL, owner));
    expect(await refresh()).toMatchObject({ users: { status: 'read', users: 101 }, hubspotCalls: 4 });
    const last = users.at(-1)?.recordId ?? '';
    expect(await matchesOf(last)).toMatchObject([{ valueIs: 'userRecordId', ownerId: owners.at(-1)?.id }]);
  });

  it('A refresh writes the rows of one owner when one user is removed, and nothing when none is', async () => {
    addUserFor(state(), PORTAL, omar);
    await refresh();
    nextNight();
    expect((await refresh()).writes).toBe(1);
    nextNight();
    setAvailability(state(), PORTAL, user, 'away');

    const send = jest.spyOn(service().table.client, 'send');
    const report = await refresh();
    const written = send.mock.calls
      .flatMap(([command]) => (command instanceof PutItemCommand ? [command.input.Item?.pk?.S ?? ''] : []))
      .map((key) => key.replace(`portal#${PORTAL}#`, ''));
    send.mockRestore();

    expect(written.sort()).toEqual(
      [
        'email#jane@example.com',
        'listing',
        `owner#${jane.id}`,
        `user#${jane.userId}`,
        `userRecord#${user.recordId}`,
      ].sort(),
    );
    expect(Object.values(report.totals)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await matchesOf(jane.id)).toMatchObject([{ availability: 'away' }]);
    expect(await matchesOf(omar.id)).toMatchObject([{ availability: 'available' }]);
  });

  it('The record ID of a removed user leads to nobody, and their owner stays', async () => {
    await refresh();
    nextNight();
    removeUser(state(), PORTAL, user);
    await refresh();
    expect(await matchesOf(user.recordId)).toEqual([]);
    expect((await enroll(await service().restart(), { email: user.recordId })).outputs.errorCode).toBe('EMAIL_INVALID');
    expect(await matchesOf(jane.id)).toMatchObject([{ valueIs: 'ownerId', userRecordId: '', isActive: true }]);
    const assigned = await enroll(await service().restart());
    expect(assigned.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'CACHE' });
  });

  it('A new record ID leads to a user who was removed and came back', async () => {
    await refresh();
    nextNight();
    removeUser(state(), PORTAL, user);
    const again = addUserFor(state(), PORTAL, jane);
    await refresh();
    expect(await matchesOf(again.recordId)).toMatchObject([{ ownerId: jane.id }]);
    expect(await matchesOf(user.recordId)).toEqual([]);
  });
});

describe('Without the users object', () => {
  beforeEach(() => grantAllBut(service(), USERS_SCOPE));

  it('Without the users object, a refresh says so in the report, raises no alarm and refreshes the owners', async () => {
    const report = await refresh();
    expect(report.users).toEqual({ status: 'not_granted', askedAtEpochMs: service().clock.now() });
    expect(report.joined).toHaveLength(2);
    expect(countMetric(service(), 'HubSpotScopesMissing')).toBe(0);
    expect((await enroll(service())).outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE' });
  });

  it('Without the users object, a refresh asks again after seven days, and then reads the users', async () => {
    const askedAtEpochMs = service().clock.now();
    await refresh();
    grantAllBut(service());
    for (let night = 1; night < 7; night += 1) {
      nextNight();
      expect(await refresh()).toMatchObject({ users: { status: 'not_granted', askedAtEpochMs }, hubspotCalls: 2 });
    }
    nextNight();
    expect(await refresh()).toMatchObject({ users: { status: 'read', users: 1 }, hubspotCalls: 3 });
    expect(await matchesOf(user.recordId)).toMatchObject([{ ownerId: jane.id }]);
  });
});

describe('While HubSpot returns no users', () => {
  it.each([
    ['it is away', { kind: 'status', status: 503 } as const, 3],
    ['it answers in another shape', { kind: 'json', body: { results: [{}] } } as const, 1],
    ['its limit is spent', { kind: 'status', status: 429, body: { policyName: 'TEN_SECONDLY_ROLLING' } } as const, 1],
  ])(
    'Owners are refreshed and what was known about users stays when HubSpot returns no users: %s',
    async (_why, fault, times) => {
      await refresh();
      nextNight();
      service().clock.advance(1);
      const left = addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
      const hired = addActiveOwner(state(), PORTAL, { email: 'new@example.com' });
      jane.teams = [{ id: '9', name: 'Enterprise', primary: true }];
      setAvailability(state(), PORTAL, user, 'away');
      service().simulator.faults.script({ route: 'GET objects', times, fault });

      const report = await refresh();

      expect(report).toMatchObject({ users: { status: 'unavailable' }, joined: [hired.id], teamChanged: [jane.id] });
      expect(await matchesOf(left.id)).toMatchObject([{ isActive: false }]);
      expect(await matchesOf(jane.id)).toMatchObject([{ userRecordId: user.recordId, availability: 'available' }]);
      expect(await matchesOf(user.recordId)).toMatchObject([{ ownerId: jane.id }]);
      nextNight();
      expect((await refresh()).users.status).toBe('read');
      expect(await matchesOf(jane.id)).toMatchObject([{ availability: 'away' }]);
    },
  );

  it('[R7] A refresh without enough time continues without users', async () => {
    const { clock, simulator, table, telemetry, config } = service();
    // Each call takes a second. The three seconds are over when the users were to be asked for their second page.
    const parts = { simulator, clock, table, telemetry, tokens: config.staticTokens };
    const run = makeRefresher({ ...parts, afterCall: () => clock.advance(1_000) }, toPortalId(PORTAL));
    for (let n = 0; n < 100; n += 1) addUser(state(), PORTAL);
    const requestedAtEpochMs = clock.now();
    const first = await run({ runId: 'run-short', requestedAtEpochMs }, clock.now() + 3_000);
    if (first.kind !== 'toBeContinued') throw new Error(`the run was ${first.kind}`);
    const mark = simulator.calls.mark();

    const last = await run(first.job, clock.now() + 3_000);

    expect(last).toMatchObject({ kind: 'done', report: { users: { status: 'unavailable' }, hubspotCalls: 0 } });
    expect(simulator.calls.since(mark)).toEqual([]);
    expect((await enroll(service())).outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE' });
  });
});
