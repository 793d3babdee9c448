import fc from 'fast-check';
import type { Owner } from '../../lib/domain/owner.ts';
import { describeChanges, diffOwners, isEmptyDiff, isSuspiciouslySmall } from '../../lib/domain/owner-diff.ts';
import { makeArchivedOwner, makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';

const LAWS = 500;
const toMap = (owners: readonly Owner[]) => new Map(owners.map((owner) => [owner.id, owner]));
const settle = (owners: readonly Owner[]) => ({ settled: toMap(owners), unsettled: new Map() });

const JANE = makeOwner({ id: '1', userId: '101' });
const OMAR = makeOwner({ id: '2', userId: '102', email: 'omar@example.com' });

const owner = fc
  .record({
    id: fc.integer({ min: 1, max: 9 }),
    mailbox: fc.constantFrom('jane', 'omar', 'kim', 'zoe'),
    suffix: fc.constantFrom('', '.invalid'),
    archived: fc.boolean(),
    firstName: fc.constantFrom('A', 'B'),
  })
  .map(({ id, mailbox, suffix, archived, firstName }) =>
    makeOwner({
      id: String(id),
      userId: String(100 + id),
      email: `${mailbox}@example.com${suffix}`,
      archived,
      firstName,
    }),
  );
const portal = fc.uniqueArray(owner, { selector: ({ id }) => id, minLength: 1, maxLength: 9 });

it('is empty between a listing and itself, whatever the order of owners and teams', () => {
  const teams = [1, 2].map((id) => ({ id: String(id), name: 'T', primary: id === 1 }));
  const known = [makeOwner({ ...JANE, teams }), OMAR];
  const listing = makeListing([OMAR, makeOwner({ ...JANE, teams: teams.toReversed() })]);
  expect(isEmptyDiff(diffOwners(settle(known), listing))).toBe(true);
  fc.assert(
    fc.property(portal, (owners) => isEmptyDiff(diffOwners(settle(owners), makeListing(owners.toReversed())))),
    { numRuns: LAWS },
  );
});

it('turns what was known into the listing when it is applied, email by email', () => {
  fc.assert(
    fc.property(portal, portal, (before, after) => {
      const diff = diffOwners(settle(before), makeListing(after));
      const byEmail = new Map(index(before));
      for (const [email, owners] of diff.emails) byEmail.set(email, ids(owners));
      for (const email of [...byEmail.keys()]) if (byEmail.get(email) === '') byEmail.delete(email);
      expect([...byEmail].sort()).toEqual([...index(after)].sort());
    }),
    { numRuns: LAWS },
  );
});

it('[O8] touches both emails of somebody whose email changed, and nobody else’s', () => {
  const moved = makeOwner({ ...JANE, email: 'jane.doe@example.com' });
  const diff = diffOwners(settle([JANE, OMAR]), makeListing([moved, OMAR]));
  expect([...diff.emails].map(([email, owners]) => [email, ids(owners)])).toEqual([
    ['jane.doe@example.com', '1'],
    ['jane@example.com', ''],
  ]);
});

it('writes again whatever a sweep before may have begun, even when the listing says what was settled', () => {
  const begun = [makeOwner({ ...JANE, email: 'j1@example.com' }), makeOwner({ ...JANE, email: 'j2@example.com' })];
  const known = { settled: toMap([JANE, OMAR]), unsettled: new Map([[JANE.id, begun]]) };
  const diff = diffOwners(known, makeListing([JANE, OMAR]));
  expect(ids(diff.changed)).toBe('1');
  expect([...diff.emails].map(([email, owners]) => [email, ids(owners)]).sort()).toEqual([
    ['j1@example.com', ''],
    ['j2@example.com', ''],
    ['jane@example.com', '1'],
  ]);
  const gone = diffOwners({ settled: toMap([OMAR]), unsettled: new Map([[JANE.id, begun]]) }, makeListing([OMAR]));
  expect([ids(gone.removed), gone.emails.size]).toEqual(['1', 2]);
});

it.each([
  ['joined', [OMAR], [OMAR, JANE]],
  ['deactivated', [OMAR, JANE], [OMAR, makeArchivedOwner({ id: '1', userId: '101' })]],
  ['reactivated', [OMAR, makeArchivedOwner({ id: '1', userId: '101' })], [OMAR, JANE]],
  ['emailChanged', [OMAR, JANE], [OMAR, makeOwner({ ...JANE, email: 'jd@example.com' })]],
  ['teamChanged', [OMAR, JANE], [OMAR, makeOwner({ ...JANE, teams: [{ id: '9', name: 'EMEA', primary: true }] })]],
  ['removed', [OMAR, JANE], [OMAR]],
])('tells that somebody %s, once', (change, before, after) => {
  const known = settle(before);
  const changes = describeChanges(known.settled, diffOwners(known, makeListing(after)));
  const told = Object.entries(changes).filter(([, who]) => who.length > 0);
  expect(told).toEqual([[change, ['1']]]);
});

it.each([
  { known: 10, listed: 4, suspicious: true, why: 'fewer than half' },
  { known: 10, listed: 5, suspicious: false, why: 'half' },
  { known: 5, listed: 2, suspicious: true, why: 'the smallest portal that is guarded' },
  { known: 4, listed: 1, suspicious: false, why: 'too few to judge' },
  { known: 0, listed: 1, suspicious: false, why: 'the first sweep' },
])('[R2] $listed of $known active owners: $why', ({ known, listed, suspicious }) => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, n) => makeOwner({ id: String(n + 1), userId: String(n + 101) }));
  expect(isSuspiciouslySmall(toMap(people(known)), makeListing(people(listed)))).toBe(suspicious);
});

/** Email → ids, built the slow and obvious way: the oracle. */
function index(owners: readonly Owner[]): Map<string, string> {
  const emails = owners.flatMap(({ email = '' }) => [email, email.replace(/\.invalid$/, '')]);
  return new Map(
    emails.map((email) => [email, ids(owners.filter((o) => o.email === email || o.email === `${email}.invalid`))]),
  );
}

function ids(owners: readonly Owner[]): string {
  return owners
    .map(({ id }) => id)
    .sort()
    .join();
}
