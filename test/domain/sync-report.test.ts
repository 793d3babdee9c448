import { diffOwners } from '../../lib/domain/owner-diff.ts';
import { MAX_REPORTED_EMAILS, MAX_REPORTED_OWNERS } from '../../lib/domain/owner-sync.ts';
import { makeReport, type RunFacts } from '../../lib/domain/sync-report.ts';
import type { UnresolvedEmail } from '../../lib/domain/unresolved-email.ts';
import { toEmail, toOwnerId, toUserId, toUserRecordId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';

/** DynamoDB's limit of an item (quotas, read 2026-11-23). */
const MAX_ITEM_BYTES = 400 * 1024;

function makeFacts(owners: Parameters<typeof makeListing>[0], parts: Partial<RunFacts> = {}): RunFacts {
  const known = parts.known ?? { synced: new Map(), pending: new Map() };
  const listing = makeListing(owners, 1_000);
  return {
    runId: 'run-1',
    known,
    listing,
    diff: diffOwners(known, listing),
    reading: { status: 'unavailable' },
    users: [],
    oddUsers: 0,
    unresolved: [],
    hubspotCalls: 2,
    writes: 3,
    endedAtEpochMs: 1_250,
    ...parts,
  };
}

function makeUnresolved(email: string, count = 1, workflowIds: readonly string[] = ['62']): UnresolvedEmail {
  return { email: toEmail(email), count, workflowIds, lastSeenAtEpochMs: 900 };
}

const many = (count: number, email = (n: number) => `p${n}@example.com`) =>
  Array.from({ length: count }, (_, n) =>
    makeOwner({ id: String(1000 + n), userId: String(9000 + n), email: email(n) }),
  );

it('The refresh report says what became of people, how long the refresh took and what it cost', () => {
  const [joined, left, back, moved, gone] = many(5);
  const before = [left, back && { ...back, archived: true }, moved, gone].flatMap((owner) => owner ?? []);
  const after = [
    joined,
    left && { ...left, archived: true },
    back,
    moved && { ...moved, email: toEmail('new@example.com') },
  ];
  const known = { synced: new Map(before.map((owner) => [owner.id, owner])), pending: new Map() };

  const report = makeReport(
    makeFacts(
      after.flatMap((owner) => owner ?? []),
      { known },
    ),
  );

  expect(report).toMatchObject({
    joined: ['1000'],
    deactivated: ['1001'],
    reactivated: ['1002'],
    emailChanged: ['1003'],
    removed: ['1004'],
    totals: { joined: 1, deactivated: 1, reactivated: 1, emailChanged: 1, teamChanged: 0, removed: 1 },
    runId: 'run-1',
    startedAtEpochMs: 1_000,
    durationMs: 250,
    hubspotCalls: 2,
    writes: 3,
    users: { status: 'unavailable' },
  });
});

it('[O1, O2] The refresh report counts who cannot be found by email, and why', () => {
  const report = makeReport(
    makeFacts([
      ...many(2, () => 'kim@example.com'),
      ...['1', '2'].map((id) => makeArchivedOwner({ id, email: 'lena@example.com' })),
      makeOwner({ id: '3', email: undefined }),
      makeOwner({ id: '4', email: 'new@example.com', userId: undefined }),
      makeQueueOwner({ id: '5', email: 'desk@example.com' }),
    ]),
  );
  expect(report).toMatchObject({
    active: 4,
    archived: 2,
    withoutEmail: 1,
    queues: 1,
    withoutUser: 1,
    sharedEmails: 1,
  });
});

it('[T1] The refresh report counts the rows of owners and users that could not be read', () => {
  const listing = makeListing(many(1), 1_000, [undefined, toOwnerId('9')]);
  expect(makeReport(makeFacts(many(1), { listing, oddUsers: 3 })).oddRows).toBe(5);
});

it('[M2] The refresh report separates former addresses that led to an owner from those that led to nobody', () => {
  const owner = makeOwner({ id: '1000', email: 'mara@newco.example' });
  const former = { ...makeUnresolved('mara@oldco.example', 3), formerOf: toOwnerId('1000') };
  const report = makeReport(makeFacts([owner], { unresolved: [makeUnresolved('no@example.com'), former] }));
  const { formerOf, ...asked } = former;
  expect(report).toMatchObject({ unresolvedTotal: 1, formerEmailsTotal: 1 });
  expect(report.formerEmails).toEqual([{ ...asked, ownerId: formerOf }]);
  expect(report.unresolved).toMatchObject([{ email: 'no@example.com' }]);
});

it('[M1] The refresh report knows of a leaver whose email HubSpot cleared or whom HubSpot no longer lists', () => {
  const [left, gone] = many(2);
  const known = {
    synced: new Map([left, gone].flatMap((owner) => (owner ? [[owner.id, owner]] : []))),
    pending: new Map(),
  };
  const after = [
    makeArchivedOwner({ id: '1000', email: undefined }),
    makeOwner({ id: '5', userId: '5', email: 'x@example.com' }),
  ];
  const unresolved = [makeUnresolved('p0@example.com'), makeUnresolved('p1@example.com')];
  const report = makeReport(makeFacts(after, { known, unresolved }));
  expect(report.unresolved.map(({ cause }) => cause)).toEqual([
    { kind: 'left', ownerIds: ['1000'] },
    { kind: 'left', ownerIds: ['1001'] },
  ]);
  expect(report).toMatchObject({ active: 1, archived: 1, removed: ['1001'], deactivated: ['1000'] });
});

describe('Bounds of the report', () => {
  it('The refresh report names the first hundred of each change and counts them all', () => {
    const report = makeReport(makeFacts(many(MAX_REPORTED_OWNERS + 1)));
    expect(report.joined).toHaveLength(MAX_REPORTED_OWNERS);
    expect(report.joined[0]).toBe('1000');
    expect(report.totals.joined).toBe(MAX_REPORTED_OWNERS + 1);
  });

  it('The refresh report names the two hundred most frequent emails, in whatever order they come, and counts them all', () => {
    const unresolved = Array.from({ length: MAX_REPORTED_EMAILS + 1 }, (_, n) =>
      makeUnresolved(`unknown-person-${String(n).padStart(3, '0')}@example.com`, n === 7 ? 9 : n === 200 ? 1 : 2),
    );
    const report = makeReport(makeFacts(many(1), { unresolved }));
    expect(report.unresolved).toHaveLength(MAX_REPORTED_EMAILS);
    expect(report.unresolved[0]).toEqual({ ...unresolved[7], cause: { kind: 'never_seen' } });
    expect(report.unresolved[1]?.email).toBe('unknown-person-000@example.com');
    expect(report.unresolved.some(({ count }) => count === 1)).toBe(false);
    expect(report.unresolvedTotal).toBe(MAX_REPORTED_EMAILS + 1);
    expect(makeReport(makeFacts(many(1), { unresolved: unresolved.toReversed() }))).toEqual(report);
  });

  it('[D8] The refresh report fits into one item, whatever emails were asked for and by however many workflows', () => {
    const label = '字'.repeat(60);
    const longest = (n: number) => `${'字'.repeat(50)}${String(n).padStart(4, '0')}@${label}.${label}.${label}.example`;
    const workflowIds = Array.from({ length: 200 }, (_, n) => String(1_800_000_000 + n));
    const unresolved = Array.from({ length: 300 }, (_, n) => makeUnresolved(longest(n), 300 - n, workflowIds));
    const former = unresolved.map((asked) => ({ ...asked, formerOf: toOwnerId('1000') }));
    const owners = [
      ...many(500),
      ...Array.from({ length: 99 }, (_, n) => makeOwner({ id: `7${n}`, email: longest(n) })),
    ];
    const report = makeReport(makeFacts(owners, { unresolved: [...unresolved, ...former] }));
    expect(report.formerEmails.length).toBeGreaterThan(20);
    expect(report.formerEmailsTotal).toBe(300);
    expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(MAX_ITEM_BYTES);
    expect(report.unresolved.length).toBeGreaterThan(50);
    expect(report.unresolved.map(({ count }) => count)).toEqual(report.unresolved.map((_, n) => 300 - n));
    expect(report.unresolvedTotal).toBe(300);
  });
});

it('The refresh report knows of a user without an owner from the users that were read', () => {
  const users = [
    {
      recordId: toUserRecordId('1'),
      internalUserId: toUserId('2'),
      availability: '',
      email: toEmail('mia@example.com'),
      ownerId: undefined,
    },
  ];
  const unresolved = [makeUnresolved('mia@example.com'), makeUnresolved('p0@example.com')];
  const report = makeReport(makeFacts(many(1), { users, unresolved }));
  expect(report.unresolved.map(({ cause }) => cause)).toEqual([
    { kind: 'user_without_owner' },
    { kind: 'resolved', ownerIds: [toOwnerId('1000')] },
  ]);
});
