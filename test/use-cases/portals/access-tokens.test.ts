import { toDeadline } from '../../../lib/domain/deadline.ts';
import {
  GrantRevokedError,
  OAuthClientError,
  StoreUnavailableError,
  TokenCipherError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import type { Grant, PortalToken, TokenCipher } from '../../../lib/domain/portal.ts';
import { PORTAL_A, PORTAL_B } from '../../builders/ids.ts';
import { LIFETIME_MS, makeGrant, makeRuntimes, type Runtimes, testCipher } from '../../support/token-runtimes.ts';

const EARLY_MS = 5 * 60_000;
const NOT_CONNECTED = { code: 'PORTAL_NOT_CONNECTED', retryable: false };
const AWAY = () => Promise.reject(new UpstreamUnavailableError('http_503'));
let world: Runtimes;

beforeEach(() => {
  world = makeRuntimes();
});

afterEach(() => {
  expect(JSON.stringify(world.told)).not.toContain('pat-test-');
});

const tokenOf = async (token: Promise<PortalToken>) => (await token).value;
const expire = () => world.clock.advance(LIFETIME_MS);
const enterEarlyWindow = () => world.clock.advance(LIFETIME_MS - EARLY_MS);

describe('A valid token', () => {
  it('A token is decrypted once, kept while the table is away, and never that of another account', async () => {
    await world.connect();
    await world.connect(PORTAL_B, makeGrant(0, { accessToken: 'pat-test-of-b' }));
    const tokens = world.start();
    const first = await tokens.getToken(PORTAL_A);
    expect(first).toEqual({ value: 'pat-test-access-0', issuedAtEpochMs: world.clock.now() });
    world.portals.outage.fail(new StoreUnavailableError('away'));
    expect(await tokens.getToken(PORTAL_A)).toEqual(first);
    world.portals.outage.recover();
    expect(await tokenOf(tokens.getToken(PORTAL_B))).toBe('pat-test-of-b');
    expect(world.oauth.refreshed).toEqual([]);
  });

  it('A token is decrypted once for simultaneous callers, also after a read that failed', async () => {
    await world.connect();
    const decrypt = jest.fn(testCipher.decrypt);
    const tokens = world.start({ cipher: { ...testCipher, decrypt } });
    world.portals.outage.fail(new StoreUnavailableError('away'));
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    world.portals.outage.recover();
    await Promise.all(Array.from({ length: 10 }, () => tokens.getToken(PORTAL_A)));
    await tokens.getToken(PORTAL_A);
    expect(decrypt).toHaveBeenCalledTimes(1);
  });

  it('A token is refreshed five minutes before its end and not before', async () => {
    await world.connect();
    const tokens = world.start();
    world.clock.advance(LIFETIME_MS - EARLY_MS - 1);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
    world.clock.advance(1);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect(world.oauth.refreshed).toEqual(['pat-test-refresh-0']);
  });

  it('[A12] A token with a lifetime of one minute is used for most of it rather than refreshed with every call', async () => {
    world.oauth.answer = async ({ generation }) => makeGrant(generation, { expiresInSeconds: 60 });
    await world.connect();
    const tokens = world.start();
    expire();
    for (let calls = 0; calls < 5; calls += 1) await tokens.getToken(PORTAL_A);
    world.clock.advance(49_999);
    await tokens.getToken(PORTAL_A);
    expect(world.oauth.refreshed).toHaveLength(1);
    world.clock.advance(1);
    await tokens.getToken(PORTAL_A);
    expect(world.oauth.refreshed).toHaveLength(2);
  });
});

describe('A token refresh', () => {
  it('[A7] A token refresh stores the new refresh token before anybody gets the access token', async () => {
    world.oauth.answer = async ({ generation }) =>
      makeGrant(generation, { refreshToken: `pat-test-new-${generation}` });
    await world.connect();
    const tokens = world.start();
    expire();
    const value = await tokenOf(tokens.getToken(PORTAL_A));
    expect(await world.stored()).toEqual({ accessToken: value, refreshToken: 'pat-test-new-1' });
    expire();
    await world.start().getToken(PORTAL_A);
    expect(world.oauth.refreshed).toEqual(['pat-test-refresh-0', 'pat-test-new-1']);
    expect(world.portals.calls).not.toContain('releaseTokenLease');
  });

  it('[X13] Two accounts whose tokens are refreshed at the same time get each its own new token', async () => {
    world.oauth.answer = async ({ refreshToken }) => makeGrant(1, { accessToken: `pat-test-by-${refreshToken}` });
    await world.connect();
    await world.connect(PORTAL_B, makeGrant(0, { refreshToken: 'refresh-b' }));
    expire();
    const tokens = world.start();
    const values = await Promise.all([PORTAL_A, PORTAL_B].map((portalId) => tokenOf(tokens.getToken(portalId))));
    expect(values).toEqual(['pat-test-by-pat-test-refresh-0', 'pat-test-by-refresh-b']);
  });

  it('A token refresh stores the scopes that HubSpot returns and keeps those that it does not mention', async () => {
    await world.connect();
    expire();
    await world.start().getToken(PORTAL_A);
    expect((await world.portals.read(PORTAL_A))?.scopes).toEqual(['oauth']);
    world.oauth.answer = async ({ generation }) => makeGrant(generation, { scopes: ['oauth', 'tickets'] });
    expire();
    await world.start().getToken(PORTAL_A);
    expect((await world.portals.read(PORTAL_A))?.scopes).toEqual(['oauth', 'tickets']);
  });

  it('[A4, X1] A token refresh never accepts tokens that HubSpot grants for another account', async () => {
    world.oauth.answer = async ({ generation }) => makeGrant(generation, { portalId: PORTAL_B });
    await world.connect();
    expire();
    await expect(world.start().getToken(PORTAL_A)).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(await world.stored()).toMatchObject({ accessToken: 'pat-test-access-0' });
    expect(world.count('HubSpotContractBroken')).toBe(1);
  });

  it('A token refresh in another container delays nobody while the old token is valid', async () => {
    await world.connect();
    enterEarlyWindow();
    await world.portals.takeTokenLease(PORTAL_A, 'somebody', await world.seen(), 10_000);
    const before = world.clock.now();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-0');
    expect(world.clock.now()).toBe(before);
  });

  it('[A6] A token refresh of a crashed container is taken over when its lease ends, ten seconds later, with no token lost', async () => {
    await world.connect();
    expire();
    await world.portals.takeTokenLease(PORTAL_A, 'dead', await world.seen(), 10_000);
    const before = world.clock.now();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect(world.clock.now() - before).toBeGreaterThan(10_000);
    expect(world.clock.now() - before).toBeLessThanOrEqual(10_400);
    expect(world.oauth.refreshed).toEqual(['pat-test-refresh-0']);
  });

  it('[A6] A token refresh that ends after its lease changes nothing, and its container uses what was stored', async () => {
    await world.connect();
    expire();
    const [slow, quick] = [world.start(), world.start()];
    const refreshing = Promise.withResolvers<Grant>();
    world.oauth.answer = ({ generation }) =>
      generation === 1 ? refreshing.promise : Promise.resolve(makeGrant(generation));
    const late = tokenOf(slow.getToken(PORTAL_A));
    expect(await tokenOf(quick.getToken(PORTAL_A))).toBe('pat-test-access-2');
    refreshing.resolve(makeGrant(1));
    expect(await late).toBe('pat-test-access-2');
    expect(await world.stored()).toMatchObject({ accessToken: 'pat-test-access-2' });
  });
});

describe('A token refresh that fails temporarily', () => {
  it.each([
    ['A11', 'HubSpot hangs', new UpstreamUnavailableError('timeout')],
    ['A11', 'HubSpot is busy', new UpstreamUnavailableError('http_429')],
    ['A10', 'HubSpot refuses our secret', new OAuthClientError('refused')],
  ])(
    '[%s] When a token refresh fails, the valid token stays in use, and the refresh is tried again at intervals: %s',
    async (_row, _why, error) => {
      world.oauth.answer = () => Promise.reject(error);
      await world.connect();
      const tokens = world.start();
      enterEarlyWindow();
      for (let calls = 0; calls < 5; calls += 1) {
        expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
      }
      expect(world.oauth.refreshed).toHaveLength(1);
      world.clock.advance(30_000);
      await tokens.getToken(PORTAL_A);
      expect(world.oauth.refreshed).toHaveLength(2);
      world.clock.advance(EARLY_MS - 30_000 - 1);
      expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
      world.clock.advance(1);
      await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', retryable: true });
      expect(await world.portals.read(PORTAL_A)).toMatchObject({ version: 1 });
    },
  );

  it('[A11] A failed token refresh releases the lease, so that the next one tries at once and succeeds', async () => {
    world.oauth.answer = AWAY;
    await world.connect();
    expire();
    const tokens = world.start();
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ retryable: true });
    world.oauth.answer = async () => makeGrant(7);
    const before = world.clock.now();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-7');
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-7');
    expect(world.clock.now()).toBe(before);
  });

  it('[A10] A token refresh with a wrong client secret raises an alarm, returns a temporary error and disconnects nobody', async () => {
    world.oauth.answer = () => Promise.reject(new OAuthClientError('refused'));
    await world.connect();
    expire();
    await expect(world.start().getToken(PORTAL_A)).rejects.toMatchObject({
      code: 'HUBSPOT_UNAVAILABLE',
      fault: 'oauth_client_refused',
    });
    expect(world.count('OAuthClientRefused')).toBe(1);
    expect(world.told.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
    expect((await world.portals.read(PORTAL_A))?.disconnectedAtEpochMs).toBeUndefined();
  });

  it('A token refresh that fails because the table is away leaves the valid token in use', async () => {
    await world.connect();
    const tokens = world.start();
    await tokens.getToken(PORTAL_A);
    enterEarlyWindow();
    world.portals.outage.fail(new StoreUnavailableError('away'));
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
    world.clock.advance(EARLY_MS);
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(world.oauth.refreshed).toEqual([]);
  });
});

