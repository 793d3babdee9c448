import type { OwnerEmail } from '../../lib/domain/email.ts';
import type { FindByEmails, OwnerCache } from '../../lib/ports/store.ts';
import { createInMemoryOwnerCache } from '../../lib/store/in-memory-owner-cache.ts';
import { PORTAL_A, PORTAL_B, toEmail, toOwnerId, toUserId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';
import { createFakeOwnerCache, type FakeOwnerCache } from '../fakes/owner-cache.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';

const JANE = toEmail('jane@example.com');
const OWNER = makeOwner({ id: '1', userId: '11' });
const LIFETIME_MS = 30_000;

let clock: FakeClock;
let store: FakeOwnerCache;
let memory: OwnerCache;

beforeEach(async () => {
  clock = makeClock();
  store = createFakeOwnerCache();
  memory = createInMemoryOwnerCache(store, { now: clock.now });
  await store.rememberEmail(PORTAL_A, JANE, { owners: [OWNER], confirmedAtEpochMs: clock.now() });
});

const readsOf = async (work: () => Promise<unknown>) => {
  const before = store.reads();
  await work();
  return store.reads() - before;
};

it.each([
  [LIFETIME_MS - 1, 0, 'just before its time is over'],
  [LIFETIME_MS, 1, 'when its time is over'],
])('A second lookup in the in-memory owner cache after %i ms makes %i reads of the table: %s', async (ms, reads) => {
  await memory.findByEmail(PORTAL_A, JANE);
  clock.advance(ms);
  expect(await readsOf(() => memory.findByEmail(PORTAL_A, JANE))).toBe(reads);
});

it('The in-memory owner cache shows a change of the table within half a minute, however often it is asked', async () => {
  await memory.findByEmail(PORTAL_A, JANE);
  const left = makeArchivedOwner({ id: '1', userId: '11' });
  await store.rememberEmail(PORTAL_A, JANE, { owners: [left], confirmedAtEpochMs: clock.now() + 1 });
  for (let asked = 0; asked < 6; asked += 1) {
    clock.advance(LIFETIME_MS / 6);
    await memory.findByEmail(PORTAL_A, JANE);
  }
  expect((await memory.findByEmail(PORTAL_A, JANE))?.owners).toEqual([left]);
  expect((await memory.findByOwnerId(PORTAL_A, OWNER.id))?.owner).toEqual(left);
});

it('The in-memory owner cache never makes a row look younger than it is', async () => {
  const confirmedAtEpochMs = clock.now();
  clock.advance(3_600_000);
  expect((await memory.findByEmail(PORTAL_A, JANE))?.confirmedAtEpochMs).toBe(confirmedAtEpochMs);
  clock.advance(10_000);
  expect((await memory.findByEmail(PORTAL_A, JANE))?.confirmedAtEpochMs).toBe(confirmedAtEpochMs);
  expect((await memory.findByOwnerId(PORTAL_A, OWNER.id))?.confirmedAtEpochMs).toBe(confirmedAtEpochMs);
});

it.each([
  [0, 'at first'],
  [LIFETIME_MS + 1, 'once the first memory of both is over'],
  [3 * LIFETIME_MS, 'later'],
])(
  'The in-memory owner cache returns a person by ID without a read when the email was just found, %i ms later: %s',
  async (ms) => {
    await memory.findByEmail(PORTAL_A, JANE);
    await memory.findByOwnerId(PORTAL_A, OWNER.id);
    clock.advance(ms);
    await memory.findByEmail(PORTAL_A, JANE);
    expect(await readsOf(() => memory.findByOwnerId(PORTAL_A, OWNER.id))).toBe(0);
    expect(await readsOf(() => memory.findByUserId(PORTAL_A, toUserId('11')))).toBe(0);
  },
);

it('The in-memory owner cache does not replace what is known by ID with an older row of the email', async () => {
  const left = makeArchivedOwner({ id: '1', userId: '11' });
  await memory.rememberOwner(PORTAL_A, OWNER.id, { owner: left, confirmedAtEpochMs: clock.now() + 1 });
  await memory.findByEmail(PORTAL_A, JANE);
  expect((await memory.findByOwnerId(PORTAL_A, OWNER.id))?.owner).toEqual(left);
  clock.advance(LIFETIME_MS);
  await memory.findByEmail(PORTAL_A, JANE);
  expect((await memory.findByOwnerId(PORTAL_A, OWNER.id))?.owner).toEqual(left);
});

it('The in-memory owner cache keeps what it was given during a slow read of the table', async () => {
  const gate = Promise.withResolvers<void>();
  const slow: OwnerCache = {
    ...store,
    async findByEmail(portalId, email) {
      const row = await store.findByEmail(portalId, email);
      await gate.promise;
      return row;
    },
  };
  memory = createInMemoryOwnerCache(slow, { now: clock.now });
  const reading = memory.findByEmail(PORTAL_A, JANE);
  const left = { owners: [makeArchivedOwner({ id: '1' })], confirmedAtEpochMs: clock.now() + 1 };
  await memory.rememberEmail(PORTAL_A, JANE, left);
  gate.resolve();
  await reading;
  expect(await memory.findByEmail(PORTAL_A, JANE)).toEqual(left);
});

it('The in-memory owner cache keeps a limited number of entries and drops the oldest first', async () => {
  memory = createInMemoryOwnerCache(store, { now: clock.now, maxEntries: 3 });
  const absence = { owner: undefined, confirmedAtEpochMs: clock.now() };
  for (const id of ['21', '22', '23', '24']) await memory.rememberOwner(PORTAL_A, toOwnerId(id), absence);
  const reads = ['22', '23', '24', '21'].map((id) => () => memory.findByOwnerId(PORTAL_A, toOwnerId(id)));
  const counts: number[] = [];
  for (const read of reads) counts.push(await readsOf(read));
  expect(counts).toEqual([0, 0, 0, 1]);
});

it('The in-memory owner cache separates accounts in one container', async () => {
  await memory.findByEmail(PORTAL_A, JANE);
  expect(await memory.findByEmail(PORTAL_B, JANE)).toBeUndefined();
  expect(await memory.findByOwnerId(PORTAL_B, OWNER.id)).toBeUndefined();
  expect(await memory.findByUserId(PORTAL_B, toUserId('11'))).toBeUndefined();
  expect(await readsOf(() => memory.findByEmail(PORTAL_A, JANE))).toBe(0);
});

it('The in-memory owner cache does not remember an unknown email, because another container may write it a moment later', async () => {
  const bob = toEmail('bob@example.com');
  expect(await memory.findByEmail(PORTAL_A, bob)).toBeUndefined();
  await store.rememberEmail(PORTAL_A, bob, { owners: [], confirmedAtEpochMs: clock.now() });
  expect(await memory.findByEmail(PORTAL_A, bob)).toEqual({ owners: [], confirmedAtEpochMs: clock.now() });
});

it('The in-memory owner cache answers with what it was given, even when the table could not be written', async () => {
  const cached = { owners: [makeOwner({ id: '5' })], confirmedAtEpochMs: clock.now() };
  store.outage.fail(new Error('the store is away'));
  await expect(memory.rememberEmail(PORTAL_A, JANE, cached)).rejects.toThrow('the store is away');
  expect(await memory.findByEmail(PORTAL_A, JANE)).toEqual(cached);
});

describe('Preparing for a batch', () => {
  const EMAILS = ['jane@example.com', 'omar@example.com', 'nobody@example.com'].map(toEmail);
  const [JANE, OMAR, NOBODY] = EMAILS as [OwnerEmail, OwnerEmail, OwnerEmail];
  const omar = makeOwner({ id: '410000002', userId: '52000002', email: OMAR });

  it('A prefetch reads unknown owners with one call, and later they are found by email and owner ID without another', async () => {
    const clock = makeClock();
    const cache = createFakeOwnerCache();
    const memory = createInMemoryOwnerCache(cache, { now: clock.now });
    await memory.rememberEmail(PORTAL_A, JANE, { owners: [makeOwner()], confirmedAtEpochMs: clock.now() });
    const asked: (readonly OwnerEmail[])[] = [];
    const findByEmails: FindByEmails = async (_portalId, emails) => {
      asked.push(emails);
      return new Map([[OMAR, { owners: [omar], confirmedAtEpochMs: clock.now() }]]);
    };
    await memory.prefetch(PORTAL_A, EMAILS, findByEmails);
    expect(asked).toEqual([[OMAR, NOBODY]]);
    expect((await memory.findByEmail(PORTAL_A, OMAR))?.owners).toEqual([omar]);
    expect((await memory.findByOwnerId(PORTAL_A, omar.id))?.owner).toEqual(omar);
    expect(await memory.findByEmail(PORTAL_B, OMAR)).toBeUndefined();
  });

  it('A prefetch reads nothing for known emails or for a single email, which is read as quickly when it is needed', async () => {
    const clock = makeClock();
    const memory = createInMemoryOwnerCache(createFakeOwnerCache(), { now: clock.now });
    const ask: FindByEmails = async () => {
      throw new Error('nobody is to be asked');
    };
    await memory.prefetch(PORTAL_A, [JANE], ask);
    for (const email of [JANE, OMAR]) {
      await memory.rememberEmail(PORTAL_A, email, { owners: [], confirmedAtEpochMs: clock.now() });
    }
    await memory.prefetch(PORTAL_A, [JANE, OMAR], ask);
  });

  it('A prefetch does not replace what was learned during its read', async () => {
    const clock = makeClock();
    const memory = createInMemoryOwnerCache(createFakeOwnerCache(), { now: clock.now });
    await memory.prefetch(PORTAL_A, [JANE, OMAR], async () => {
      await memory.rememberEmail(PORTAL_A, OMAR, { owners: [], confirmedAtEpochMs: clock.now() });
      return new Map([[OMAR, { owners: [omar], confirmedAtEpochMs: 1 }]]);
    });
    expect((await memory.findByEmail(PORTAL_A, OMAR))?.owners).toEqual([]);
  });
});
