import { toDeadline } from '../../../lib/domain/deadline.ts';
import { MissingScopesError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import type { UserId } from '../../../lib/domain/ids.ts';
import type { Owner } from '../../../lib/domain/owner.ts';
import type { OwnersApi } from '../../../lib/ports/hubspot.ts';
import { createIdentifyLive } from '../../../lib/use-cases/operator/identify.ts';
import { PORTAL_A, toOwnerId, toUserId, toUserRecordId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { createFakeOwnerDirectory } from '../../fakes/owners-api.ts';

const MAX_ID = 2_147_483_647;
type Link = { readonly ownerId?: string; readonly internalUserId?: UserId };

function setUp(
  owners: readonly Owner[],
  records: Readonly<Record<string, Link | Error>> = {},
  change: Partial<OwnersApi> = {},
) {
  const ownersApi = createFakeOwnerDirectory(owners);
  const asked: string[] = [];
  const identifyLive = createIdentifyLive({
    ownersApi: { ...ownersApi, ...change },
    users: {
      async findUser(_portalId, recordId) {
        asked.push(recordId);
        const found = records[recordId];
        if (found instanceof Error) throw found;
        if (found === undefined) return undefined;
        const { ownerId, internalUserId } = found;
        return {
          recordId: toUserRecordId(recordId),
          internalUserId,
          availability: '',
          email: undefined,
          ownerId: ownerId === undefined ? undefined : toOwnerId(ownerId),
        };
      },
    },
  });
  const identify = async (digits: string) =>
    (await identifyLive(PORTAL_A, digits, toDeadline(9))).map(({ idType, owner }) => `${idType} of ${owner.id}`);
  return { identify, asked, calls: ownersApi.calls };
}

it.each([
  ['5', ['ownerId of 5']],
  ['6', ['ownerId of 6']],
  ['15', ['userId of 5']],
  ['16', ['userId of 6']],
  ['99', []],
])('HubSpot says who has the ID %s, active or not: %j', async (digits, expected) => {
  const { identify } = setUp([makeOwner({ id: '5', userId: '15' }), makeArchivedOwner({ id: '6', userId: '16' })]);
  expect(await identify(digits)).toEqual(expected);
});

it('A number that is an ID of three people names them by owner ID, user ID and record, in this order', async () => {
  const owners = [makeOwner({ id: '5', userId: '15' }), makeOwner({ id: '2', userId: '5' }), makeOwner({ id: '3' })];
  const { identify } = setUp(owners, { '5': { ownerId: '3' } });
  expect(await identify('5')).toEqual(['ownerId of 5', 'userId of 2', 'userRecordId of 3']);
});

it('A user record without an owner is followed by its internal user ID', async () => {
  const { identify } = setUp([makeOwner({ id: '3', userId: '13' })], { '700': { internalUserId: toUserId('13') } });
  expect(await identify('700')).toEqual(['userRecordId of 3']);
});

it('A user record that names neither owner nor user identifies nobody', async () => {
  const { identify } = setUp([], { '700': {} });
  expect(await identify('700')).toEqual([]);
});

it.each([
  [MAX_ID, 4],
  [MAX_ID + 1, 0],
])(
  'The Owners API is asked about %i only if it accepts such an ID (%i calls), and the users object always',
  async (id, calls) => {
    const world = setUp([]);
    await world.identify(String(id));
    expect(world.asked).toEqual([String(id)]);
    expect(world.calls).toHaveLength(calls);
  },
);

it('An owner of an unknown type identifies nobody', async () => {
  const { identify } = setUp([], {}, { findById: async () => 'odd' });
  expect(await identify('5')).toEqual([]);
});

it('An account that did not grant the users object is asked by owner ID and user ID only', async () => {
  const { identify } = setUp([makeOwner({ id: '5', userId: '15' })], { '5': new MissingScopesError(undefined) });
  expect(await identify('5')).toEqual(['ownerId of 5']);
});

it('While HubSpot is away, the owner of a number stays unknown', async () => {
  const away = new UpstreamUnavailableError('timeout');
  await expect(setUp([], { '5': away }).identify('5')).rejects.toBe(away);
});

it('Digits that cannot be an ID are not requested', async () => {
  const { identify, asked, calls } = setUp([makeOwner({ id: '5' })]);
  expect(await identify('005')).toEqual([]);
  expect([asked, calls]).toEqual([[], []]);
});
