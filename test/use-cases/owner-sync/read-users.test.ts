import type { CrmUser, UsersReading } from '../../../lib/domain/crm-user.ts';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { MAX_SYNC_PAGES } from '../../../lib/domain/owner-listing.ts';
import type { UsersApi } from '../../../lib/ports/hubspot.ts';
import { createReadUsers } from '../../../lib/use-cases/owner-sync/read-users.ts';
import { PORTAL_A, toOwnerId, toUserId, toUserRecordId } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { makeListing } from '../../builders/owner-listing.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../../support/clock.ts';

type Page = Awaited<ReturnType<UsersApi['listUsers']>>;
const DAY_MS = 86_400_000;
const LATER = START_EPOCH_MS + 60_000;
const JANE = makeOwner({ id: '1' });
const LISTING = makeListing([JANE]);
const AWAY = { recordId: toUserRecordId('901'), internalUserId: toUserId('101'), availability: 'away' };
const KNOWN = new Map([[JANE.id, { ...JANE, user: AWAY }]]);

const makeUser = (recordId: number, ownerId?: string): CrmUser => ({
  recordId: toUserRecordId(recordId),
  internalUserId: undefined,
  availability: 'available',
  email: undefined,
  ownerId: ownerId === undefined ? undefined : toOwnerId(ownerId),
});

function setUp(
  pageAfter: (after: string | undefined) => Page | Error,
  clock: FakeClock = makeClock(),
  installedAt?: () => Promise<number>,
) {
  const asked: (string | undefined)[] = [];
  const warnings: string[] = [];
  const silent = () => undefined;
  const readUsers = createReadUsers({
    users: {
      async listUsers(_portalId, after) {
        asked.push(after);
        const page = pageAfter(after);
        if (page instanceof Error) throw page;
        return page;
      },
    },
    now: clock.now,
    installedAt,
    log: { debug: silent, info: silent, error: silent, warn: (message) => void warnings.push(message) },
  });
  const read = (last?: UsersReading, stopAt = LATER) => readUsers(PORTAL_A, LISTING, KNOWN, last, toDeadline(stopAt));
  return { read, asked, warnings, clock };
}

it('Users are read to the last page and matched with their owners', async () => {
  const pages: Record<string, Page> = {
    first: { users: [makeUser(901, '1'), makeUser(902)], after: 'a' },
    a: { users: [], after: 'b' },
    b: { users: [makeUser(903, '77')], after: undefined },
  };
  const { read, asked } = setUp((after) => pages[after ?? 'first'] ?? new Error('no such page'));

  const { reading, listing, users, calls } = await read();

  expect(asked).toEqual([undefined, 'a', 'b']);
  expect(calls).toBe(3);
  expect(reading).toEqual({ status: 'read', users: 3, withoutOwner: 1 });
  expect(users.map(({ recordId }) => recordId)).toEqual(['901', '902', '903']);
  expect(listing.owners.get(JANE.id)?.user).toMatchObject({ recordId: '901', availability: 'available' });
});

describe('Rows that cannot be read', () => {
  it('[T1] Unreadable user rows are counted, and their owners keep what was known about the user', async () => {
    const { read } = setUp(() => ({ users: [makeUser(902)], odd: 2, after: undefined }));
    const { reading, listing, users, oddUsers } = await read();
    expect(reading).toMatchObject({ status: 'read', users: 1 });
    expect([users.length, oddUsers]).toEqual([1, 2]);
    expect(listing.owners.get(JANE.id)).toEqual({ ...JANE, user: AWAY });
  });

  it.each([
    ['the first page has no other', [{ users: [], odd: 1, after: undefined }]],
    [
      'a page has two and no other',
      [
        { users: [makeUser(902)], after: 'a' },
        { users: [], odd: 2, after: undefined },
      ],
    ],
  ])('[T1] Unreadable rows make the list of users unusable when %s', async (_why, pages: Page[]) => {
    const queue = [...pages];
    const { read } = setUp(() => queue.shift() ?? new Error('no such page'));
    expect(await read()).toMatchObject({ reading: { status: 'unavailable' }, oddUsers: 0 });
  });
});

it('A single unreadable row on a later page is left out, and the other users are used', async () => {
  const pages: Page[] = [
    { users: [makeUser(901, '1')], after: 'a' },
    { users: [], odd: 1, after: undefined },
  ];
  const { read } = setUp(() => pages.shift() ?? new Error('no such page'));
  expect(await read()).toMatchObject({ reading: { status: 'read', users: 1 }, oddUsers: 1 });
});

