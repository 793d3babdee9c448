import { toDeadline } from '../../../lib/domain/deadline.ts';
import { MissingScopesError, StoreUnavailableError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import type { OwnersApi } from '../../../lib/ports/hubspot.ts';
import type { OwnerResolver } from '../../../lib/ports/steps.ts';
import type { OwnerCache } from '../../../lib/ports/store.ts';
import { createInMemoryOwnerCache } from '../../../lib/store/in-memory-owner-cache.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory, type FakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { type FakeClock, makeClock } from '../../support/clock.ts';

const JANE = toEmail('jane@example.com');
const OWNER_MAX_AGE_MS = 26 * 3_600_000;
const REFUSAL_MAX_AGE_MS = 60_000;
const DOWN = new UpstreamUnavailableError('timeout');

let clock: FakeClock;
let cache: FakeOwnerCache;
let ownersApi: FakeOwnerDirectory;
let resolver: OwnerResolver;

function start(owners: readonly Owner[] = [], options: { ignoresFilter?: boolean } = {}): void {
  clock = makeClock();
  cache = createFakeOwnerCache();
  ownersApi = createFakeOwnerDirectory(owners, options);
  resolver = makeResolver(cache);
}

function makeResolver(owners: OwnerCache): OwnerResolver {
  return createOwnerResolver({
    cache: owners,
    ownersApi,
    now: clock.now,
    ownerMaxAgeMs: OWNER_MAX_AGE_MS,
    metrics: { count: () => undefined, measure: () => undefined },
  });
}

const resolve = (input: string = JANE) => resolver.resolveEmail(PORTAL_A, input, toDeadline(clock.now() + 8_000));
const cacheRow = (owners: readonly Owner[], ageMs = 0) =>
  cache.rememberEmail(PORTAL_A, JANE, { owners, confirmedAtEpochMs: clock.now() - ageMs });

describe('With a row that is young enough', () => {
  beforeEach(() => start());

  it('A young row resolves an email without a call, and the result contains its age', async () => {
    await cacheRow([makeOwner({ id: '1' })], 90_400);
    expect(await resolve(' JANE@example.com ')).toMatchObject({
      kind: 'assignable',
      owner: { id: '1' },
      from: 'CACHE',
      ageSeconds: 90,
    });
    expect(ownersApi.calls).toEqual([]);
  });

  const renamed = { email: 'renamed@example.com', formerEmails: [JANE] };
  it.each<[number, string, string, Partial<Parameters<typeof makeOwner>[0]>]>([
    [OWNER_MAX_AGE_MS, 'CACHE', 'an owner at the limit of the leaver guard', {}],
    [OWNER_MAX_AGE_MS + 1, 'LIVE', 'an owner past it', {}],
    [3_600_000, 'CACHE', 'an hour later, a former address is still theirs', renamed],
    [3_600_001, 'LIVE', 'after that, somebody else may have it', renamed],
  ])('[O5, M2] A row that is %i ms old is answered from %s: %s', async (ageMs, from, _why, change) => {
    ownersApi.owners.push(makeOwner({ id: '1', ...change }));
    await cacheRow([makeOwner({ id: '1', ...change })], ageMs);
    expect(await resolve()).toMatchObject({ kind: 'assignable', from });
  });

  const left = makeArchivedOwner({ id: '1' });
  const queue = makeQueueOwner({ id: '2' });
  const twins = [makeOwner({ id: '3' }), makeOwner({ id: '4' })];
  it.each<[string, Owner[]]>([
    ['OWNER_NOT_FOUND', []],
    ['OWNER_DEACTIVATED', [left]],
    ['OWNER_IS_QUEUE', [queue]],
    ['OWNER_AMBIGUOUS', twins],
  ])('[H27] The refusal %s is trusted for 60 seconds and no longer', async (code, owners) => {
    ownersApi.owners.push(makeOwner({ id: '9' }));
    await cacheRow(owners, REFUSAL_MAX_AGE_MS);
    expect(await resolve()).toMatchObject({ kind: 'refused', code, from: 'CACHE', ageSeconds: 60 });
    expect(ownersApi.calls).toEqual([]);
    clock.advance(1);
    expect(await resolve()).toMatchObject({ kind: 'assignable', owner: { id: '9' }, from: 'LIVE' });
  });
});

describe('Without a row', () => {
  it.each<[string, Owner[], object, string[]]>([
    [
      'finds an active owner in one call',
      [makeOwner({ id: '1' }), makeArchivedOwner({ id: '2' })],
      { kind: 'assignable', owner: { id: '1' }, from: 'LIVE', ageSeconds: 0 },
      [`active ${JANE}`],
    ],
    [
      '[O4] finds one who left among the archived',
      [makeArchivedOwner({ id: '2' })],
      { kind: 'refused', code: 'OWNER_DEACTIVATED', about: [{ id: '2' }] },
      // An active person by the suffix would win, and a second leaver by it has a say in who succeeds them.
      [`active ${JANE}`, `active ${JANE}.invalid`, `archived ${JANE}`, `archived ${JANE}.invalid`],
    ],
    [
      '[M3] finds an active person by the suffix of sandbox portals before it asks for those who left',
      [makeOwner({ id: '3', email: `${JANE}.invalid` }), makeArchivedOwner({ id: '2' })],
      { kind: 'assignable', owner: { id: '3' }, matchedBy: 'EMAIL' },
      [`active ${JANE}`, `active ${JANE}.invalid`],
    ],
    [
      '[O2] says that the email is a queue',
      [makeQueueOwner({ id: '4' })],
      { kind: 'refused', code: 'OWNER_IS_QUEUE', about: [{ id: '4' }] },
      [`active ${JANE}`, `active ${JANE}.invalid`],
    ],
    [
      '[O3] picks none of two',
      [makeOwner({ id: '6' }), makeOwner({ id: '5' })],
      { kind: 'refused', code: 'OWNER_AMBIGUOUS', about: [{ id: '5' }, { id: '6' }] },
      [`active ${JANE}`],
    ],
    [
      'says that nobody has the email',
      [],
      { kind: 'refused', code: 'OWNER_NOT_FOUND', about: [], from: 'LIVE' },
      [`active ${JANE}`, `active ${JANE}.invalid`, `archived ${JANE}`, `archived ${JANE}.invalid`],
    ],
  ])('Without a row, an email is resolved live: %s', async (_why, owners, expected, calls) => {
    start(owners);
    expect(await resolve()).toMatchObject(expected);
    expect(ownersApi.calls).toEqual(calls);
    // The second time it is known.
    expect(await resolve()).toMatchObject({ kind: expected['kind' as keyof object], from: 'CACHE' });
    expect(ownersApi.calls).toEqual(calls);
  });

  it('Resolving an email that has the sandbox suffix does not add another one', async () => {
    start();
    await resolve(`${JANE}.invalid`);
    expect(ownersApi.calls).toEqual([`active ${JANE}.invalid`, `archived ${JANE}.invalid`]);
  });

  it("[O1] HubSpot's answer is filtered, so that owners without email and similar emails never count", async () => {
    const others = [
      makeOwner({ id: '1', email: undefined }),
      makeOwner({ id: '2', email: 'jane@example.com.au' }),
      makeOwner({ id: '3', email: 'mary-jane@example.com' }),
      makeQueueOwner({ id: '4', email: undefined }),
    ];
    start(others, { ignoresFilter: true });
    expect(await resolve()).toMatchObject({ code: 'OWNER_NOT_FOUND' });
    expect(await cache.findByEmail(PORTAL_A, JANE)).toMatchObject({ owners: [] });
    clock.advance(REFUSAL_MAX_AGE_MS + 1);
    ownersApi.owners.push(makeOwner({ id: '5' }));
    expect(await resolve()).toMatchObject({ kind: 'assignable', owner: { id: '5' } });
  });

  it('The age of an answer starts before the question, not after the reply', async () => {
    start([makeOwner({ id: '1' })]);
    const askedAt = clock.now();
    const slow: OwnersApi = {
      ...ownersApi,
      async listByEmail() {
        clock.advance(5_000);
        return [makeOwner({ id: '1' })];
      },
    };
    resolver = createOwnerResolver({
      cache,
      ownersApi: slow,
      now: clock.now,
      ownerMaxAgeMs: OWNER_MAX_AGE_MS,
      metrics: { count: () => undefined, measure: () => undefined },
    });
    await resolve();
    expect(await cache.findByEmail(PORTAL_A, JANE)).toMatchObject({ confirmedAtEpochMs: askedAt });
  });
});

describe('While HubSpot is away', () => {
  beforeEach(() => {
    start();
    ownersApi.outage.fail(DOWN);
  });

  it('While HubSpot is away, an owner in a young row is still returned', async () => {
    await cacheRow([makeOwner({ id: '1' })], OWNER_MAX_AGE_MS);
    expect(await resolve()).toMatchObject({ kind: 'assignable', from: 'CACHE' });
  });

  it('[O5] While HubSpot is away, an owner who may have left since is not returned', async () => {
    await cacheRow([makeOwner({ id: '1' })], OWNER_MAX_AGE_MS + 1);
    await expect(resolve()).rejects.toBe(DOWN);
  });

  it('While HubSpot is away, a refusal is returned until its row is too old', async () => {
    await cacheRow([makeArchivedOwner({ id: '1' })], OWNER_MAX_AGE_MS);
    expect(await resolve()).toMatchObject({ code: 'OWNER_DEACTIVATED', from: 'CACHE', ageSeconds: 93_600 });
    clock.advance(1);
    await expect(resolve()).rejects.toBe(DOWN);
  });

  it('While HubSpot is away, an old absence does not refuse somebody who may have been hired since', async () => {
    await cacheRow([], REFUSAL_MAX_AGE_MS + 1);
    await expect(resolve()).rejects.toBe(DOWN);
  });

  it('A permanent error is reported rather than an answer from an old row', async () => {
    const noScope = new MissingScopesError('c-1');
    ownersApi.outage.fail(noScope);
    await cacheRow([makeArchivedOwner({ id: '1' })], REFUSAL_MAX_AGE_MS + 1);
    await expect(resolve()).rejects.toBe(noScope);
  });
});

it('While the table is away, HubSpot is asked, and the answer is returned although it cannot be remembered', async () => {
  start([makeOwner({ id: '1' })]);
  cache.outage.fail(new StoreUnavailableError('down'));
  expect(await resolve()).toMatchObject({ kind: 'assignable', owner: { id: '1' }, from: 'LIVE' });
  expect(await resolver.resolveOwnerId(PORTAL_A, toOwnerId('1'), toDeadline(clock.now() + 8_000))).toMatchObject({
    id: '1',
  });
});

it('[M2] While the table is away, an address that nobody has is no final answer, because somebody may have had it', async () => {
  start();
  cache.outage.fail(new StoreUnavailableError('down'));
  await expect(resolve()).rejects.toBeInstanceOf(StoreUnavailableError);
});

it('[M1] Somebody who left and is met under an old email keeps the newer one in the table, whatever a container remembers', async () => {
  const newer = toEmail('jane.roe@example.com');
  start([makeArchivedOwner({ email: undefined })]);
  await cacheRow([makeOwner()], OWNER_MAX_AGE_MS + 1);
  const renamed = makeOwner({ email: newer, formerEmails: [JANE] });
  await cache.rememberEmail(PORTAL_A, newer, { owners: [renamed], confirmedAtEpochMs: clock.now() - 1 });
  resolver = makeResolver(createInMemoryOwnerCache(cache, { now: clock.now }));
  expect(await resolve()).toMatchObject({ kind: 'refused', code: 'OWNER_DEACTIVATED' });
  expect((await cache.findByOwnerId(PORTAL_A, renamed.id))?.owner).toMatchObject({
    archived: true,
    formerEmails: [JANE, newer],
  });
});

it('An outage does not hide a programming mistake', async () => {
  start([makeOwner({ id: '1' })]);
  cache.outage.fail(new TypeError('a mistake'));
  await expect(resolve()).rejects.toThrow('a mistake');
});
