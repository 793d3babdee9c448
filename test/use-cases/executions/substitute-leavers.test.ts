import { toDeadline } from '../../../lib/domain/deadline.ts';
import { StoreUnavailableError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { createFindOwner } from '../../../lib/use-cases/executions/find-owner.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { createSetOwner } from '../../../lib/use-cases/executions/set-owner.ts';
import { createSubstitutingResolver } from '../../../lib/use-cases/executions/substitute-leavers.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { makeCommand } from '../../builders/queued-execution.ts';
import { createFakeCrmRecords, type FakeCrmRecords } from '../../fakes/crm-records.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeSuccessors, type FakeSuccessors } from '../../fakes/successors.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { createFakeWorkLog } from '../../fakes/work-log.ts';
import { type FakeClock, makeClock } from '../../support/clock.ts';

const GUARD_MS = 3_600_000;
const LEFT = makeArchivedOwner({ id: '2', userId: '12', email: 'left@example.com' });
const BOB = makeOwner({ id: '4', userId: '14', email: 'bob@example.com' });
const REFUSED = { kind: 'refused', code: 'INVALID_OWNER_ID', hubspotCorrelationId: 'c-1' } as const;

let clock: FakeClock;
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let successors: FakeSuccessors;
let records: FakeCrmRecords;

beforeEach(() => {
  clock = makeClock();
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory([makeOwner({ id: '1' }), LEFT, BOB]);
  successors = createFakeSuccessors();
  records = createFakeCrmRecords();
});

const store = (...links: [string, string][]) =>
  Promise.all(links.map(([from, to]) => successors.setSuccessor(PORTAL_A, toOwnerId(from), toOwnerId(to), 0)));

function makeResolver() {
  const resolver = createOwnerResolver({
    cache,
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: GUARD_MS,
    metrics: { count: () => undefined, measure: () => undefined },
  });
  return createSubstitutingResolver({ resolver, successors });
}

const find = (ownerEmail = 'left@example.com', portalId = PORTAL_A) =>
  createFindOwner(makeResolver())({ portalId, ownerEmail }, toDeadline(clock.now() + 8_000));

function set(change: { ownerEmail?: string; currentValue?: string } = {}) {
  const resolver = makeResolver();
  const command = makeCommand({ ownerEmail: 'left@example.com', ...change });
  return createSetOwner({
    resolver,
    records,
    workLog: createFakeWorkLog(clock.now),
    checkOwnerProperty: async () => undefined,
    now: clock.now,
    log: createFakeTelemetry().log,
  })(command, toDeadline(clock.now() + 8_000));
}

describe('The email of a leaver', () => {
  it('The email of a leaver gives their successor', async () => {
    await store(['2', '4']);
    const by = { substitutedFor: '2', matchedBy: 'EMAIL' };
    const told = { ownerId: '4', ...by, resolvedFrom: 'LIVE', ownerDataAgeSeconds: 0 };
    expect(await find()).toEqual({ outcome: 'FOUND', ...told });
    expect(await set()).toEqual({ outcome: 'ASSIGNED', previousOwnerId: '', ...told, resolvedFrom: 'CACHE' });
    expect(await set({ currentValue: '4' })).toMatchObject({ outcome: 'ALREADY_ASSIGNED', substitutedFor: '2' });
    expect(records.calls).toEqual(['write hubspot_owner_id=4']);
  });

  it('The email of a leaver without a successor gives nobody, with the same result as before', async () => {
    const deactivated = { outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED', aboutOwnerIds: ['2'] };
    expect(await find()).toEqual({ ...deactivated, resolvedFrom: 'LIVE', ownerDataAgeSeconds: 0 });
    await successors.setSuccessor(PORTAL_B, LEFT.id, BOB.id, 0);
    expect(await find()).toMatchObject(deactivated);
    await store(['2', '4'], ['4', '2']);
    ownersApi.owners.splice(2, 1, makeArchivedOwner({ id: '4' }));
    expect(await find()).toMatchObject(deactivated);
  });

  it('An email gives its owner until they leave, whoever was set as successor in advance', async () => {
    await store(['1', '4']);
    expect(await find('jane@example.com')).toMatchObject({ ownerId: '1' });
    expect(successors.reads()).toBe(0);
    ownersApi.owners.splice(0, 1, makeArchivedOwner({ id: '1' }));
    clock.advance(GUARD_MS + 1);
    expect(await find('jane@example.com')).toMatchObject({ ownerId: '4', substitutedFor: '1' });
  });

  it.each<[string, [string, string][], string | undefined]>([
    ['only one has a successor', [['8', '4']], '8'],
    [
      'both have the same',
      [
        ['8', '4'],
        ['9', '4'],
      ],
      '8',
    ],
    [
      'one succeeds the other',
      [
        ['8', '9'],
        ['9', '4'],
      ],
      '8',
    ],
    [
      'they differ',
      [
        ['8', '4'],
        ['9', '1'],
      ],
      undefined,
    ],
  ])('The email of two leavers gives a successor when they agree: %s', async (_why, links, substitutedFor) => {
    ownersApi.owners.push(makeArchivedOwner({ id: '8', email: 'twice@example.com' }));
    ownersApi.owners.push(makeArchivedOwner({ id: '9', email: 'twice@example.com' }));
    await store(...links);
    const expected = substitutedFor ? { ownerId: '4', substitutedFor } : { errorCode: 'OWNER_DEACTIVATED' };
    expect(await find('twice@example.com')).toMatchObject(expected);
  });
});

it.each(['', 'nonsense', 'nobody@example.com', '12', 'jane@example.com'])(
  'No successor is read for the email %j',
  async (email) => {
    await find(email);
    expect(successors.reads()).toBe(0);
  },
);

it('No successor is read for two active people with one email, and neither is chosen', async () => {
  ownersApi.owners.push(makeOwner({ id: '8', email: 'twins@example.com' }));
  ownersApi.owners.push(makeOwner({ id: '9', email: 'twins@example.com' }));
  await store(['8', '4']);
  expect(await find('twins@example.com')).toMatchObject({ errorCode: 'OWNER_AMBIGUOUS', aboutOwnerIds: ['8', '9'] });
  expect(successors.reads()).toBe(0);
});

describe('During outages', () => {
  const away = new UpstreamUnavailableError('timeout');

  it('An old refusal, good enough to refuse, assigns nobody', async () => {
    await find();
    await store(['2', '4']);
    await cache.rememberOwner(PORTAL_A, BOB.id, { owner: BOB, confirmedAtEpochMs: clock.now() });
    clock.advance(60_000);
    ownersApi.outage.fail(away);
    expect(await find()).toMatchObject({ ownerId: '4', substitutedFor: '2', ownerDataAgeSeconds: 60 });
    clock.advance(1_000);
    await expect(find()).rejects.toBe(away);
    await successors.removeSuccessor(PORTAL_A, LEFT.id);
    expect(await find()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', ownerDataAgeSeconds: 61 });
  });

  it('[O5] A successor without a young row is not assigned while HubSpot is away', async () => {
    await find();
    await store(['2', '4']);
    ownersApi.outage.fail(away);
    await expect(find()).rejects.toBe(away);
  });

  it('While the table cannot say whether a successor was set, the execution is retried', async () => {
    successors.outage.fail(new StoreUnavailableError('away'));
    await expect(find()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(await find('jane@example.com')).toMatchObject({ outcome: 'FOUND' });
  });
});

describe('A successor whose ID HubSpot refuses', () => {
  const rememberBob = () => cache.rememberOwner(PORTAL_A, BOB.id, { owner: BOB, confirmedAtEpochMs: clock.now() });

  beforeEach(async () => {
    await store(['2', '4'], ['4', '1']);
    await rememberBob();
    records.refusals.push(REFUSED);
  });

  it('[O6, H1] A refused successor is looked up once more, and the next in the chain is written', async () => {
    ownersApi.owners.splice(2, 1);
    expect(await set()).toMatchObject({ outcome: 'ASSIGNED', ownerId: '1', substitutedFor: '2' });
    expect(records.calls).toEqual(['write hubspot_owner_id=4', 'write hubspot_owner_id=1']);
  });

  it('[O5, H1] A refused successor ends the step when HubSpot still has them', async () => {
    expect(await set()).toMatchObject({ outcome: 'FAILED', errorCode: 'INVALID_OWNER_ID', aboutOwnerIds: ['4'] });
    expect(records.calls).toHaveLength(1);
    expect(ownersApi.calls).toContain('active 4');
  });

  it('A refused successor gives way to the leaver who came back meanwhile', async () => {
    await cache.rememberEmail(PORTAL_A, toEmail('left@example.com'), {
      owners: [LEFT],
      confirmedAtEpochMs: clock.now(),
    });
    ownersApi.owners.splice(1, 1, makeOwner({ id: '2', email: 'left@example.com' }));
    const result = await set();
    expect(result).toMatchObject({ outcome: 'ASSIGNED', ownerId: '2' });
    expect(result).not.toHaveProperty('substitutedFor');
  });

  it('A refused successor without a next one ends the step as before', async () => {
    await successors.removeSuccessor(PORTAL_A, BOB.id);
    ownersApi.owners.splice(2, 1, makeArchivedOwner({ id: '4' }));
    expect(await set()).toMatchObject({ errorCode: 'OWNER_DEACTIVATED', aboutOwnerIds: ['2'] });
  });
});
