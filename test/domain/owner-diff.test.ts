import fc from 'fast-check';
import { chooseOwner } from '../../lib/domain/choose-owner.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import {
  diffOwners,
  findMoved,
  hasLostEverybody,
  hasLostSomebody,
  isEmptyDiff,
  isSuspiciouslySmall,
  type OwnerDiff,
} from '../../lib/domain/owner-diff.ts';
import { addPage, completeListing, startSync } from '../../lib/domain/owner-listing.ts';
import { splitDiff } from '../../lib/domain/split-diff.ts';
import { describeChanges } from '../../lib/domain/sync-report.ts';
import { toEmail, toOwnerId, toUserId, toUserRecordId } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner, OWNER_WITH_EVERY_FIELD } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';

const LAWS = 500;
const toMap = (owners: readonly Owner[]) => new Map(owners.map((owner) => [owner.id, owner]));
const settle = (owners: readonly Owner[]) => ({ synced: toMap(owners), pending: new Map() });

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

it('A listing does not differ from itself, whatever the order of owners and teams', () => {
  const teams = [1, 2].map((id) => ({ id: String(id), name: 'T', primary: id === 1 }));
  const known = [makeOwner({ ...JANE, teams }), OMAR];
  const listing = makeListing([OMAR, makeOwner({ ...JANE, teams: teams.toReversed() })]);
  expect(isEmptyDiff(diffOwners(settle(known), listing))).toBe(true);
  fc.assert(
    fc.property(portal, (owners) => {
      const { owners: written } = diffOwners(settle(owners), makeListing(owners));
      return isEmptyDiff(diffOwners(settle([...written.values()]), makeListing(owners.toReversed())));
    }),
    { numRuns: LAWS },
  );
});

// Not HubSpot's: syncs keep the former emails and mark who is unlisted.
const { formerEmails: _kept, lostEmails: _given, unlisted: _marked, ...LISTED } = OWNER_WITH_EVERY_FIELD;

it.each(changesOf(LISTED).filter(([field]) => field !== 'id'))(
  'A refresh writes an owner of whom only one field differs: %s',
  (_field, before) => {
    expect(ids(diffOwners(settle([before as Owner]), makeListing([LISTED])).changed)).toBe(LISTED.id);
  },
);

it('Applying the differences turns the known owners into the listing, email by email', () => {
  fc.assert(
    fc.property(portal, portal, (before, after) => {
      const diff = diffOwners(settle(before), makeListing(after));
      const byEmail = new Map(index(before));
      for (const [email, owners] of diff.emails) byEmail.set(email, ids(owners));
      for (const email of [...byEmail.keys()]) if (byEmail.get(email) === '') byEmail.delete(email);
      expect([...byEmail].sort()).toEqual([...index(after, before)].sort());
      expect(isEmptyDiff(diffOwners({ synced: diff.owners, pending: new Map() }, makeListing(after)))).toBe(true);
    }),
    { numRuns: LAWS },
  );
});

it('Pieces of a diff have all of it once, and after any number of them the next refresh writes the rest', () => {
  fc.assert(
    fc.property(portal, portal, fc.nat(9), (before, after, done) => {
      const listing = makeListing(after);
      const diff = diffOwners(settle(before), listing);
      const pieces = splitDiff(settle(before), diff, 1);
      expect(ids(pieces.flatMap(({ changed }) => changed))).toBe(ids(diff.changed));
      expect(ids(pieces.flatMap(({ removed }) => removed))).toBe(ids(diff.removed));
      expect(pieces.flatMap(({ emails }) => [...emails]).sort()).toEqual([...diff.emails].sort());

      const [synced, byEmail] = [toMap(before), index(before)];
      const apply = ({ changed, removed, emails }: OwnerDiff) => {
        for (const [email, owners] of emails) byEmail.set(email, ids(owners));
        for (const one of changed) synced.set(one.id, one);
        for (const { id } of removed) synced.delete(id);
      };
      for (const piece of pieces.slice(0, done)) apply(piece);
      apply(diffOwners({ synced, pending: new Map() }, listing));
      for (const [email, holders] of byEmail) if (holders === '') byEmail.delete(email);
      expect([...byEmail].sort()).toEqual([...index(after, before)].sort());
    }),
    { numRuns: LAWS },
  );
});

