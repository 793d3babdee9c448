import { toDeadline } from '../../../lib/domain/deadline.ts';
import { StoreUnavailableError, TokenCipherError } from '../../../lib/domain/errors.ts';
import { decryptTokens, type TokenCipher } from '../../../lib/domain/portal.ts';
import { createSaveGrant } from '../../../lib/use-cases/portals/save-grant.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { createFakePortals } from '../../fakes/portals.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { LIFETIME_MS, makeRenewal, testCipher } from '../../support/token-runtimes.ts';

const AWAY = new StoreUnavailableError('away');

async function setUp(cipher: TokenCipher = testCipher) {
  const clock = makeClock();
  const portals = createFakePortals(clock.now);
  const telemetry = createFakeTelemetry();
  const tokens = { ciphertext: '', issuedAtEpochMs: 0, expiresAtEpochMs: 0 };
  await portals.connect(PORTAL_A, { scopes: ['old'], tokens }, clock.now());
  const seen = (await portals.read(PORTAL_A)) ?? { installationId: '', version: 0 };
  const slept: number[] = [];
  const saveGrant = createSaveGrant({
    portals,
    cipher,
    now: clock.now,
    sleep: async (ms) => {
      slept.push(ms);
      clock.advance(ms);
      // The table is back after so many waits.
      if (slept.length === world.backAfter) portals.outage.recover();
    },
    ...telemetry,
  });
  const world = { backAfter: Number.POSITIVE_INFINITY };
  const save = (grant = makeRenewal(1), budgetMs = 60_000) =>
    saveGrant({
      portalId: PORTAL_A,
      holderId: 'holder',
      seen,
      grant,
      issuedAtEpochMs: START_EPOCH_MS,
      deadline: toDeadline(clock.now() + budgetMs),
    });
  return { world, portals, telemetry, slept, save };
}

it('A grant is stored encrypted in place of the known tokens, with the times of its issue and end', async () => {
  const { save, portals, slept } = await setUp();
  expect(await save()).toBe('saved');
  const row = await portals.read(PORTAL_A);
  expect(row).toMatchObject({
    version: 2,
    scopes: ['old'],
    tokens: { issuedAtEpochMs: START_EPOCH_MS, expiresAtEpochMs: START_EPOCH_MS + LIFETIME_MS },
  });
  expect(row?.tokens.ciphertext).not.toContain('pat-test');
  expect(await decryptTokens(testCipher, PORTAL_A, row?.tokens ?? { ciphertext: '' })).toEqual({
    accessToken: 'pat-test-access-1',
    refreshToken: 'pat-test-refresh-0',
  });
  expect(slept).toEqual([]);
});

it('A grant that contains its scopes replaces those of the account', async () => {
  const { save, portals } = await setUp();
  await save(makeRenewal(1, { scopes: ['new'] }));
  expect((await portals.read(PORTAL_A))?.scopes).toEqual(['new']);
});

it('A grant is not stored over tokens that somebody else replaced, and is not tried again', async () => {
  const { save, slept, telemetry } = await setUp();
  expect(await save(makeRenewal(1))).toBe('saved');
  expect(await save(makeRenewal(2))).toBe('replaced');
  expect([slept, telemetry.lines]).toEqual([[], []]);
});

it.each([
  [1, [100]],
  [3, [100, 200, 400]],
])(
  'A grant is stored once the table is back after %i waits, each twice as long as the one before: %j',
  async (backAfter, waits) => {
    const { save, world, portals, slept, telemetry } = await setUp();
    portals.outage.fail(AWAY);
    world.backAfter = backAfter;
    expect(await save()).toBe('saved');
    expect(slept).toEqual(waits);
    expect(telemetry.counts).toEqual([]);
  },
);

it('A grant that cannot be stored in four tries is given up, counted, and reported to the operator', async () => {
  const { save, portals, slept, telemetry } = await setUp();
  portals.outage.fail(AWAY);
  expect(await save()).toBe('failed');
  expect(slept).toEqual([100, 200, 400]);
  expect(telemetry.counts).toEqual(['TokenSaveFailed ×1']);
  expect(telemetry.lines.at(-1)).toBe('error new tokens of a portal could not be stored');
});

it.each([
  [0, []],
  [100, []],
  [101, [100]],
  [301, [100, 200]],
])(
  "Storing a grant is tried at least once, and no try starts after %i ms of the caller's time: %j",
  async (budgetMs, waits) => {
    const { save, portals, slept } = await setUp();
    portals.outage.fail(AWAY);
    expect(await save(makeRenewal(1), budgetMs)).toBe('failed');
    expect(slept).toEqual(waits);
    expect(portals.calls.filter((call) => call === 'saveTokens')).toHaveLength(waits.length + 1);
  },
);

it('A grant that cannot be encrypted is counted as a failure of the key at every try', async () => {
  const encrypt = () => Promise.reject(new TokenCipherError('no key'));
  const { save, telemetry, portals } = await setUp({ ...testCipher, encrypt });
  expect(await save()).toBe('failed');
  expect(telemetry.counts).toEqual([...Array(4).fill('TokenCipherFailed ×1'), 'TokenSaveFailed ×1']);
  expect(portals.calls).not.toContain('saveTokens');
});

it('A programming mistake in storing a grant is thrown and not retried', async () => {
  const { save, portals, slept } = await setUp();
  portals.outage.fail(new TypeError('a mistake'));
  await expect(save()).rejects.toThrow('a mistake');
  expect(slept).toEqual([]);
});
