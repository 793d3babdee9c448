import fc from 'fast-check';
import { toDeadline } from '../../../lib/domain/deadline.ts';
import { UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { createOwnerResolver } from '../../../lib/use-cases/executions/resolve-owner.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../../builders/ids.ts';
import { makeArchivedOwner, makeOwner } from '../../builders/owner.ts';
import { createFakeOwnerCache } from '../../fakes/owner-cache.ts';
import { createFakeOwnerDirectory } from '../../fakes/owners-api.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const EMAIL = toEmail('jane@example.com');
const GUARD_MS = 26 * 3_600_000;
const SKEW_MS = 60_000;
const JANE = makeOwner({ id: '1' });
const LEFT = makeArchivedOwner({ id: '1' });
const DEADLINE = toDeadline(START_EPOCH_MS + 8_000);

function setUp() {
  const cache = createFakeOwnerCache();
  const ownersApi = createFakeOwnerDirectory([makeOwner({ id: '9' })]);
  const { metrics, counts } = createFakeTelemetry();
  const resolver = createOwnerResolver({ cache, ownersApi, now: makeClock().now, ownerMaxAgeMs: GUARD_MS, metrics });
  const remember = async (owner: typeof JANE, aheadMs: number) => {
    const confirmedAtEpochMs = START_EPOCH_MS + aheadMs;
    await cache.rememberEmail(PORTAL_A, EMAIL, { owners: [owner], confirmedAtEpochMs });
    await cache.rememberOwner(PORTAL_A, owner.id, { owner, confirmedAtEpochMs });
  };
  return {
    ownersApi,
    counts,
    remember,
    resolve: () => resolver.resolveEmail(PORTAL_A, EMAIL, DEADLINE),
    resolveId: () => resolver.resolveOwnerId(PORTAL_A, toOwnerId('1'), DEADLINE),
  };
}

it.each([
  [SKEW_MS, 'CACHE'],
  [SKEW_MS + 1, 'LIVE'],
  [365 * 86_400_000, 'LIVE'],
])(
  'A row whose clock was %i ms ahead is answered from %s, because a row from the future is not trusted',
  async (aheadMs, from) => {
    const { remember, resolve } = setUp();
    await remember(JANE, aheadMs);
    expect(await resolve()).toMatchObject({ kind: 'assignable', from, ageSeconds: 0 });
  },
);

it.each([
  [SKEW_MS, []],
  [SKEW_MS + 1, ['active 1', 'archived 1']],
])(
  'An owner known by ID from a clock %i ms ahead is looked up again only when the difference is too large',
  async (aheadMs, calls) => {
    const { remember, resolveId, ownersApi } = setUp();
    await remember(JANE, aheadMs);
    await resolveId();
    expect(ownersApi.calls).toEqual(calls);
  },
);

it('A refusal from the future is not given while HubSpot is away, because its age is unknown', async () => {
  const { remember, resolve, ownersApi } = setUp();
  const away = new UpstreamUnavailableError('timeout');
  ownersApi.outage.fail(away);
  await remember(LEFT, SKEW_MS + 1);
  await expect(resolve()).rejects.toBe(away);
});

it('An owner whose row is too old to be trusted is counted as stale, once for each email', async () => {
  const { remember, resolve, counts } = setUp();
  await remember(JANE, -GUARD_MS - 1);
  await resolve();
  expect(counts).toEqual(['OwnerDataStale ×1']);
});

it('Only a row from the last 26 hours, and at most a minute in the future, gives an owner without HubSpot', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -3 * GUARD_MS, max: 3 * GUARD_MS }), async (aheadMs) => {
      const { remember, resolve, ownersApi } = setUp();
      await remember(JANE, aheadMs);
      const resolution = await resolve();
      const isBelieved = aheadMs >= -GUARD_MS && aheadMs <= SKEW_MS;
      expect([resolution.from, ownersApi.calls.length > 0]).toEqual(isBelieved ? ['CACHE', false] : ['LIVE', true]);
      expect(resolution.ageSeconds).toBeGreaterThanOrEqual(0);
    }),
  );
});