it('Owners who share an address, had it, or are left over under one ID are in one piece, with the IDs that they had', () => {
  const user = { recordId: toUserRecordId('33'), internalUserId: undefined, availability: '' };
  const leftOver = [
    makeOwner({ id: '3', email: 'a@example.com' }),
    makeOwner({ id: '3', email: 'b@example.com', user }),
  ];
  const known = { ...settle([JANE, OMAR]), leftOver };
  const listing = makeListing([
    makeOwner({ ...JANE, email: 'omar@example.com' }),
    makeOwner({ ...OMAR, email: 'o@example.com' }),
  ]);
  const pieces = splitDiff(known, diffOwners(known, listing), 1);
  const recordIds = (owners: readonly Owner[]) => [...new Set(owners.flatMap(({ user }) => user?.recordId ?? []))];
  expect(pieces.map(({ changed, removed, touched }) => [ids(changed), ids(removed), recordIds(touched)])).toEqual([
    ['1,2', '', []],
    ['', '3,3', ['33']],
  ]);
});

it('[O8, M2] An email change updates both emails of that owner and no others, because both lead to them', () => {
  const moved = makeOwner({ ...JANE, email: 'jane.doe@example.com' });
  const diff = diffOwners(settle([JANE, OMAR]), makeListing([moved, OMAR]));
  expect([...diff.emails].map(([email, owners]) => [email, ids(owners)])).toEqual([
    ['jane.doe@example.com', '1'],
    ['jane@example.com', '1'],
  ]);
  expect(diff.changed).toEqual([{ ...moved, formerEmails: ['jane@example.com'] }]);
});