it('An owner whose user is missing from a complete list keeps nothing of that user', async () => {
  const { read } = setUp(() => ({ users: [makeUser(902)], after: undefined }));
  expect((await read()).listing.owners.get(JANE.id)).toEqual(JANE);
});

it('No page of users is requested after the time is over', async () => {
  const { read, asked } = setUp(() => ({ users: [], after: undefined }));
  expect((await read(undefined, START_EPOCH_MS)).reading).toEqual({ status: 'unavailable' });
  expect((await read(undefined, START_EPOCH_MS + 1)).reading).toMatchObject({ status: 'read' });
  expect(asked).toHaveLength(1);
});

describe('Without the scope', () => {
  const refused = () => setUp(() => new MissingScopesError(undefined));

  it('Without the scope for users, the refresh goes on and says when it asked', async () => {
    const { read } = refused();
    expect(await read()).toEqual({
      reading: { status: 'not_granted', askedAtEpochMs: START_EPOCH_MS },
      listing: LISTING,
      users: [],
      oddUsers: 0,
      calls: 1,
    });
  });

  it('Missing access to users is trusted for seven days, and then requested again', async () => {
    const { read, asked, clock } = refused();
    const { reading } = await read();
    clock.advance(7 * DAY_MS - 1);
    expect(await read(reading)).toEqual({ reading, listing: LISTING, users: [], oddUsers: 0, calls: 0 });
    expect(asked).toHaveLength(1);
    clock.advance(1);
    const again = await read(reading, clock.now() + 1);
    expect(again.reading).toEqual({ status: 'not_granted', askedAtEpochMs: clock.now() });
    expect(asked).toHaveLength(2);
  });

  it('[M10] Users are requested again after a new install, which may have granted the scope', async () => {
    let installedAtEpochMs = START_EPOCH_MS - 1;
    const { read, asked, clock } = setUp(
      () => new MissingScopesError(undefined),
      makeClock(),
      async () => installedAtEpochMs,
    );
    const { reading } = await read();
    clock.advance(60_000);
    await read(reading);
    expect(asked).toHaveLength(1);
    installedAtEpochMs = clock.now();
    expect((await read(reading, clock.now() + 1)).reading).toEqual({
      status: 'not_granted',
      askedAtEpochMs: clock.now(),
    });
    expect(asked).toHaveLength(2);
  });

  it('Users are requested every time after a run that could read them, or that HubSpot failed', async () => {
    const { read, asked } = refused();
    await read({ status: 'read', users: 1, withoutOwner: 0 });
    await read({ status: 'unavailable' });
    expect(asked).toHaveLength(2);
  });
});

describe('When HubSpot fails, the owners keep what was known about their users', () => {
  it.each([
    ['is away', new UpstreamUnavailableError('http_503')],
    ['answers in another shape', new UpstreamContractError('unknown shape')],
    ['says that the limit is spent', new RateLimitedError(10_000)],
  ])('Owners keep what was known about their users when HubSpot %s', async (_why, error) => {
    const { read, warnings } = setUp((after) => (after === undefined ? { users: [makeUser(902)], after: 'a' } : error));
    const { reading, listing, users, calls } = await read();
    expect(reading).toEqual({ status: 'unavailable' });
    expect(listing.owners.get(JANE.id)).toEqual({ ...JANE, user: AWAY });
    expect([users, calls]).toEqual([[], 2]);
    expect(warnings).toHaveLength(1);
  });

  it.each([
    ['whose cursor repeats', () => ({ users: [], after: 'same' }), 2],
    ['that never end', (after = '0') => ({ users: [], after: String(Number(after) + 1) }), MAX_SYNC_PAGES],
  ])(
    'Owners keep what was known about their users when HubSpot sends pages %s',
    async (_why, page: (after?: string) => Page, calls) => {
      const { read, asked } = setUp(page);
      expect((await read()).reading).toEqual({ status: 'unavailable' });
      expect(asked).toHaveLength(calls);
    },
  );

  it('Owners keep what was known about their users when the time is over', async () => {
    const { read, asked, clock } = setUp((after) => {
      clock.advance(40_000);
      return { users: [], after: `${after}+` };
    });
    expect((await read()).reading).toEqual({ status: 'unavailable' });
    expect(asked).toHaveLength(2);
    expect((await read(undefined, 0)).calls).toBe(0);
  });
});

it.each([
  ['a portal that is not connected', new PortalNotConnectedError('gone')],
  ['our own fault', new TypeError('a bug')],
])('Reading users does not hide %s', async (_what, error) => {
  await expect(setUp(() => error).read()).rejects.toBe(error);
});
