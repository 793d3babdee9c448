import { createIdentifyNumber } from '../../../lib/use-cases/executions/identify-number.ts';
import { PORTAL_A, PORTAL_B, toUserId, toUserRecordId } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';

const USER = { recordId: toUserRecordId('700'), internalUserId: toUserId('77'), availability: '' };

async function setUp(...owners: ReturnType<typeof makeOwner>[]) {
  const cache = createFakeOwnerCache();
  for (const owner of owners) await cache.rememberOwner(PORTAL_A, owner.id, { owner, confirmedAtEpochMs: 123 });
  return { cache, identify: createIdentifyNumber(cache) };
}

it.each([
  ['1', 'ownerId'],
  ['11', 'userId'],
  ['77', 'internalUserId'],
  ['700', 'userRecordId'],
])(
  'The number %s is recognized as the %s of the one person who has it, with the time of the last confirmation',
  async (digits, idType) => {
    const owner = makeOwner({ id: '1', userId: '11', user: USER });
    const { identify } = await setUp(owner);
    expect(await identify(PORTAL_A, digits)).toEqual([{ idType, owner, confirmedAtEpochMs: 123 }]);
  },
);

it('A number that is an ID of several people names all of them, beginning with the one whose owner ID it is', async () => {
  const byOwnerId = makeOwner({ id: '5', userId: '11' });
  const byUserId = makeOwner({ id: '2', userId: '5' });
  const byRecordId = makeOwner({ id: '3', userId: '13', user: { ...USER, recordId: toUserRecordId('5') } });
  const { identify } = await setUp(byOwnerId, byUserId, byRecordId);
  expect((await identify(PORTAL_A, '5')).map(({ idType, owner }) => [idType, owner.id])).toEqual([
    ['ownerId', '5'],
    ['userId', '2'],
    ['userRecordId', '3'],
  ]);
});

it('A number that is both the user ID and the internal user ID of one person is reported as both', async () => {
  const { identify } = await setUp(makeOwner({ id: '1', userId: '77', user: USER }));
  expect((await identify(PORTAL_A, '77')).map(({ idType }) => idType)).toEqual(['userId', 'internalUserId']);
});

it('A number of another account and a remembered absence identify nobody', async () => {
  const owner = makeOwner({ id: '1' });
  const { identify, cache } = await setUp(owner);
  expect(await identify(PORTAL_B, '1')).toEqual([]);
  await cache.rememberOwner(PORTAL_A, owner.id, { owner: undefined, confirmedAtEpochMs: 124 });
  expect(await identify(PORTAL_A, '1')).toEqual([]);
});

it('Digits that cannot be an ID are not looked up', async () => {
  const { identify, cache } = await setUp(makeOwner({ id: '1' }));
  expect(await identify(PORTAL_A, '0001')).toEqual([]);
  expect(cache.reads()).toBe(0);
});