describe('Former emails', () => {
  /** What nights of listings, one after the other, leave of everybody. */
  const sweepNights = (...nights: (readonly Owner[])[]) =>
    nights.reduce<ReadonlyMap<string, Owner>>(
      (known, night) => diffOwners({ synced: new Map(known) as never, pending: new Map() }, makeListing(night)).owners,
      new Map(),
    );
  const jane = (email: string | undefined, more: Partial<Owner> = {}) => makeOwner({ ...JANE, ...more, email });
  const had = (owners: ReadonlyMap<string, Owner>, id = '1') => owners.get(id)?.formerEmails;

  it.each([
    ['HubSpot blanks it', [makeArchivedOwner({ id: '1', userId: '101', email: undefined })]],
    ['HubSpot changes it', [makeArchivedOwner({ id: '1', userId: '101', email: 'gone-1@example.com' })]],
    ['HubSpot lists them no more', []],
  ])('[M1] A former email leads to a leaver when %s', (_how, row) => {
    expect(sweepNights([JANE, OMAR], [OMAR, ...row]).get(JANE.id)).toMatchObject({
      archived: true,
      formerEmails: ['jane@example.com'],
    });
  });

  it('[M1] The former email and the IDs are all that is kept of an owner whom HubSpot no longer lists', () => {
    const user = { recordId: toUserRecordId('901'), internalUserId: toUserId('77'), availability: 'away' };
    const known = { synced: toMap([{ ...JANE, user }, OMAR]), pending: new Map() };
    const diff = diffOwners(known, makeListing([OMAR]));
    expect(diff.changed).toEqual([
      {
        id: '1',
        type: 'PERSON',
        archived: true,
        userId: '101',
        email: undefined,
        firstName: '',
        lastName: '',
        teams: [],
        formerEmails: ['jane@example.com'],
        unlisted: true,
      },
    ]);
    expect(describeChanges(known, diff)).toMatchObject({ removed: ['1'], deactivated: [] });
    expect(diff.touched).toContainEqual({ ...JANE, user });
    const nextNight = { synced: diff.owners, pending: new Map() };
    expect(isEmptyDiff(diffOwners(nextNight, makeListing([OMAR])))).toBe(true);
    expect(describeChanges(nextNight, diffOwners(nextNight, makeListing([OMAR]))).removed).toEqual([]);
    const heir = makeOwner({ id: '3', userId: '103', email: 'jane@example.com' });
    const taken = diffOwners(nextNight, makeListing([OMAR, heir]));
    expect(ids(taken.removed)).toBe('1');
    expect(describeChanges(nextNight, taken)).toMatchObject({ joined: ['3'], removed: [] });
    const back = diffOwners(nextNight, makeListing([OMAR, JANE]));
    expect(back.owners.get(JANE.id)).toEqual(JANE);
    expect(describeChanges(nextNight, back)).toMatchObject({ reactivated: ['1'], joined: [], removed: [] });
  });

  it('[R12] An owner whom a killed refresh began to write, and HubSpot no longer lists, was in no report and is not reported as gone', () => {
    const known = { ...settle([OMAR]), pending: new Map([[JANE.id, [JANE]]]) };
    const diff = diffOwners(known, makeListing([OMAR]));
    expect(had(diff.owners)).toEqual(['jane@example.com']);
    expect(describeChanges(known, diff)).toMatchObject({ joined: [], deactivated: [], removed: [] });
  });

  it('[M1] An owner who never had an email is removed when HubSpot no longer lists them', () => {
    const nameless = makeOwner({ ...JANE, email: undefined });
    expect(ids(diffOwners(settle([nameless, OMAR]), makeListing([OMAR])).removed)).toBe('1');
    expect([...sweepNights([nameless, OMAR], [OMAR]).keys()]).toEqual(['2']);
  });

  it.each(['jane@example.com', 'jd@example.com'])(
    '[M1, O6] Every owner that a user with the email %s ever had keeps the user ID, however often they leave and come back',
    (email) => {
      const [anew, left] = [makeOwner, makeArchivedOwner].map((make) => make({ id: '3', userId: '101', email }));
      const third = makeOwner({ id: '4', userId: '101', email });
      const nights = [
        [JANE, OMAR],
        [OMAR, anew],
        [OMAR, left],
        [OMAR, anew],
        [OMAR],
        [OMAR],
        [OMAR, third],
      ] as Owner[][];
      for (let count = 2; count <= nights.length; count += 1) {
        expect(sweepNights(...nights.slice(0, count)).get(JANE.id)).toMatchObject({ unlisted: true, userId: '101' });
      }
      expect(sweepNights(...nights).get('3' as never)).toMatchObject({ unlisted: true, userId: '101' });
    },
  );

  it('[M2] Former emails are kept over any number of changes: newest first, at most twenty, never the present one', () => {
    const names = Array.from({ length: 25 }, (_, n) => `jane.${n}@example.com`);
    const nights = names.map((name) => [jane(name), OMAR]);
    expect(had(sweepNights(...nights))).toEqual(names.slice(4, 24).toReversed());
    expect(had(sweepNights([jane('a@example.com')], [jane('b@example.com')], [jane('a@example.com')]))).toEqual([
      'b@example.com',
    ]);
  });

  it('[M3] An email that only gained or lost the sandbox suffix does not become a former email', () => {
    expect(had(sweepNights([jane('jane@example.com')], [jane('jane@example.com.invalid')]))).toBeUndefined();
    expect(had(sweepNights([jane('jane@example.com.invalid')], [jane('jane@example.com')]))).toEqual([
      'jane@example.com.invalid',
    ]);
  });

  it.each([
    ['the same', 'jane@example.com', false, undefined],
    ['the same with a sandbox suffix', 'jane@example.com.invalid', false, undefined],
    ['the same, of somebody who left', 'jane@example.com', true, ['jane@example.com']],
    ['another', 'jane@example.org', false, ['jane@example.com']],
  ])('[M2] A former email is given up to an active person who gets it: %s', (_why, email, archived, expected) => {
    const heir = makeOwner({ id: '3', userId: '103', email, archived });
    expect(had(sweepNights([JANE], [jane('jd@example.com')], [jane('jd@example.com'), heir]))).toEqual(expected);
  });

  it.each<[string, Partial<Owner>]>([
    ['left', { archived: true }],
    ['has another', { email: toEmail('heir@example.com') }],
  ])(
    '[M2] A leaver who comes back under another email does not get the old one back from somebody who had it since and %s',
    (_why, change) => {
      const [left, back] = [jane('jane@example.com', { archived: true }), jane('jd@example.com')];
      const heir = makeOwner({ id: '3', userId: '103', email: 'jane@example.com' });
      const heirNow = { ...heir, ...change };
      expect(had(sweepNights([JANE], [left, heir], [back, heirNow]))).toBeUndefined();
      expect(had(sweepNights([JANE], [left, heir], [back, heir], [back, heirNow]))).toBeUndefined();
    },
  );

  it.each<[string, Partial<Owner>, Partial<Owner>]>([
    ['a colleague who got another email', {}, {}],
    ['a colleague who got another email, and the heir left', {}, { archived: true }],
    ['a leaver who comes back', { archived: true }, {}],
    ['a leaver who comes back, and the heir left', { archived: true }, { archived: true }],
  ])(
    '[M2, M3] A sandbox email is given up to whoever gets it without the suffix, by %s',
    (_who, change, heirChange) => {
      const sandboxed = jane('jane@example.com.invalid');
      const renamed = jane('jd@example.com');
      const given = change.archived === true ? { ...sandboxed, ...change } : renamed;
      const heir = makeOwner({ id: '3', userId: '103', email: 'jane@example.com' });
      const heirNow = { ...heir, email: toEmail('heir@example.com'), ...heirChange };
      const theirs = heirNow.archived
        ? { kind: 'deactivated', owners: [heirNow] }
        : { kind: 'assignable', owner: heirNow };
      const verdict = (...nights: (readonly Owner[])[]) => {
        const known = sweepNights([sandboxed], [given, heir], ...nights, [renamed, heirNow]);
        return chooseOwner(toEmail('jane@example.com'), [...known.values()]);
      };
      expect(verdict()).toMatchObject(theirs);
      expect(verdict([renamed, heir])).toMatchObject(theirs);
      expect(verdict([given, heirNow])).toMatchObject(theirs);
    },
  );

  it.each<[string, Partial<Owner>]>([
    ['has another', { email: toEmail('heir@example.com') }],
    ['left without it', { archived: true, email: undefined }],
  ])(
    '[M2] A leaver who comes back later, or with another ID, does not get the email back from somebody who had it since and %s',
    (_why, change) => {
      const [left, back] = [jane('jane@example.com', { archived: true }), jane('jd@example.com')];
      const anew = { ...back, id: toOwnerId('4') };
      const heir = makeOwner({ id: '3', userId: '103', email: 'jane@example.com' });
      const heirNow = { ...heir, ...change };
      const nights = [[JANE], [left, heir], [left, heirNow]];
      expect(had(sweepNights(...nights, [back, heirNow]))).toBeUndefined();
      expect(had(sweepNights(...nights, [left, anew, heirNow]), '4')).toBeUndefined();
      const later = [
        [left, anew, heirNow],
        [left, anew, heirNow],
      ];
      expect(had(sweepNights([JANE], [left, heir], [left, anew, heir], ...later), '4')).toBeUndefined();
      expect(had(sweepNights(...nights, [left, anew, heirNow], ...later), '3')).toEqual(['jane@example.com']);
    },
  );

  it('[M2] What executions learned of such a leaver does not bring the email back, unless they had it again', () => {
    const heir = makeOwner({ id: '3', userId: '103', email: 'jane@example.com' });
    const back = jane('jd@example.com');
    const listing = makeListing([back, { ...heir, archived: true }]);
    const synced = toMap([jane('jane@example.com', { archived: true }), heir]);
    const formerAfter = (...learned: Owner[]) =>
      had(diffOwners({ synced, pending: new Map([['1', learned]]) as never }, listing).owners);
    expect(formerAfter({ ...back, formerEmails: [toEmail('jane@example.com')] })).toBeUndefined();
    expect(formerAfter(JANE)).toEqual(['jane@example.com']);
  });

  it('[M1, O6] The email of an owner whom a refresh first lists as deactivated leads to the present owner of that user', () => {
    const left = makeArchivedOwner({ id: '1', userId: '101', email: 'jane@example.com' });
    const anew = makeOwner({ id: '3', userId: '101', email: 'jd@example.com' });
    expect(had(sweepNights([left, anew]), '3')).toEqual(['jane@example.com']);
    expect(sweepNights([left, anew])).toEqual(sweepNights([left, anew], [left, anew]));
  });

  it('[M2] An email that an unfinished refresh began to write becomes a former email too', () => {
    const known = {
      synced: toMap([JANE]),
      pending: new Map([[JANE.id, [jane('b@example.com'), jane('c@example.com')]]]),
    };
    expect(had(diffOwners(known, makeListing([jane('d@example.com')])).owners)).toEqual([
      'c@example.com',
      'b@example.com',
      'jane@example.com',
    ]);
  });
});

