import { type CrmUser, withUsers } from '../../lib/domain/crm-user.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import { toEmail, toOwnerId, toUserId, toUserRecordId } from '../builders/ids.ts';
import { makeOwner, makeQueueOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';

const JANE = makeOwner({ id: '1', userId: '101' });
const OMAR = makeOwner({ id: '2', userId: '102', email: 'omar@example.com' });
const QUEUE = makeQueueOwner({ id: '3' });

function makeUser(spec: { recordId: string; ownerId?: string; userId?: string; availability?: string }): CrmUser {
  const { recordId, ownerId, userId, availability = 'available' } = spec;
  return {
    recordId: toUserRecordId(recordId),
    internalUserId: userId === undefined ? undefined : toUserId(userId),
    availability,
    email: toEmail('somebody@example.com'),
    ownerId: ownerId === undefined ? undefined : toOwnerId(ownerId),
  };
}

const usersOf = (owners: Iterable<Owner>) =>
  Object.fromEntries([...owners].map(({ id, user }) => [id, user?.recordId]));

describe('Users and their owners', () => {
  it('Users are matched by the owner ID on their record, or else by their user ID', () => {
    const users = [makeUser({ recordId: '901', ownerId: '1' }), makeUser({ recordId: '902', userId: '102' })];
    const { owners } = withUsers(makeListing([JANE, OMAR, QUEUE]), users);
    expect(usersOf(owners.values())).toEqual({ 1: '901', 2: '902', 3: undefined });
  });

  it('The owner ID on a user record wins when it contradicts the user ID', () => {
    const users = [
      makeUser({ recordId: '901', ownerId: '1', userId: '555' }),
      makeUser({ recordId: '902', userId: '101' }),
    ];
    expect(usersOf(withUsers(makeListing([JANE]), users).owners.values())).toEqual({ 1: '901' });
  });

  it('Users add their record ID, internal user ID and availability to their owner, and nothing else', () => {
    const users = [makeUser({ recordId: '901', ownerId: '1', userId: '555', availability: 'away' })];
    const [owner] = withUsers(makeListing([JANE]), users).owners.values();
    expect(owner).toEqual({ ...JANE, user: { recordId: '901', internalUserId: '555', availability: 'away' } });
  });

  it('Users leave every owner in the listing and the time of the listing unchanged', () => {
    const listing = makeListing([JANE, OMAR, QUEUE], 17);
    const completed = withUsers(listing, [makeUser({ recordId: '901', ownerId: '77', userId: '777' })]);
    expect([...completed.owners.values()]).toEqual([...listing.owners.values()]);
    expect(completed.startedAtEpochMs).toBe(17);
  });
});

it('What was known about users is carried over for the same users only', () => {
  const user = { recordId: toUserRecordId('901'), internalUserId: toUserId('101'), availability: 'away' };
  const known = new Map([
    [JANE.id, { ...JANE, user, firstName: 'Former' }],
    [toOwnerId('9'), makeOwner({ id: '9', user })],
  ]);
  const { owners } = withUsers(makeListing([JANE, OMAR]), [], known);
  expect([...owners.values()]).toEqual([{ ...JANE, user }, OMAR]);
});
