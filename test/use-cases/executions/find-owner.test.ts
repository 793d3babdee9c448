import { toDeadline } from '../../../lib/domain/deadline.ts';
import { createFindOwner } from '../../../lib/use-cases/executions/find-owner.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { makeClock } from '../../support/clock.ts';

const clock = makeClock();
const ownersApi = createFakeOwnerDirectory([
  makeOwner({ id: '1' }),
  makeArchivedOwner({ id: '2', email: 'left@example.com' }),
  makeOwner({ id: '3', email: 'twin@example.com' }),
  makeOwner({ id: '4', email: 'twin@example.com' }),
]);
const resolver = createOwnerResolver({
  cache: createFakeOwnerCache(),
  ownersApi,
  now: clock.now,
  ownerMaxAgeMs: 3_600_000,
  metrics: { count: () => undefined, measure: () => undefined },
});
const findOwner = createFindOwner(resolver);
const LIVE = { resolvedFrom: 'LIVE', ownerDataAgeSeconds: 0 };

it.each([
  ['jane@example.com', { outcome: 'FOUND', ownerId: '1', matchedBy: 'EMAIL', ...LIVE }],
  ['left@example.com', { outcome: 'FAILED', errorCode: 'OWNER_DEACTIVATED', aboutOwnerIds: ['2'], ...LIVE }],
  ['twin@example.com', { outcome: 'FAILED', errorCode: 'OWNER_AMBIGUOUS', aboutOwnerIds: ['3', '4'], ...LIVE }],
  ['nobody@example.com', { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND', ...LIVE }],
  ['', { outcome: 'FAILED', errorCode: 'EMAIL_MISSING' }],
  ['nonsense', { outcome: 'FAILED', errorCode: 'EMAIL_INVALID', subject: 'not_an_address' }],
])('Finding the owner of %j returns %j', async (ownerEmail, expected) => {
  expect(await findOwner({ portalId: PORTAL_A, ownerEmail }, toDeadline(clock.now() + 8_000))).toEqual(expected);
});