describe('Owners with an unreadable row', () => {
  const listing = (odd: (string | undefined)[], owners = [OMAR]) => makeListing(owners, 1, odd as never);

  it('[T1] An owner whose row cannot be read stays unchanged, and others are still removed', () => {
    const left = makeOwner({ id: '4', userId: '104', email: undefined });
    const diff = diffOwners(settle([JANE, OMAR, left]), listing(['1']));
    expect(diff.owners.get(JANE.id)).toEqual(JANE);
    expect([ids(diff.changed), ids(diff.removed)]).toEqual(['', '4']);
  });

  it('[T1] No owner is removed when an unreadable row does not say whose it is', () => {
    expect(isEmptyDiff(diffOwners(settle([JANE, OMAR]), listing([undefined])))).toBe(true);
  });

  it('[T1] An owner whose row cannot be read counts as active neither in the guard nor in the report', () => {
    const people = Array.from({ length: 10 }, (_, n) => makeOwner({ id: String(n + 1), userId: String(n + 101) }));
    const odd = people.slice(0, 6).map(({ id }) => id);
    expect(isSuspiciouslySmall(toMap(people), listing(odd, people.slice(6)))).toBe(true);
  });
});

it('[T1] An owner whose unreadable row is among those who left is a leaver', () => {
  const active = addPage(startSync(1), { owners: [OMAR], after: undefined });
  const listing = completeListing(addPage(active, { owners: [], odd: [JANE.id], after: undefined }));
  expect(listing && diffOwners(settle([JANE, OMAR]), listing).changed).toEqual([{ ...JANE, archived: true }]);
});

