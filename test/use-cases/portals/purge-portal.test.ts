import { StoreUnavailableError } from '../../../lib/domain/errors.ts';
import type { Purged } from '../../../lib/ports/portals.ts';
import { createPurgePortal } from '../../../lib/use-cases/portals/purge-portal.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { createFakePortals } from '../../fakes/portals.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const DAY_MS = 86_400_000;
const LONG_AGO = START_EPOCH_MS - 21 * DAY_MS - 1;

async function setUp(leave?: 'disconnect' | 'forget') {
  const clock = makeClock();
  const portals = createFakePortals(clock.now);
  const purges: (number | undefined)[] = [];
  const will = { purged: { deleted: 7, isDone: true } as Purged };
  const data = {
    purge: async (_portalId: unknown, _mayGoOn: () => boolean, leftAtEpochMs?: number) => {
      purges.push(leftAtEpochMs);
      return will.purged;
    },
  };
  const tokens = { ciphertext: '', issuedAtEpochMs: 0, expiresAtEpochMs: 0 };
  await portals.connect(PORTAL_A, { scopes: [], tokens }, clock.now());
  const seen = (await portals.read(PORTAL_A)) ?? { installationId: '', version: 0 };
  if (leave === 'disconnect') await portals.disconnect(PORTAL_A, seen, LONG_AGO);
  if (leave === 'forget') await portals.forget(PORTAL_A, seen.installationId, clock.now());
  const purge = createPurgePortal({ data, portals, now: clock.now });
  return { clock, portals, purges, will, data, purge: () => purge(PORTAL_A, () => true) };
}

it('The deletion leaves a connected account alone, which may have come back since its deletion was queued', async () => {
  const { purge, purges } = await setUp();
  expect(await purge()).toEqual({ deleted: 0, isDone: true });
  expect(purges).toEqual([]);
});

it('The deletion removes a disconnected account from the list after all of its rows are gone, and not before', async () => {
  const { purge, purges, portals, will } = await setUp('disconnect');
  will.purged = { deleted: 3, isDone: false };
  expect(await purge()).toEqual({ deleted: 3, isDone: false });
  expect(await portals.read(PORTAL_A)).toBeDefined();
  will.purged = { deleted: 4, isDone: true };
  await purge();
  expect(await portals.read(PORTAL_A)).toBeUndefined();
  // The same leaving, so that the second deletion continues where the first stopped.
  expect(purges).toEqual([LONG_AGO, LONG_AGO]);
});

it.each([
  [16 * DAY_MS - 1, true],
  [16 * DAY_MS, false],
])(
  'The mark of a forgotten account is kept after %i ms, longer than a queue keeps a message: %s',
  async (ms, isKept) => {
    const { purge, portals, clock } = await setUp('forget');
    clock.advance(ms);
    await purge();
    expect((await portals.read(PORTAL_A)) !== undefined).toBe(isKept);
  },
);

it('The deletion continues within one day when nobody says when the account left', async () => {
  const { data, purges, clock } = await setUp();
  const purge = createPurgePortal({ data, portals: undefined, now: clock.now });
  await purge(PORTAL_A, () => true);
  clock.advance(DAY_MS - (START_EPOCH_MS % DAY_MS) - 1);
  await purge(PORTAL_A, () => true);
  clock.advance(1);
  await purge(PORTAL_A, () => true);
  const midnight = START_EPOCH_MS - (START_EPOCH_MS % DAY_MS);
  expect(purges).toEqual([midnight, midnight, midnight + DAY_MS]);
});

it('The deletion deletes nothing while the table cannot say whether the account is connected', async () => {
  const { purge, purges, portals } = await setUp('disconnect');
  portals.outage.fail(new StoreUnavailableError('away'));
  await expect(purge()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(purges).toEqual([]);
});