describe('An account that is not connected', () => {
  it('[M11] The connection of an account is read from the table, never from memory, so the first call after an install succeeds', async () => {
    const tokens = world.start();
    for (let calls = 0; calls < 5; calls += 1) {
      await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ ...NOT_CONNECTED, isForgotten: false });
    }
    expect(world.portals.calls).toEqual(Array(5).fill('read'));
    await world.connect();
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
  });

  it('[M11] An account does not count as disconnected while the table cannot say so', async () => {
    const tokens = world.start();
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
    world.portals.outage.fail(new StoreUnavailableError('away'));
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  it('[M7] A disconnected account is reported as forgotten or not, because callers must store nothing of a forgotten one', async () => {
    await world.connect();
    const tokens = world.start();
    const used = await tokens.getToken(PORTAL_A);
    await world.portals.forget(PORTAL_A, (await world.seen()).installationId, world.clock.now());
    const forgotten = { ...NOT_CONNECTED, isForgotten: true };
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject(forgotten);
    await expect(tokens.findNewerToken(PORTAL_A, used)).rejects.toMatchObject(forgotten);
    await expect(tokens.renewToken(PORTAL_A, used)).rejects.toMatchObject(forgotten);
    world.portals.outage.fail(new StoreUnavailableError('away'));
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('[A9] An account whose grant is revoked is disconnected in the table once, and HubSpot is not asked again', async () => {
    world.oauth.answer = () => Promise.reject(new GrantRevokedError('gone'));
    await world.connect();
    const tokens = world.start();
    expire();
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
    world.clock.advance(60_000);
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
    await expect(world.start().getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
    expect(world.oauth.refreshed).toHaveLength(1);
    expect(world.count('PortalDisconnected')).toBe(1);
    expect((await world.portals.read(PORTAL_A))?.disconnectedAtEpochMs).toBeDefined();
  });

  it('[A9, A13] An account that installed the app again while its old grant was refused stays connected', async () => {
    world.oauth.answer = async () => {
      await world.connect(PORTAL_A, makeGrant(9));
      throw new GrantRevokedError('gone');
    };
    await world.connect();
    expire();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-9');
    expect(world.count('PortalDisconnected')).toBe(0);
  });
});

describe('A save that fails', () => {
  it('[A8] Saving tokens is tried four times in all, and nothing is reported when one try succeeds', async () => {
    world.oauth.answer = async ({ generation }) => {
      failSaves(3);
      return makeGrant(generation, { refreshToken: 'pat-test-new' });
    };
    await world.connect();
    expire();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect(await world.stored()).toMatchObject({ refreshToken: 'pat-test-new' });
    expect(world.count('TokenSaveFailed')).toBe(0);
  });

  it('[A8] Tokens that cannot be saved stay in use, with an alarm, and are stored as soon as possible', async () => {
    world.oauth.answer = async ({ generation }) => {
      failSaves(5);
      return makeGrant(generation, { refreshToken: 'pat-test-new' });
    };
    await world.connect();
    expire();
    const tokens = world.start();
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect([world.count('TokenSaveFailed'), saves()]).toEqual([1, 4]);
    expect(world.told.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
    expect(await world.stored()).toMatchObject({ refreshToken: 'pat-test-refresh-0' });

    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect(saves()).toBe(4);
    for (const tries of [5, 6]) {
      world.clock.advance(30_000);
      expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
      expect(saves()).toBe(tries);
    }
    expect(await world.stored()).toEqual({ accessToken: 'pat-test-access-1', refreshToken: 'pat-test-new' });
    expect(world.oauth.refreshed).toHaveLength(1);
    expire();
    await tokens.getToken(PORTAL_A);
    expect(world.oauth.refreshed).toEqual(['pat-test-refresh-0', 'pat-test-new']);
  });

  it('[A8] When a new refresh token cannot be saved, the lease is kept, so that nobody uses the old one', async () => {
    world.oauth.answer = async ({ generation }) => {
      failSaves(4);
      return makeGrant(generation, { refreshToken: 'pat-test-new' });
    };
    await world.connect();
    expire();
    await world.start().getToken(PORTAL_A);
    expect(await world.portals.takeTokenLease(PORTAL_A, 'other', await world.seen(), 10_000)).toBe(false);
  });

  it.each(['before', 'after'] as const)(
    '[A8, A9] An account stays connected when a new refresh token is saved %s another container was refused the old one',
    async (order) => {
      world.oauth.answer = async ({ refreshToken, generation }) => {
        if (generation === 1) failSaves(4);
        else if (refreshToken === 'pat-test-refresh-0') throw new GrantRevokedError('replaced');
        return makeGrant(generation, { refreshToken: 'pat-test-new' });
      };
      await world.connect();
      expire();
      const [holder, other] = [world.start(), world.start()];
      await holder.getToken(PORTAL_A);
      world.clock.advance(order === 'before' ? 9_000 : 11_000);
      if (order === 'after') await expect(other.getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
      expect(await tokenOf(holder.getToken(PORTAL_A))).toBe('pat-test-access-1');
      expect(await tokenOf(other.getToken(PORTAL_A))).toBe('pat-test-access-1');
      expect(await world.stored()).toMatchObject({ refreshToken: 'pat-test-new' });
    },
  );

  it('[A8, A9] An account stays disconnected when its refresh token was refused, whatever was not saved of the same one', async () => {
    world.oauth.answer = async ({ generation }) => {
      if (generation > 1) throw new GrantRevokedError('uninstalled');
      failSaves(9);
      return makeGrant(generation);
    };
    await world.connect();
    expire();
    const holder = world.start();
    await holder.getToken(PORTAL_A);
    await expect(world.start().getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
    await expect(holder.getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
  });

  it('[A14] When the key is missing, the tokens that HubSpot granted are not lost either', async () => {
    await world.connect();
    expire();
    const tokens = world.start({ cipher: { ...testCipher, encrypt: cannot } });
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect([world.count('TokenCipherFailed'), world.count('TokenSaveFailed')]).toEqual([4, 1]);
    expect(await world.stored()).toMatchObject({ accessToken: 'pat-test-access-0' });
  });

  function failSaves(times: number): void {
    const save = world.portals.saveTokens;
    let left = times;
    world.portals.saveTokens = async (...args) => {
      if (left === 0) return save(...args);
      left -= 1;
      (world.portals.calls as string[]).push('saveTokens');
      throw new StoreUnavailableError('away');
    };
  }

  const saves = () => world.portals.calls.filter((call) => call === 'saveTokens').length;
});

describe('A key that fails', () => {
  const broken: TokenCipher = { encrypt: cannot, decrypt: cannot };

  it('[A14] A failing key is an alarm and a temporary error, and what is stored stays unchanged', async () => {
    await world.connect();
    const before = await world.portals.read(PORTAL_A);
    await expect(world.start({ cipher: broken }).getToken(PORTAL_A)).rejects.toMatchObject({
      code: 'TOKEN_CIPHER_FAILED',
      retryable: true,
    });
    expire();
    await expect(world.start({ cipher: broken }).getToken(PORTAL_A)).rejects.toBeInstanceOf(TokenCipherError);
    expect(await world.portals.read(PORTAL_A)).toEqual(before);
    expect([world.count('TokenCipherFailed'), world.oauth.refreshed]).toEqual([2, []]);
    expect(world.told.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('[A15] A ciphertext that was copied from the row of another account cannot be decrypted', async () => {
    await world.connect(PORTAL_A);
    const row = await world.portals.read(PORTAL_A);
    if (row === undefined) throw new Error('the portal is not there');
    await world.portals.connect(PORTAL_B, row, world.clock.now());
    await expect(world.start().getToken(PORTAL_B)).rejects.toMatchObject({ code: 'TOKEN_CIPHER_FAILED' });
  });
});

describe('A token that HubSpot rejects', () => {
  it('[H5] A rejected token is replaced by one forced refresh for all callers that have it', async () => {
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    const renewed = await Promise.all(Array.from({ length: 10 }, () => tokens.renewToken(PORTAL_A, rejected)));
    expect(new Set(renewed.map(({ value }) => value))).toEqual(new Set(['pat-test-access-1']));
    expect(await tokenOf(tokens.renewToken(PORTAL_A, rejected))).toBe('pat-test-access-1');
    expect(world.oauth.refreshed).toHaveLength(1);
  });

  it('A rejected token is replaced without a refresh when another container or a new install has stored a newer one', async () => {
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    await world.connect(PORTAL_A, makeGrant(5));
    expect(await tokenOf(tokens.renewToken(PORTAL_A, rejected))).toBe('pat-test-access-5');
    expect(world.oauth.refreshed).toEqual([]);
  });

  it('A rejected token is not returned again when the refresh fails', async () => {
    world.oauth.answer = AWAY;
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    await expect(tokens.renewToken(PORTAL_A, rejected)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
  });

  it('A rejected token disconnects the account when its grant is revoked', async () => {
    world.oauth.answer = () => Promise.reject(new GrantRevokedError('gone'));
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    await expect(tokens.renewToken(PORTAL_A, rejected)).rejects.toMatchObject(NOT_CONNECTED);
    await expect(tokens.renewToken(PORTAL_A, rejected)).rejects.toMatchObject(NOT_CONNECTED);
    expect(world.oauth.refreshed).toHaveLength(1);
  });

  it('A token is not refreshed again and again when HubSpot rejects every new one', async () => {
    await world.connect();
    const tokens = world.start();
    world.clock.advance(60_000);
    const second = await tokens.renewToken(PORTAL_A, await tokens.getToken(PORTAL_A));
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(tokens.renewToken(PORTAL_A, second)).rejects.toMatchObject({ retryable: true });
    }
    expect(world.oauth.refreshed).toHaveLength(1);
  });
});

describe('[M6] Tokens of a former installation', () => {
  const reinstall = async (generation: number) => {
    await world.portals.forget(PORTAL_A, (await world.seen()).installationId, world.clock.now());
    await world.connect(PORTAL_A, makeGrant(generation, { refreshToken: `pat-test-refresh-${generation}` }));
  };

  it('[M6] Tokens of a former installation are not used after the account is forgotten and installed again', async () => {
    await world.connect();
    const tokens = world.start();
    const former = await tokens.getToken(PORTAL_A);
    await reinstall(5);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-5');
    expect(await tokens.findNewerToken(PORTAL_A, former)).toMatchObject({ value: 'pat-test-access-5' });
    expect(await tokenOf(tokens.renewToken(PORTAL_A, former))).toBe('pat-test-access-5');
    expect(world.oauth.refreshed).toEqual([]);
  });

  it('[M6] Tokens of a former installation are not used even when those of the new one cannot be decrypted', async () => {
    await world.connect();
    let isBroken = false;
    const decrypt: TokenCipher['decrypt'] = (...args) => (isBroken ? cannot() : testCipher.decrypt(...args));
    const tokens = world.start({ cipher: { ...testCipher, decrypt } });
    await tokens.getToken(PORTAL_A);
    isBroken = true;
    await reinstall(5);
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'TOKEN_CIPHER_FAILED' });
    world.portals.outage.fail(new StoreUnavailableError('away'));
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it.each([
    ['granted something', async () => makeGrant(1)],
    ['said that their grant is gone', () => Promise.reject(new GrantRevokedError('gone'))],
    ['was away', AWAY],
  ])(
    "[M6] A running refresh of a former installation's tokens does not change the new one: HubSpot %s",
    async (_what, answer) => {
      await world.connect();
      expire();
      world.oauth.answer = async () => {
        await reinstall(5);
        return answer();
      };
      const tokens = world.start();
      await tokens.getToken(PORTAL_A).catch(() => undefined);
      expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-5');
      expect(await world.stored()).toEqual({ accessToken: 'pat-test-access-5', refreshToken: 'pat-test-refresh-5' });
      expect([world.count('PortalDisconnected'), world.oauth.refreshed]).toEqual([0, ['pat-test-refresh-0']]);
    },
  );

  it('[M6] Unsaved tokens of a former installation are not stored in the new one', async () => {
    world.oauth.answer = async ({ generation }) => {
      world.portals.saveTokens = async () => Promise.reject(new StoreUnavailableError('away'));
      return makeGrant(generation);
    };
    const save = world.portals.saveTokens;
    await world.connect();
    expire();
    const tokens = world.start();
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
    world.portals.saveTokens = save;
    await reinstall(5);
    world.clock.advance(60_000);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-5');
    expect(await world.stored()).toMatchObject({ accessToken: 'pat-test-access-5' });
  });
});

describe('[M12] A stored token that HubSpot rejects too', () => {
  it('[M12] A stored token that HubSpot rejects is refreshed, however young it is', async () => {
    await world.connect();
    const tokens = world.start();
    const held = await tokens.getToken(PORTAL_A);
    await world.connect(PORTAL_A, makeGrant(5));
    const stored = await tokens.renewToken(PORTAL_A, held);
    expect(stored.value).toBe('pat-test-access-5');
    expect(await tokens.findNewerToken(PORTAL_A, stored)).toBeUndefined();
    expect(await tokenOf(tokens.renewToken(PORTAL_A, stored))).toBe('pat-test-access-1');
    expect(world.oauth.refreshed).toHaveLength(1);
  });
});

describe('[W11] A caller whose time is nearly over', () => {
  const within = (ms: number) => world.clock.now() + ms;

  it('[W11] A caller with little time starts no token refresh: it uses the valid token, and later gets a temporary error', async () => {
    await world.connect();
    const tokens = world.start();
    enterEarlyWindow();
    expect(await tokenOf(tokens.getToken(PORTAL_A, toDeadline(within(700))))).toBe('pat-test-access-0');
    world.clock.advance(EARLY_MS);
    await expect(tokens.getToken(PORTAL_A, toDeadline(within(700)))).rejects.toMatchObject({
      fault: 'out_of_time',
      retryable: true,
    });
    expect(world.portals.calls).not.toContain('takeTokenLease');
    expect(await tokenOf(tokens.getToken(PORTAL_A, toDeadline(within(5_000))))).toBe('pat-test-access-1');
  });

  it('[W11] A token refresh waits for HubSpot only as long as there is time left to store the result', async () => {
    const deadlines: number[] = [];
    const refresh = async (_refreshToken: string, deadline: number) => {
      deadlines.push(deadline - world.clock.now());
      return makeGrant(1);
    };
    for (const ms of [1_000, 3_000, 60_000]) {
      await world.connect();
      expire();
      await world.start({ oauth: { refresh } }).getToken(PORTAL_A, toDeadline(within(ms)));
    }
    expect(deadlines).toEqual([750, 2_750, 6_000]);
  });

  it('[W11] A caller does not wait for the token refresh of another container beyond its deadline', async () => {
    await world.connect();
    expire();
    await world.portals.takeTokenLease(PORTAL_A, 'slow', await world.seen(), 10_000);
    const end = within(2_000);
    await expect(world.start().getToken(PORTAL_A, toDeadline(end))).rejects.toMatchObject({ fault: 'out_of_time' });
    expect(world.clock.now()).toBeLessThan(end);
  });

  it('[W11] A caller does not try to store new tokens beyond its deadline, and gets them all the same', async () => {
    world.portals.saveTokens = async () => Promise.reject(new StoreUnavailableError('away'));
    await world.connect();
    expire();
    const end = within(800);
    expect(await tokenOf(world.start().getToken(PORTAL_A, toDeadline(end)))).toBe('pat-test-access-1');
    expect(world.clock.now()).toBeLessThan(end);
    expect(world.count('TokenSaveFailed')).toBe(1);
  });

  it('[W11] A caller does not join a token refresh that may take longer than its time, or that was frozen with its container', async () => {
    await world.connect();
    expire();
    const frozen = Promise.withResolvers<Grant>();
    world.oauth.answer = ({ generation }) =>
      generation === 1 ? frozen.promise : Promise.resolve(makeGrant(generation));
    const tokens = world.start();
    const first = tokens.getToken(PORTAL_A, toDeadline(within(8_000)));
    await expect(tokens.getToken(PORTAL_A, toDeadline(within(2_000)))).rejects.toMatchObject({ fault: 'out_of_time' });
    world.clock.advance(LIFETIME_MS);
    expect(await tokenOf(tokens.getToken(PORTAL_A, toDeadline(within(8_000))))).toBe('pat-test-access-2');
    frozen.resolve(makeGrant(1));
    expect(await tokenOf(first)).toBe('pat-test-access-2');
  });
});

async function cannot(): Promise<string> {
  throw new TokenCipherError('KMS refused Decrypt: DisabledException');
}