const JANE_LEFT = { ...JANE, archived: true };
const RENAMED = { ...JANE, email: OMAR.email };
it.each<[string, Owner[], Owner[], string[]]>([
  ['before the first refresh', [], [JANE], []],
  ['before the first refresh, when somebody left', [], [JANE_LEFT, OMAR], ['1']],
  ['when nothing changed', [JANE], [JANE], []],
  ['when somebody came', [OMAR], [JANE, OMAR], ['1']],
  ['when somebody got another email', [JANE], [RENAMED], ['1']],
  ['when somebody left', [JANE], [JANE_LEFT], ['1']],
  ['when somebody is back', [JANE_LEFT], [JANE], []],
  ['when somebody active is listed no more', [JANE, OMAR], [OMAR], ['1']],
  ['when a leaver is listed no more', [JANE_LEFT, OMAR], [OMAR], []],
])('[M2] What executions stored is read for owners whom they may have met under another address: %s', (...row) => {
  const [, known, listed, moved] = row;
  expect(findMoved(settle(known), makeListing(listed))).toEqual(moved);
});

it.each<[string, Partial<Owner>, boolean]>([
  ['as the same user', { userId: JANE.userId }, true],
  ['as another user', {}, false],
  ['but has left again', { userId: JANE.userId, archived: true }, false],
])('[M2] The addresses of a leaver lead to the owner ID with which they are back: %s', (_how, change, isTheirs) => {
  const back = { ...OMAR, ...change };
  const { owners } = diffOwners(settle([JANE_LEFT]), makeListing([JANE_LEFT, back]));
  expect(owners.get(back.id)?.formerEmails).toEqual(isTheirs ? [JANE.email] : undefined);
});

it.each<[string, Owner[], Owner[], boolean, boolean]>([
  ['everybody left', [JANE], [JANE_LEFT], true, false],
  ['nobody was active before either', [JANE_LEFT], [JANE_LEFT], false, false],
  ['one of two is missing', [JANE, OMAR], [OMAR], false, true],
  ['somebody is missing who was not listed before', [{ ...JANE_LEFT, unlisted: true }, OMAR], [OMAR], false, false],
])('A listing is read a second time when it may have lost people: %s', (_what, known, listed, everybody, somebody) => {
  const { synced } = settle(known);
  const listing = makeListing(listed);
  expect([hasLostEverybody(synced, listing), hasLostSomebody(synced, listing)]).toEqual([everybody, somebody]);
});

