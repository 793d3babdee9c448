import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { RefreshJob, RefreshOutcome } from '../../lib/domain/owner-sync.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import {
  addActiveOwner,
  addArchivedOwner,
  addQueueOwner,
  deactivateOwner,
  renameOwner,
  spoilOwnerRow,
} from '../../local/simulator/seed-owners.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { getPortal } from '../../local/simulator/state.ts';
import { toPortalId } from '../builders/ids.ts';
import { enroll } from '../support/enrollment.ts';
import { makeRefresher } from '../support/refresh.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

/** Hundreds of owners are written to an engine that shares the machine with other suites. */
jest.setTimeout(180_000);

const HOUR_MS = 3_600_000;
const service = useService();
const state = () => service().simulator.state;
const add = (name: string, portal = PORTAL) =>
  addActiveOwner(state(), portal, { email: `${name}@example.com`, firstName: name, lastName: '' });

function refresher(portal = PORTAL, afterCall: () => void = () => undefined) {
  const { simulator, clock, table, telemetry } = service();
  const tokens = new Map([PORTAL, OTHER_PORTAL].map((id) => [toPortalId(id), tokenOf(id)]));
  return makeRefresher({ simulator, clock, table, telemetry, tokens, afterCall }, toPortalId(portal));
}

function reportOf(outcome: RefreshOutcome) {
  if (outcome.kind !== 'done') throw new Error(`the refresh was ${JSON.stringify(outcome)}`);
  return outcome.report;
}

/** The writes that DynamoDB gets because of `work`. */
async function writesOf(work: () => Promise<unknown>): Promise<number> {
  const send = jest.spyOn(service().table.client, 'send');
  await work();
  const commands = send.mock.calls.map(([command]) => command);
  send.mockRestore();
  return commands.filter((command) => command instanceof PutItemCommand || command instanceof UpdateItemCommand).length;
}

