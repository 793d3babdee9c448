import { toDeadline } from '../../../lib/domain/deadline.ts';
import { PortalNotConnectedError, StoreUnavailableError, TokenCipherError } from '../../../lib/domain/errors.ts';
import type { PortalId } from '../../../lib/domain/ids.ts';
import { LruMap } from '../../../lib/domain/lru-map.ts';
import { encryptGrant, type HeldTokens, type TokenCipher } from '../../../lib/domain/portal.ts';
import type { GrantToSave, SaveOutcome } from '../../../lib/ports/steps.ts';
import { createReadTokens } from '../../../lib/use-cases/portals/read-tokens.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { createFakePortals } from '../../fakes/portals.ts';
import { createFakeTelemetry } from '../../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { LIFETIME_MS, makeGrant, makeRenewal, testCipher } from '../../support/token-runtimes.ts';

const LATER = toDeadline(START_EPOCH_MS + 8_000);
const SAVE_REST_MS = 5_000;

function setUp(change: Partial<TokenCipher> = {}) {
  const clock = makeClock();
  const portals = createFakePortals(clock.now);
  const telemetry = createFakeTelemetry();
  const heldTokens = new LruMap<PortalId, HeldTokens>();
  const decrypt = jest.fn(change.decrypt ?? testCipher.decrypt);
  const orders: GrantToSave[] = [];
  const world = { save: 'saved' as SaveOutcome };
  const { readTokens, retryLater } = createReadTokens({
    portals,
    cipher: { ...testCipher, decrypt },
    newId: () => 'id-1',
    now: clock.now,
    saveGrant: async (order) => {
      orders.push(order);
      return world.save;
    },
    heldTokens,
    ...telemetry,
  });
  const connect = async (generation = 0, portalId = PORTAL_A) => {
    const tokens = await encryptGrant(testCipher, portalId, makeGrant(generation), clock.now());
    await portals.connect(portalId, { scopes: [], tokens }, clock.now());
  };
  const read = (portalId = PORTAL_A) => readTokens(portalId, LATER);
  /** As a refresh in this container leaves them. */
  const refresh = async (): Promise<HeldTokens> => {
    const seen = (await portals.read(PORTAL_A)) ?? fail();
    const { accessToken, refreshToken } = makeGrant(1);
    const tokens = await encryptGrant(testCipher, PORTAL_A, makeGrant(1), clock.now());
    await portals.saveTokens(PORTAL_A, 'another', seen, { tokens });
    const { installationId, version } = seen;
    const { issuedAtEpochMs, expiresAtEpochMs } = tokens;
    const held = { accessToken, refreshToken, issuedAtEpochMs, expiresAtEpochMs, installationId, version: version + 1 };
    return heldTokens.set(PORTAL_A, { ...held, lastRejectedAtEpochMs: clock.now() });
  };
  return { world, clock, portals, telemetry, heldTokens, decrypt, orders, connect, read, refresh, retryLater };
}

it('The tokens of an account come from its row, decrypted, with their revision', async () => {
  const { connect, read } = setUp();
  await connect();
  expect(await read()).toEqual({
    accessToken: 'pat-test-access-0',
    refreshToken: 'pat-test-refresh-0',
    issuedAtEpochMs: START_EPOCH_MS,
    expiresAtEpochMs: START_EPOCH_MS + LIFETIME_MS,
    installationId: 'installation-1',
    version: 1,
    lastRejectedAtEpochMs: 0,
  });
});

it('The row of an account is read for each call, and decrypted once for each revision', async () => {
  const { connect, read, portals, decrypt } = setUp();
  await connect();
  await read();
  await read();
  expect(portals.calls.filter((call) => call === 'read')).toHaveLength(2);
  expect(decrypt).toHaveBeenCalledTimes(1);
  await connect(1);
  expect((await read()).accessToken).toBe('pat-test-access-1');
  expect(decrypt).toHaveBeenCalledTimes(2);
});

it('The tokens are decrypted once for simultaneous callers, and their row is read once for each', async () => {
  const { connect, read, portals, decrypt } = setUp();
  await connect();
  const all = await Promise.all([read(), read(), read()]);
  expect(new Set(all).size).toBe(1);
  expect(portals.calls.filter((call) => call === 'read')).toHaveLength(3);
  expect(decrypt).toHaveBeenCalledTimes(1);
});

it('[X13] Two accounts that are read at the same time get each its own tokens', async () => {
  const { connect, read } = setUp();
  await connect(0);
  await connect(1, PORTAL_B);
  const [ofA, ofB] = await Promise.all([read(), read(PORTAL_B)]);
  expect([ofA.accessToken, ofB.accessToken]).toEqual(['pat-test-access-0', 'pat-test-access-1']);
});