it('What an earlier refresh may have begun is written again, even when the listing equals what was synced', () => {
  const begun = [makeOwner({ ...JANE, email: 'j1@example.com' }), makeOwner({ ...JANE, email: 'j2@example.com' })];
  const known = { synced: toMap([JANE, OMAR]), pending: new Map([[JANE.id, begun]]) };
  const diff = diffOwners(known, makeListing([JANE, OMAR]));
  expect(ids(diff.changed)).toBe('1');
  expect([...diff.emails].map(([email, owners]) => [email, ids(owners)]).sort()).toEqual([
    ['j1@example.com', '1'],
    ['j2@example.com', '1'],
    ['jane@example.com', '1'],
  ]);
  const gone = diffOwners({ synced: toMap([OMAR]), pending: new Map([[JANE.id, begun]]) }, makeListing([OMAR]));
  expect([ids(gone.changed), gone.changed[0]?.unlisted, gone.emails.size]).toEqual(['1', true, 2]);
});

it.each([
  ['joined', [OMAR], [OMAR, JANE]],
  ['deactivated', [OMAR, JANE], [OMAR, makeArchivedOwner({ id: '1', userId: '101' })]],
  ['reactivated', [OMAR, makeArchivedOwner({ id: '1', userId: '101' })], [OMAR, JANE]],
  ['emailChanged', [OMAR, JANE], [OMAR, makeOwner({ ...JANE, email: 'jd@example.com' })]],
  ['teamChanged', [OMAR, JANE], [OMAR, makeOwner({ ...JANE, teams: [{ id: '9', name: 'EMEA', primary: true }] })]],
  ['removed', [OMAR, JANE], [OMAR]],
])('The difference reports a change of an owner once: %s', (change, before, after) => {
  const known = settle(before);
  const changes = describeChanges(known, diffOwners(known, makeListing(after)));
  const told = Object.entries(changes).filter(([, who]) => who.length > 0);
  expect(told).toEqual([[change, ['1']]]);
});

it.each([
  { known: 10, listed: 4, suspicious: true, why: 'fewer than half' },
  { known: 10, listed: 5, suspicious: false, why: 'half' },
  { known: 5, listed: 2, suspicious: true, why: 'the smallest portal that is guarded' },
  { known: 4, listed: 1, suspicious: false, why: 'too few to decide' },
  { known: 0, listed: 1, suspicious: false, why: 'the first sync' },
])('[R2] The guard checks a listing of $listed of $known active owners: $why', ({ known, listed, suspicious }) => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, n) => makeOwner({ id: String(n + 1), userId: String(n + 101) }));
  expect(isSuspiciouslySmall(toMap(people(known)), makeListing(people(listed)))).toBe(suspicious);
});

/** Email → ids, built the slow and obvious way: the oracle. `before`: who had what a night ago. */
function index(owners: readonly Owner[], before: readonly Owner[] = []): Map<string, string> {
  const bare = (email: string) => email.replace(/\.invalid$/, '');
  const has = (owner: Owner | undefined, email: string) =>
    owner?.email === email || owner?.email === `${email}.invalid`;
  const present = (id: string) => owners.find((owner) => owner.id === id);
  const emails = [...owners, ...before].flatMap(({ email = '' }) => [email, bare(email)]);
  const isActive = ({ archived }: Owner) => !archived;
  const isTaken = (who: readonly Owner[], email: string) => who.some((other) => isActive(other) && has(other, email));
  const leads = (email: string) => [
    ...owners.filter((owner) => has(owner, email)),
    ...before.filter(
      ({ id, archived, email: had = '' }) =>
        (had === email || bare(had) === email) &&
        !has(present(id), email) &&
        !has(present(id), had) &&
        !isTaken(owners, had) &&
        !isTaken(owners, email) &&
        !(archived && (isTaken(before, had) || isTaken(before, email))),
    ),
  ];
  return new Map(emails.map((email) => [email, ids(leads(email))] as const).filter(([, who]) => who !== ''));
}

function ids(owners: readonly Owner[]): string {
  return owners
    .map(({ id }) => id)
    .sort()
    .join();
}

/** The value once for each text and flag in it, with another one in its place. */
function changesOf(value: unknown): [field: string, changed: unknown][] {
  if (typeof value === 'string') return [['', `${value}1`]];
  if (typeof value === 'boolean') return [['', !value]];
  return Object.entries(value as object).flatMap(([key, inner]) =>
    changesOf(inner).map(([field, changed]): [string, unknown] => {
      const copy = Array.isArray(value) ? value.with(Number(key), changed) : { ...(value as object), [key]: changed };
      return [field === '' ? key : `${key}.${field}`, copy];
    }),
  );
}