describe('The owner refresh', () => {
  it.each(['once', 'twice'])(
    '[R12] The owner refresh reports who came and left although it failed %s between writing them and its report',
    async (how) => {
      const [jane, lena] = [add('jane'), add('lena')];
      await refresher()({});
      service().clock.advance(24 * HOUR_MS);
      deactivateOwner(state(), PORTAL, lena.id);
      const omar = add('omar');
      const { client } = service().table;
      const real = client.send.bind(client);
      const isReport = (command: unknown) =>
        command instanceof UpdateItemCommand && /report = :report/.test(command.input.UpdateExpression ?? '');
      const send = jest.spyOn(client, 'send');
      for (let failure = 0; failure < (how === 'once' ? 1 : 2); failure += 1) {
        send.mockImplementation(((command: never) =>
          isReport(command) ? Promise.reject(new Error('away')) : real(command)) as never);
        await expect(refresher()({ runId: 'repeated' })).rejects.toThrow('table');
        service().clock.advance(60_000);
        // What changes meanwhile is reported with it.
        renameOwner(state(), PORTAL, jane.id, `jane-${failure}@example.com`);
      }
      send.mockRestore();
      const told = { joined: [omar.id], deactivated: [lena.id], emailChanged: [jane.id] };
      expect(reportOf(await refresher()({ runId: 'repeated' }))).toMatchObject({
        ...told,
        totals: { joined: 1, deactivated: 1 },
      });
      const kept = (await readAllItems(service().table)).find(({ sk }) => sk?.S === lena.id);
      expect(JSON.stringify(kept?.reported)).not.toContain('lena');
      service().clock.advance(24 * HOUR_MS);
      expect(reportOf(await refresher()({}))).toMatchObject({ joined: [], deactivated: [], emailChanged: [] });
    },
  );

  it('[T4] The owner refresh reads pages of owners and users that take longer than a call which somebody waits for', async () => {
    add('jane');
    const { simulator, clock, table, telemetry, config } = service();
    // As often as a call is tried, and more.
    for (const route of ['GET owners', 'GET objects'] as const) {
      simulator.faults.script({ route, times: 9, fault: { kind: 'delay', ms: 300 } });
    }
    const parts = { simulator, clock, table, telemetry, tokens: config.staticTokens, tryTimeoutMs: 100 };
    expect(await makeRefresher(parts, toPortalId(PORTAL))({})).toMatchObject({
      kind: 'done',
      report: { active: 1, users: { status: 'read' } },
    });
    simulator.faults.clear();
  });

  it('[T4] The owner refresh reads a page of megabytes, as five hundred owners in hundreds of teams make it', async () => {
    add('jane');
    spoilOwnerRow(state(), PORTAL, add('omar').id, { unknown: 'x'.repeat(6 * 1024 * 1024) });
    expect(reportOf(await refresher()({}))).toMatchObject({ active: 2, oddRows: 0 });
  });

  it('After a refresh, executions find everybody without asking HubSpot', async () => {
    const jane = add('jane');
    addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
    addQueueOwner(state(), PORTAL, { email: 'queue@example.com' });
    addActiveOwner(state(), PORTAL, { firstName: 'No', lastName: 'Mail' });

    const report = reportOf(await refresher()({}));

    expect(report).toMatchObject({ active: 2, archived: 1, queues: 1, withoutEmail: 1, hubspotCalls: 3 });
    expect(report.users).toEqual({ status: 'read', users: 0, withoutOwner: 0 });
    expect(report.joined).toHaveLength(3);
    const assigned = await enroll(service());
    expect(assigned.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: jane.id, resolvedFrom: 'CACHE' });
    expect(assigned.calls).toBe(1);
    expect((await enroll(service(), { email: 'lena@example.com' })).outputs.errorCode).toBe('OWNER_DEACTIVATED');
    expect((await enroll(service(), { email: 'queue@example.com' })).outputs.errorCode).toBe('OWNER_IS_QUEUE');
  });

  it('[R4] Somebody who is activated again between the two lists of a refresh is in neither, and is found all the same', async () => {
    const jane = add('jane');
    add('omar');
    await refresher()({});
    service().clock.advance(24 * HOUR_MS);
    deactivateOwner(state(), PORTAL, jane.id);
    let calls = 0;
    const activate = () => {
      calls += 1;
      const owner = getPortal(state(), PORTAL).owners.get(jane.id);
      if (calls === 1 && owner !== undefined) owner.archived = false;
    };
    expect(reportOf(await refresher(PORTAL, activate)({}))).toMatchObject({ active: 2, removed: [] });
    expect((await enroll(service())).outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE' });
  });

  it('[D12] A refresh whose clock was a year ahead stops no later one, and is reported once', async () => {
    const { clock } = service();
    const lena = add('lena');
    await refresher()({});
    clock.advance(365 * 24 * HOUR_MS);
    const omar = add('omar');
    expect(reportOf(await refresher()({}))).toMatchObject({ joined: [omar.id] });
    clock.advance(-364 * 24 * HOUR_MS);
    deactivateOwner(state(), PORTAL, lena.id);
    expect(reportOf(await refresher()({}))).toMatchObject({ joined: [], deactivated: [lena.id] });
    const sources: (string | undefined)[] = [];
    for (let time = 0; time < 2; time += 1) {
      const { outputs } = await enroll(service(), { email: 'omar@example.com' });
      expect(outputs.ownerId).toBe(omar.id);
      sources.push(outputs.resolvedFrom);
      // The container's memory is over.
      clock.advance(60_000);
    }
    expect(sources).toEqual(['LIVE', 'CACHE']);
    expect((await enroll(service(), { email: 'lena@example.com' })).outputs.errorCode).toBe('OWNER_DEACTIVATED');
    clock.advance(24 * HOUR_MS);
    expect(reportOf(await refresher()({}))).toMatchObject({ joined: [], deactivated: [] });
  });

  it('[R11] The refresh of an unchanged account takes one call for each page and one write', async () => {
    const withoutUsers = ALL_SCOPES.filter((scope) => scope !== 'crm.objects.users.read');
    revokeToken(state(), PORTAL, tokenOf(PORTAL));
    addToken(state(), PORTAL, tokenOf(PORTAL), withoutUsers);
    for (let n = 0; n < 501; n += 1) add(`p${n}`);
    const first = reportOf(await refresher()({}));
    expect(first.users).toEqual({ status: 'not_granted', askedAtEpochMs: service().clock.now() });
    service().clock.advance(24 * HOUR_MS);

    let outcome: RefreshOutcome | undefined;
    const writes = await writesOf(async () => {
      outcome = await refresher()({});
    });

    expect(writes).toBe(1);
    expect(outcome).toMatchObject({ kind: 'done', report: { hubspotCalls: 3, writes: 1, active: 501 } });
  });

  it('A refresh confirms owners that it did not write, so an owner learned days ago is assigned without a lookup', async () => {
    add('jane');
    await refresher()({});
    service().clock.advance(24 * HOUR_MS);
    await refresher()({});
    service().clock.advance(24 * HOUR_MS);

    const answer = await enroll(await service().restart());

    expect(answer.outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE', ownerDataAgeSeconds: '86400' });
  });

  it('[R14] When a refresh is two days overdue, HubSpot is asked before the cache is used, and the cache is reported as stale', async () => {
    add('jane');
    addArchivedOwner(state(), PORTAL, { email: 'lena@example.com' });
    await refresher()({});
    service().clock.advance(49 * HOUR_MS);
    const container = await service().restart();
    const stale = () => service().telemetry.counted.concat(container.telemetry.counted);

    expect((await enroll(container)).outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'LIVE' });
    expect(stale().filter(({ name }) => name === 'OwnerDataStale')).toHaveLength(1);
    const unknown = await enroll(container, { email: 'nobody@example.com' });
    expect(unknown.outputs).toMatchObject({ errorCode: 'OWNER_NOT_FOUND', resolvedFrom: 'LIVE' });
    // Live answers are young again.
    expect((await enroll(await service().restart())).outputs.resolvedFrom).toBe('CACHE');
  });

  it('A refresh does not confirm what was learned in between and has since become wrong', async () => {
    const jane = addArchivedOwner(state(), PORTAL, { email: 'jane@example.com' });
    add('omar');
    await refresher()({});
    service().clock.advance(HOUR_MS);
    const stored = getPortal(state(), PORTAL).owners.get(jane.id);
    if (stored !== undefined) stored.archived = false;
    expect((await enroll(service())).outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'LIVE' });
    deactivateOwner(state(), PORTAL, jane.id);
    service().clock.advance(22 * HOUR_MS);
    await refresher()({});
    service().clock.advance(10 * HOUR_MS);

    const answer = await enroll(await service().restart());

    expect(answer.outputs).toMatchObject({ outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED', resolvedFrom: 'LIVE' });
  });

  it('[O5, O8, M2] A refresh applies changes: a leaver is refused, and a changed email and the former one lead to their owner', async () => {
    const jane = add('jane');
    const omar = add('omar');
    add('kim');
    await refresher()({});
    deactivateOwner(state(), PORTAL, jane.id);
    omar.email = 'omar.haddad@example.com';
    service().clock.advance(24 * HOUR_MS);

    const report = reportOf(await refresher()({}));

    expect(report).toMatchObject({ deactivated: [jane.id], emailChanged: [omar.id], joined: [] });
    const fresh = await service().restart();
    expect((await enroll(fresh)).outputs.errorCode).toBe('OWNER_DEACTIVATED');
    const found = await enroll(fresh, { email: 'omar.haddad@example.com' });
    expect(found.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: omar.id, resolvedFrom: 'CACHE' });
    const former = await enroll(fresh, { email: 'omar@example.com' });
    expect(former.outputs).toMatchObject({ outcome: 'ASSIGNED', ownerId: omar.id, resolvedFrom: 'CACHE' });
  });

  it('[R12] A refresh succeeds after many that failed half way, however many teams an owner is in', async () => {
    const teams = Array.from({ length: 600 }, (_one, n) => ({
      name: `Team ${n} ${'x'.repeat(200)}`,
      primary: n === 0,
    }));
    const jane = addActiveOwner(state(), PORTAL, { email: 'jane@example.com', teams });
    await refresher()({});
    renameOwner(state(), PORTAL, jane.id, 'jane@newco.example');
    const { client } = service().table;
    const real = client.send.bind(client);
    const send = jest.spyOn(client, 'send').mockImplementation((async (command: PutItemCommand) => {
      if (command instanceof PutItemCommand && command.input.Item?.pk?.S?.includes('#email#')) throw new Error('away');
      return real(command);
    }) as never);
    for (let runs = 0; runs < 12; runs += 1) {
      service().clock.advance(HOUR_MS);
      await expect(refresher()({})).rejects.toThrow('the table could not be used');
    }
    send.mockRestore();
    service().clock.advance(HOUR_MS);
    expect(reportOf(await refresher()({}))).toMatchObject({ emailChanged: [jane.id], teamChanged: [] });
    for (const email of ['jane@newco.example', 'jane@example.com']) {
      const { outputs } = await enroll(await service().restart(), { email });
      expect(outputs).toMatchObject({ ownerId: jane.id, primaryTeamName: teams[0]?.name, resolvedFrom: 'CACHE' });
    }
  });

  it('[R1] A refresh that fails on a page changes nothing, and the next one does everything', async () => {
    for (let n = 0; n < 501; n += 1) add(`p${n}`);
    service().simulator.faults.script({
      route: 'GET owners',
      nth: 2,
      times: 3,
      fault: { kind: 'status', status: 500 },
    });

    await expect(refresher()({})).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
    expect((await enroll(service(), { email: 'p0@example.com' })).outputs.resolvedFrom).toBe('LIVE');
    expect(reportOf(await refresher()({}))).toMatchObject({ active: 501 });
  });

  it('A refresh reports how long it took and the age of the owners that it found', async () => {
    add('jane');
    const measured = () => service().telemetry.counted.filter(({ name }) => name === 'OwnerDataAgeMs').length;
    await refresher()({});
    expect(measured()).toBe(0);
    service().clock.advance(HOUR_MS);
    await refresher()({});
    expect(measured()).toBe(1);
    await refresher()({ requestedAtEpochMs: 0 });
    expect(measured()).toBe(1);
  });

  it('[R2] A refresh refuses a listing in which most owners are gone, unless the operator confirms it', async () => {
    const people = Array.from({ length: 10 }, (_, n) => add(`p${n}`));
    await refresher()({});
    for (const { id } of people.slice(0, 6)) getPortal(state(), PORTAL).owners.delete(id);
    service().clock.advance(HOUR_MS);
    const mark = service().simulator.calls.mark();

    expect(await refresher()({})).toEqual({ kind: 'refused', reason: 'shrunk' });
    expect(service().simulator.calls.since(mark)).toHaveLength(4);
    expect(service().telemetry.counted).toContainEqual({
      name: 'OwnerListingRefused',
      dimensions: { reason: 'shrunk' },
    });
    const found = await enroll(service(), { email: 'p0@example.com', action: 'find' });
    expect(found.outputs).toMatchObject({ outcome: 'FOUND', resolvedFrom: 'CACHE' });

    expect(reportOf(await refresher()({ force: true })).removed).toHaveLength(6);
  });

  it('[R3] A refresh refuses a listing whose pages repeat', async () => {
    add('jane');
    const circle = { results: [], paging: { next: { after: 'c1' } } };
    service().simulator.faults.script({ route: 'GET owners', times: 2, fault: { kind: 'json', body: circle } });
    expect(await refresher()({})).toEqual({ kind: 'refused', reason: 'repeated_cursor' });
  });

  it('[R5] The refresh of an account that is not connected ends without an error, and other accounts are refreshed', async () => {
    add('jane');
    expect(await refresher(4_999_999)({})).toEqual({ kind: 'skipped', reason: 'not_connected' });
    expect(await refresher()({})).toMatchObject({ kind: 'done' });
  });

  it('[R7] A refresh that runs out of time continues from its cursor, with the same result as an uninterrupted one', async () => {
    for (let n = 0; n < 501; n += 1) add(`p${n}`);
    const { clock, simulator } = service();
    // Each call takes a second, and a second is all there is: one page a round, and none of the writing in the last one.
    const run = refresher(PORTAL, () => clock.advance(1_000));
    const mark = simulator.calls.mark();

    let order: Partial<RefreshJob> = { runId: 'run-long', requestedAtEpochMs: clock.now() };
    const kinds: string[] = [];
    while (kinds.at(-1) !== 'done' && kinds.length < 10) {
      const outcome = await run(order, clock.now() + 1_000);
      kinds.push(outcome.kind);
      if (outcome.kind === 'toBeContinued') order = outcome.job;
    }

    expect(kinds).toEqual(['toBeContinued', 'toBeContinued', 'toBeContinued', 'done']);
    expect(simulator.calls.since(mark)).toHaveLength(3);
    const last = await enroll(await service().restart(), { email: 'p500@example.com' });
    expect(last.outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'CACHE' });
  });

  it('[R8] A refresh that is done is not repeated, and only one of two simultaneous ones is recorded', async () => {
    add('jane');
    const requestedAtEpochMs = service().clock.now();
    await refresher()({ requestedAtEpochMs });
    expect(await refresher()({ requestedAtEpochMs })).toEqual({ kind: 'skipped', reason: 'done_already' });

    service().clock.advance(24 * HOUR_MS);
    add('omar');
    const outcomes = await Promise.all([refresher()({}), refresher()({})]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'skipped']);
  });

  it('[R13] Before the first refresh, owners are found by asking HubSpot', async () => {
    add('jane');
    expect((await enroll(service())).outputs).toMatchObject({ outcome: 'ASSIGNED', resolvedFrom: 'LIVE' });
  });

  it('A refresh separates accounts', async () => {
    const here = add('jane');
    const there = add('jane', OTHER_PORTAL);
    await refresher()({});
    await refresher(OTHER_PORTAL)({});
    expect((await enroll(service())).outputs.ownerId).toBe(here.id);
    expect((await enroll(service(), { portalId: OTHER_PORTAL })).outputs.ownerId).toBe(there.id);
  });
});
