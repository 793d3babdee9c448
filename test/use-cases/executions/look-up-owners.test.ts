import { toDeadline } from '../../../lib/domain/deadline.ts';
import { UpstreamContractError } from '../../../lib/domain/errors.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import type { OwnersApi } from '../../../lib/ports/hubspot.ts';
import { createLookUpOwners } from '../../../lib/use-cases/executions/look-up-owners.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner, makeQueueOwner } from '../../builders/owner.ts';
import { createFakeOwnerDirectory } from '../../fakes/owners-api.ts';

const EMAIL = toEmail('jane@example.com');
const LATER = toDeadline(9);
const JANE = makeOwner({ id: '1', userId: '11' });

function setUp(owners: readonly Owner[], known?: readonly Owner[], change: Partial<OwnersApi> = {}) {
  const ownersApi = createFakeOwnerDirectory(owners);
  const { findHolders, confirmHolder, findById } = createLookUpOwners({ ...ownersApi, ...change });
  const lookUp = { portalId: PORTAL_A, email: EMAIL, known };
  return {
    calls: ownersApi.calls,
    find: () => findHolders(lookUp, LATER),
    confirm: (holder: Owner) => confirmHolder(lookUp, holder, LATER),
    findById: (id: string, archived?: boolean) =>
      findById(PORTAL_A, { id: toOwnerId(id), ...(archived !== undefined && { archived }) }, LATER),
  };
}
const idsOf = (owners: readonly Owner[] | undefined) => owners?.map(({ id, archived }) => `${id} ${archived}`);

it('An active person with the email is found with one call, and archived owners are not requested', async () => {
  const { find, calls } = setUp([JANE, makeArchivedOwner({ id: '2' })]);
  expect(await find()).toEqual([JANE]);
  expect(calls).toEqual([`active ${EMAIL}`]);
});

it('A queue with the email does not cause a request for archived owners', async () => {
  const { find, calls } = setUp([makeQueueOwner({ id: '3', email: EMAIL }), makeArchivedOwner({ id: '2' })]);
  expect(idsOf(await find())).toEqual(['3 false']);
  expect(calls.filter((call) => call.startsWith('archived'))).toEqual([]);
});

it("A known owner whom HubSpot's email filter leaves out is requested by ID and returned as they are now", async () => {
  const moved = makeOwner({ id: '1', email: 'moved@example.com' });
  const { find } = setUp([moved], [JANE]);
  expect(await find()).toEqual([{ ...moved, formerEmails: [EMAIL] }]);
});

it('A known owner whom HubSpot no longer has is kept as no longer listed', async () => {
  const { find } = setUp([], [JANE]);
  expect(await find()).toMatchObject([{ id: '1', archived: true, unlisted: true, formerEmails: [EMAIL] }]);
});

it('A known leaver is kept unchanged, without a call, when an active person has the email', async () => {
  const left = makeArchivedOwner({ id: '2' });
  const { find, calls } = setUp([JANE], [left]);
  expect(await find()).toEqual([JANE, left]);
  expect(calls).toEqual([`active ${EMAIL}`]);
});

it('A known leaver is requested when no active person has the email, because they may have come back', async () => {
  const { find, calls } = setUp([makeOwner({ id: '2', email: 'back@example.com' })], [makeArchivedOwner({ id: '2' })]);
  expect(idsOf(await find())).toEqual(['2 false']);
  expect(calls.slice(-2)).toEqual(['archived 2', 'active 2']);
});

it('A known owner of a new and unknown type changes nothing', async () => {
  const { find } = setUp([], [JANE], { findById: async () => 'odd' });
  await expect(find()).rejects.toBeInstanceOf(UpstreamContractError);
});

it.each([[makeOwner({ id: '1', userId: '11' })], [makeArchivedOwner({ id: '1', userId: '11' })]])(
  'A known owner whose row among those who left has an unknown form is a leaver with what was known: %j',
  async (before) => {
    const findById: OwnersApi['findById'] = async (_portal, _id, listing) =>
      listing === 'archived' ? 'odd' : undefined;
    const { find } = setUp([], [before], { findById });
    expect(await find()).toEqual([{ ...before, archived: true }]);
  },
);

it('An owner who still has the email is confirmed with one call', async () => {
  const { confirm, calls } = setUp([makeOwner({ id: '1', firstName: 'Janet' })], [JANE]);
  expect(await confirm(JANE)).toEqual([makeOwner({ id: '1', firstName: 'Janet' })]);
  expect(calls).toEqual(['active 1']);
});

it.each<[string, readonly Owner[]]>([
  ['is gone', []],
  ['has left', [makeArchivedOwner({ id: '1' })]],
  ['has become a queue', [makeQueueOwner({ id: '1', email: EMAIL })]],
  ['has another email now', [makeOwner({ id: '1', email: 'moved@example.com' })]],
])('An owner who %s is not confirmed and causes no second call', async (_why, owners) => {
  const { confirm, calls } = setUp(owners, [JANE]);
  expect(await confirm(JANE)).toBeUndefined();
  expect(calls).toEqual(['active 1']);
});

it('An owner of an unknown type is not confirmed', async () => {
  const { confirm } = setUp([], [JANE], { findById: async () => 'odd' });
  expect(await confirm(JANE)).toBeUndefined();
});

it('Beside a confirmed owner, possible active owners are requested and leavers are kept unchanged', async () => {
  const left = makeArchivedOwner({ id: '2' });
  const moved = makeOwner({ id: '5', email: 'moved@example.com' });
  const { confirm, calls } = setUp([JANE, moved], [JANE, left, makeOwner({ id: '5' })]);
  expect(await confirm(JANE)).toEqual([JANE, left, { ...moved, formerEmails: [EMAIL] }]);
  expect(calls).toEqual(['active 1', 'active 5']);
});

it('A confirmed owner keeps the former addresses in their row', async () => {
  const before = makeOwner({ id: '1', formerEmails: [toEmail('maiden@example.com')] });
  const { confirm } = setUp([JANE], [before]);
  expect(await confirm(before)).toEqual([{ ...JANE, formerEmails: ['maiden@example.com'] }]);
});

it.each([
  [undefined, ['active 2', 'archived 2']],
  [false, ['active 2', 'archived 2']],
  [true, ['archived 2']],
])('A leaver is found by ID in the more likely listing first, known to have left: %s', async (archived, calls) => {
  const world = setUp([makeArchivedOwner({ id: '2' })]);
  expect(await world.findById('2', archived)).toMatchObject({ id: '2', archived: true });
  expect(world.calls).toEqual(calls);
});