it.each([
  ['was never connected', undefined, false],
  ['disconnected', 'disconnect', false],
  ['was forgotten', 'forget', true],
] as const)(
  'An account that %s has no tokens, and what was remembered of it is dropped',
  async (_what, leave, isForgotten) => {
    const { connect, read, portals, heldTokens, clock } = setUp();
    if (leave !== undefined) {
      await connect();
      const seen = await read();
      if (leave === 'disconnect') await portals.disconnect(PORTAL_A, seen, clock.now());
      else await portals.forget(PORTAL_A, seen.installationId, clock.now());
    }
    await expect(read()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED', isForgotten });
    await expect(read()).rejects.toBeInstanceOf(PortalNotConnectedError);
    expect(heldTokens.get(PORTAL_A)).toBeUndefined();
  },
);

it('A newer revision of one installation keeps the time of the last rejection, and another installation does not', async () => {
  const { connect, read, heldTokens, portals, clock } = setUp();
  await connect();
  const held = await read();
  heldTokens.set(PORTAL_A, { ...held, lastRejectedAtEpochMs: 77 });
  const tokens = await encryptGrant(testCipher, PORTAL_A, makeGrant(1), clock.now());
  await portals.saveTokens(PORTAL_A, 'another', held, { tokens });
  expect(await read()).toMatchObject({ version: 2, accessToken: 'pat-test-access-1', lastRejectedAtEpochMs: 77 });
  await connect(2);
  expect(await read()).toMatchObject({ version: 3, lastRejectedAtEpochMs: 0 });
});

it.each([
  ['its row was read', 'read'],
  ['its tokens were decrypted', 'decrypt'],
] as const)(
  '[A5] Tokens that a caller in the container refreshed while %s for another caller are kept, and that one gets them',
  async (_what, slow) => {
    const { connect, read, refresh, portals, heldTokens, decrypt } = setUp();
    await connect();
    const old = await portals.read(PORTAL_A);
    const reached = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    const wait = async <T>(value: Promise<T> | T): Promise<T> => {
      reached.resolve();
      await resumed.promise;
      return value;
    };
    if (slow === 'read') jest.spyOn(portals, 'read').mockImplementationOnce(() => wait(old));
    else decrypt.mockImplementationOnce((...given) => wait(testCipher.decrypt(...given)));
    const overtaken = read();
    await reached.promise;
    const refreshed = await refresh();
    resumed.resolve();
    expect(await overtaken).toBe(refreshed);
    expect(heldTokens.get(PORTAL_A)).toBe(refreshed);
  },
);

it('[M6] The tokens of a new installation are used although its row begins with the same version', async () => {
  const { connect, read, portals, clock } = setUp();
  await connect();
  const { installationId, version } = await read();
  await portals.forget(PORTAL_A, installationId, clock.now());
  await portals.remove(PORTAL_A);
  await connect(1);
  expect(await read()).toMatchObject({ version, accessToken: 'pat-test-access-1' });
});

it('Tokens that cannot be decrypted are counted and reported to the operator, and nothing of them is remembered', async () => {
  const { connect, read, telemetry, heldTokens } = setUp({
    decrypt: () => Promise.reject(new TokenCipherError('no key')),
  });
  await connect();
  await expect(read()).rejects.toBeInstanceOf(TokenCipherError);
  expect(telemetry.counts).toEqual(['TokenCipherFailed ×1']);
  expect(telemetry.lines).toEqual(['error the tokens of a portal could not be decrypted']);
  expect(heldTokens.get(PORTAL_A)).toBeUndefined();
});

it('Tokens that could not be replaced rest for thirty seconds, and are held until then', async () => {
  const { connect, read, retryLater, heldTokens } = setUp();
  await connect();
  const kept = retryLater(PORTAL_A, await read());
  expect(kept.retryAfterEpochMs).toBe(START_EPOCH_MS + 30_000);
  expect(await read()).toBe(kept);
  expect(heldTokens.get(PORTAL_A)).toBe(kept);
});

it('A table that is away is an error, and tokens are never returned from memory instead', async () => {
  const { connect, read, portals } = setUp();
  await connect();
  await read();
  const away = new StoreUnavailableError('away');
  portals.outage.fail(away);
  await expect(read()).rejects.toBe(away);
});

describe('A grant that is not saved yet', () => {
  async function holdUnsaved(save: SaveOutcome) {
    const world = setUp();
    await world.connect();
    const held = await world.read();
    world.heldTokens.set(PORTAL_A, { ...held, accessToken: 'pat-test-access-1', unsaved: makeRenewal(1) });
    world.world.save = save;
    return { ...world, held };
  }

  it('An unsaved grant is saved with the next read, at once or not at all, and then counts as saved', async () => {
    const { read, orders, heldTokens, held } = await holdUnsaved('saved');
    expect(await read()).toMatchObject({ accessToken: 'pat-test-access-1', version: held.version + 1 });
    expect(orders).toMatchObject([
      {
        portalId: PORTAL_A,
        holderId: 'id-1',
        seen: { installationId: held.installationId, version: held.version },
        grant: makeRenewal(1),
        issuedAtEpochMs: START_EPOCH_MS,
        deadline: START_EPOCH_MS,
      },
    ]);
    expect(heldTokens.get(PORTAL_A)).not.toHaveProperty('unsaved');
  });

  it('An unsaved grant is used while it cannot be saved, and saving is retried after five seconds, before a lease ends', async () => {
    const { read, orders, clock } = await holdUnsaved('failed');
    expect(await read()).toMatchObject({
      accessToken: 'pat-test-access-1',
      retryAfterEpochMs: START_EPOCH_MS + SAVE_REST_MS,
    });
    clock.advance(SAVE_REST_MS - 1);
    expect(await read()).toMatchObject({ accessToken: 'pat-test-access-1' });
    expect(orders).toHaveLength(1);
    clock.advance(1);
    await read();
    expect(orders).toHaveLength(2);
  });

  it('An unsaved grant is dropped when somebody else replaced the tokens, and the row is read again', async () => {
    const { read, portals, decrypt } = await holdUnsaved('replaced');
    expect(await read()).toMatchObject({ accessToken: 'pat-test-access-0', version: 1 });
    expect(portals.calls.filter((call) => call === 'read')).toHaveLength(3);
    expect(decrypt).toHaveBeenCalledTimes(2);
  });
});

function fail(): never {
  throw new Error('the account has no row');
}
