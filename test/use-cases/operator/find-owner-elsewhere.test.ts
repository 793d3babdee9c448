import { createFindOwnerElsewhere } from '../../../lib/use-cases/operator/identify.ts';
import { PORTAL_A, toPortalId } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';

const JANE = makeOwner({ id: '7' });
const PORTALS = Array.from({ length: 120 }, (_, n) => toPortalId(9_000_001 + n));
const [FIRST, LAST] = [toPortalId(9_000_001), toPortalId(9_000_120)];

async function setUp() {
  const cache = createFakeOwnerCache();
  for (const portalId of [PORTAL_A, FIRST, LAST]) {
    await cache.rememberOwner(portalId, JANE.id, { owner: JANE, confirmedAtEpochMs: 1 });
  }
  const portals = {
    async *listConnected() {
      yield [PORTAL_A, ...PORTALS.slice(0, 60)];
      yield PORTALS.slice(60);
    },
  };
  return { find: createFindOwnerElsewhere({ portals, cache }), cache };
}

it('The search in other accounts asks every other connected account once', async () => {
  const { find, cache } = await setUp();
  expect(await find(PORTAL_A, '7', undefined)).toEqual([
    { portalId: FIRST, owner: JANE },
    { portalId: LAST, owner: JANE },
  ]);
  expect(cache.reads()).toBe(PORTALS.length);
});

it('The search in other accounts asks only the account that the operator names', async () => {
  const { find, cache } = await setUp();
  expect(await find(PORTAL_A, '7', LAST)).toEqual([{ portalId: LAST, owner: JANE }]);
  expect(await find(PORTAL_A, '7', toPortalId(1))).toEqual([]);
  expect(cache.reads()).toBe(1);
});

it('The search in other accounts finds nobody by a number that is no owner ID, and nobody remembered as absent', async () => {
  const { find, cache } = await setUp();
  await cache.rememberOwner(FIRST, JANE.id, { owner: undefined, confirmedAtEpochMs: 2 });
  expect(await find(PORTAL_A, '7', FIRST)).toEqual([]);
  const before = cache.reads();
  expect(await find(PORTAL_A, '007', undefined)).toEqual([]);
  expect(cache.reads()).toBe(before);
});
