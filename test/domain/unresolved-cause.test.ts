import type { Owner } from '../../lib/domain/owner.ts';
import { createCauseFinder } from '../../lib/domain/unresolved-email.ts';
import { toEmail } from '../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../builders/owner.ts';

const findCause = (email: string, owners: readonly Owner[], userEmails: readonly string[] = []) =>
  createCauseFinder(owners, new Set(userEmails.map(toEmail)))(toEmail(email));

const JANE = makeOwner({ id: '2', email: 'jane@example.com' });
const OMAR = makeOwner({ id: '3', email: 'omar.haddad@example.com' });
const LENA = makeArchivedOwner({ id: '4', email: 'lena@example.com' });
const DESK = makeQueueOwner({ id: '5', email: 'desk@example.com' });
const KIM = [makeOwner({ id: '7', email: 'kim@example.com' }), makeOwner({ id: '6', email: 'kim@example.com' })];
const SANDBOXED = makeOwner({ id: '8', email: 'zoe@example.com.invalid' });
const PORTAL = [JANE, OMAR, LENA, DESK, ...KIM, SANDBOXED];

it.each([
  { email: 'jane@example.com', cause: { kind: 'resolved', ownerIds: ['2'] }, why: 'was created in the meantime' },
  { email: 'lena@example.com', cause: { kind: 'left', ownerIds: ['4'] }, why: 'is deactivated' },
  { email: 'kim@example.com', cause: { kind: 'shared', ownerIds: ['6', '7'] }, why: 'two active people have it' },
  { email: 'desk@example.com', cause: { kind: 'queue', ownerIds: ['5'] }, why: 'is a queue' },
  {
    email: 'jane@example.com.invalid',
    cause: { kind: 'sandbox_suffix', ownerIds: ['2'] },
    why: 'comes from a sandbox',
  },
  {
    email: 'zoe@example.com',
    cause: { kind: 'resolved', ownerIds: ['8'] },
    why: 'is somebody of this sandbox, whom the action finds without the suffix',
  },
  {
    email: 'omar.hadad@example.com',
    cause: { kind: 'typo', of: 'omar.haddad@example.com', ownerIds: ['3'] },
    why: 'is one letter short',
  },
  {
    email: 'omra.hadad@example.com',
    cause: { kind: 'typo', of: 'omar.haddad@example.com', ownerIds: ['3'] },
    why: 'has two slips',
  },
  { email: 'omra.haad@example.com', cause: { kind: 'never_seen' }, why: 'has three' },
  { email: 'paula.newman@example.com', cause: { kind: 'never_seen' }, why: 'resembles nobody' },
])('The cause for an unresolved email is found when $email $why: $cause.kind', ({ email, cause }) => {
  expect(findCause(email, PORTAL)).toEqual(cause);
});

it('A user for whom HubSpot lists no owner is recognized as the cause', () => {
  expect(findCause('mia@example.com', PORTAL, ['mia@example.com'])).toEqual({ kind: 'user_without_owner' });
});

it.each([
  { owners: [JANE, { ...LENA, email: JANE.email }], cause: { kind: 'resolved', ownerIds: ['2'] }, why: 'a leaver' },
  { owners: [JANE, { ...DESK, email: JANE.email }], cause: { kind: 'resolved', ownerIds: ['2'] }, why: 'a queue' },
])('The one active person who shares an email with $why counts as its owner', ({ owners, cause }) => {
  expect(findCause('jane@example.com', owners)).toEqual(cause);
});

it('A leaver of a sandbox is recognized as the cause, even when the email has no suffix', () => {
  const leaver = makeArchivedOwner({ id: '9', email: 'rita@example.com.invalid' });
  expect(findCause('rita@example.com', [leaver])).toEqual({ kind: 'left', ownerIds: ['9'] });
});

it('The state of the email itself is preferred as the cause to a similar email', () => {
  const close = makeOwner({ id: '10', email: 'lina@example.com' });
  expect(findCause('lena@example.com', [close, LENA])).toEqual({ kind: 'left', ownerIds: ['4'] });
  expect(findCause('luna@example.com', [close], ['luna@example.com'])).toEqual({ kind: 'user_without_owner' });
});

describe('Typos', () => {
  const jana = makeOwner({ id: '11', email: 'jana@example.com' });
  const leaver = makeArchivedOwner({ id: '12', email: 'jans@example.com' });

  it('A typo is not guessed when two active people are equally close', () => {
    expect(findCause('jan@example.com', [JANE, jana])).toEqual({ kind: 'never_seen' });
  });

  it('A typo is matched to an active person rather than to a leaver', () => {
    expect(findCause('jan@example.com', [JANE, leaver])).toEqual({
      kind: 'typo',
      of: 'jane@example.com',
      ownerIds: ['2'],
    });
  });

  it('A typo may match a leaver or an email that two people have', () => {
    expect(findCause('jan@example.com', [leaver])).toMatchObject({ kind: 'typo', ownerIds: ['12'] });
    expect(findCause('kimm@example.com', KIM)).toMatchObject({ kind: 'typo', ownerIds: ['6', '7'] });
  });
});
