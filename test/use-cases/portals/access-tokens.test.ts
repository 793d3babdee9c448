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

describe('a token that lasts', () => {
  it('is decrypted once, held while the table is away, and never that of another portal', async () => {
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

  it('is decrypted once for callers that come together, also after a read that failed', async () => {
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

  it('is refreshed five minutes before its end and not before', async () => {
    await world.connect();
    const tokens = world.start();
    world.clock.advance(LIFETIME_MS - EARLY_MS - 1);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
    world.clock.advance(1);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect(world.oauth.refreshed).toEqual(['pat-test-refresh-0']);
  });

  it('[A12] of a minute is used for most of it rather than refreshed with every call', async () => {
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

describe('a refresh', () => {
  it('[A7] has stored the refresh token that came back before anybody gets the access token', async () => {
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

  it('stores the scopes that HubSpot tells and keeps those that it does not', async () => {
    await world.connect();
    expire();
    await world.start().getToken(PORTAL_A);
    expect((await world.portals.read(PORTAL_A))?.scopes).toEqual(['oauth']);
    world.oauth.answer = async ({ generation }) => makeGrant(generation, { scopes: ['oauth', 'tickets'] });
    expire();
    await world.start().getToken(PORTAL_A);
    expect((await world.portals.read(PORTAL_A))?.scopes).toEqual(['oauth', 'tickets']);
  });

  it('[A4, X1] never takes tokens that HubSpot grants for another portal', async () => {
    world.oauth.answer = async ({ generation }) => makeGrant(generation, { portalId: PORTAL_B });
    await world.connect();
    expire();
    await expect(world.start().getToken(PORTAL_A)).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(await world.stored()).toMatchObject({ accessToken: 'pat-test-access-0' });
    expect(world.count('HubSpotContractBroken')).toBe(1);
  });

  it('in another container keeps nobody waiting while the old token lasts', async () => {
    await world.connect();
    enterEarlyWindow();
    await world.portals.takeTokenLease(PORTAL_A, 'somebody', await world.seen(), 10_000);
    const before = world.clock.now();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-0');
    expect(world.clock.now()).toBe(before);
  });

  it('[A6] whose container died is taken over when its lease is over, ten seconds later, with no token lost', async () => {
    await world.connect();
    expire();
    await world.portals.takeTokenLease(PORTAL_A, 'dead', await world.seen(), 10_000);
    const before = world.clock.now();
    expect(await tokenOf(world.start().getToken(PORTAL_A))).toBe('pat-test-access-1');
    expect(world.clock.now() - before).toBeGreaterThan(10_000);
    expect(world.clock.now() - before).toBeLessThanOrEqual(10_400);
    expect(world.oauth.refreshed).toEqual(['pat-test-refresh-0']);
  });

  it('[A6] that comes back after its lease changes nothing, and its container goes on with what was stored', async () => {
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

describe('a refresh that fails for now', () => {
  it.each([
    ['A11', 'HubSpot hangs', new UpstreamUnavailableError('timeout')],
    ['A11', 'HubSpot is busy', new UpstreamUnavailableError('http_429')],
    ['A10', 'HubSpot refuses our secret', new OAuthClientError('refused')],
  ])(
    '[%s] leaves the old token in use while it lasts, and is tried again now and then: %s',
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

  it('[A11] gives the lease back, so that the next one tries at once and succeeds', async () => {
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

  it('[A10] for our own secret raises the alarm, answers that it may pass, and disconnects nobody', async () => {
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

  it('for want of the table leaves the old token in use while it lasts', async () => {
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

describe('a portal that is not connected', () => {
  it('[M11] is told so by what the table says now, never from memory: its first call after an install succeeds', async () => {
    const tokens = world.start();
    for (let calls = 0; calls < 5; calls += 1) {
      await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ ...NOT_CONNECTED, isForgotten: false });
    }
    expect(world.portals.calls).toEqual(Array(5).fill('read'));
    await world.connect();
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-0');
  });

  it('[M11] is not told so while the table cannot say', async () => {
    const tokens = world.start();
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject(NOT_CONNECTED);
    world.portals.outage.fail(new StoreUnavailableError('away'));
    await expect(tokens.getToken(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });

  it('[M7] says whether it was forgotten, for callers that must then store nothing of it', async () => {
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

  it('[A9] is one whose grant is gone: told to the table once, and HubSpot is not asked again', async () => {
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

  it('[A9, A13] is none that installed again while its old grant was refused', async () => {
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

describe('a save that fails', () => {
  it('[A8] is tried four times in all, and goes unnoticed when one of them works', async () => {
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

  it('[A8] for good leaves the new tokens in use, with an alarm, and they are stored once that can be done', async () => {
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

  it('[A8] of a new refresh token keeps the lease, so that nobody takes the old one’s death for a disconnection', async () => {
    world.oauth.answer = async ({ generation }) => {
      failSaves(4);
      return makeGrant(generation, { refreshToken: 'pat-test-new' });
    };
    await world.connect();
    expire();
    await world.start().getToken(PORTAL_A);
    expect(await world.portals.takeTokenLease(PORTAL_A, 'other', await world.seen(), 10_000)).toBe(false);
  });

  it('[A14] for want of the key is no reason to lose what HubSpot granted either', async () => {
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

describe('a key that fails', () => {
  const broken: TokenCipher = { encrypt: cannot, decrypt: cannot };

  it('[A14] is an alarm and an error that may pass; what is stored stays as it is', async () => {
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

  it('[A15] opens nothing that was copied from the row of another portal', async () => {
    await world.connect(PORTAL_A);
    const row = await world.portals.read(PORTAL_A);
    if (row === undefined) throw new Error('the portal is not there');
    await world.portals.connect(PORTAL_B, row, world.clock.now());
    await expect(world.start().getToken(PORTAL_B)).rejects.toMatchObject({ code: 'TOKEN_CIPHER_FAILED' });
  });
});

describe('a token that HubSpot rejects', () => {
  it('[H5] is replaced by one forced refresh for all who come with it', async () => {
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    const renewed = await Promise.all(Array.from({ length: 10 }, () => tokens.renewToken(PORTAL_A, rejected)));
    expect(new Set(renewed.map(({ value }) => value))).toEqual(new Set(['pat-test-access-1']));
    expect(await tokenOf(tokens.renewToken(PORTAL_A, rejected))).toBe('pat-test-access-1');
    expect(world.oauth.refreshed).toHaveLength(1);
  });

  it('is replaced without a refresh when another container or a new install has stored a newer one', async () => {
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    await world.connect(PORTAL_A, makeGrant(5));
    expect(await tokenOf(tokens.renewToken(PORTAL_A, rejected))).toBe('pat-test-access-5');
    expect(world.oauth.refreshed).toEqual([]);
  });

  it('is not given out again when the refresh fails', async () => {
    world.oauth.answer = AWAY;
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    await expect(tokens.renewToken(PORTAL_A, rejected)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
  });

  it('is the end when its grant is gone', async () => {
    world.oauth.answer = () => Promise.reject(new GrantRevokedError('gone'));
    await world.connect();
    const tokens = world.start();
    const rejected = await tokens.getToken(PORTAL_A);
    world.clock.advance(60_000);
    await expect(tokens.renewToken(PORTAL_A, rejected)).rejects.toMatchObject(NOT_CONNECTED);
    await expect(tokens.renewToken(PORTAL_A, rejected)).rejects.toMatchObject(NOT_CONNECTED);
    expect(world.oauth.refreshed).toHaveLength(1);
  });

  it('is not refreshed over and over when HubSpot rejects every new one', async () => {
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

describe('[M6] tokens of a former installation', () => {
  const reinstall = async (generation: number) => {
    await world.portals.forget(PORTAL_A, (await world.seen()).installationId, world.clock.now());
    await world.connect(PORTAL_A, makeGrant(generation, { refreshToken: `pat-test-refresh-${generation}` }));
  };

  it('[M6] are not used once the portal is forgotten and installed again, by a container that holds them', async () => {
    await world.connect();
    const tokens = world.start();
    const former = await tokens.getToken(PORTAL_A);
    await reinstall(5);
    expect(await tokenOf(tokens.getToken(PORTAL_A))).toBe('pat-test-access-5');
    expect(await tokens.findNewerToken(PORTAL_A, former)).toMatchObject({ value: 'pat-test-access-5' });
    expect(await tokenOf(tokens.renewToken(PORTAL_A, former))).toBe('pat-test-access-5');
    expect(world.oauth.refreshed).toEqual([]);
  });

  it('[M6] are not used although those of the new one cannot be decrypted', async () => {
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
  ])('[M6] that were being refreshed change nothing of the new one: HubSpot %s', async (_what, answer) => {
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
  });

  it('[M6] that could not be stored are not stored in the new one either', async () => {
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

describe('[M12] a stored token that HubSpot rejects, too', () => {
  it('[M12] is refreshed, however young it is', async () => {
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

describe('[W11] a caller whose time is nearly over', () => {
  const within = (ms: number) => world.clock.now() + ms;

  it('[W11] begins no refresh: the old token is used while it lasts, and then the caller comes again', async () => {
    await world.connect();
    const tokens = world.start();
    enterEarlyWindow();
    expect(await tokenOf(tokens.getToken(PORTAL_A, within(700)))).toBe('pat-test-access-0');
    world.clock.advance(EARLY_MS);
    await expect(tokens.getToken(PORTAL_A, within(700))).rejects.toMatchObject({
      fault: 'out_of_time',
      retryable: true,
    });
    expect(world.portals.calls).not.toContain('takeTokenLease');
    expect(await tokenOf(tokens.getToken(PORTAL_A, within(5_000)))).toBe('pat-test-access-1');
  });

  it('[W11] has HubSpot asked for no longer than there is time left to store what it grants', async () => {
    const deadlines: number[] = [];
    const refresh = async (_refreshToken: string, deadlineEpochMs: number) => {
      deadlines.push(deadlineEpochMs - world.clock.now());
      return makeGrant(1);
    };
    for (const ms of [1_000, 3_000, 60_000]) {
      await world.connect();
      expire();
      await world.start({ oauth: { refresh } }).getToken(PORTAL_A, within(ms));
    }
    expect(deadlines).toEqual([750, 2_750, 6_000]);
  });

  it('[W11] does not wait for the refresh of another container beyond it', async () => {
    await world.connect();
    expire();
    await world.portals.takeTokenLease(PORTAL_A, 'slow', await world.seen(), 10_000);
    const end = within(2_000);
    await expect(world.start().getToken(PORTAL_A, end)).rejects.toMatchObject({ fault: 'out_of_time' });
    expect(world.clock.now()).toBeLessThan(end);
  });

  it('[W11] does not try to store new tokens beyond it, and has them all the same', async () => {
    world.portals.saveTokens = async () => Promise.reject(new StoreUnavailableError('away'));
    await world.connect();
    expire();
    const end = within(800);
    expect(await tokenOf(world.start().getToken(PORTAL_A, end))).toBe('pat-test-access-1');
    expect(world.clock.now()).toBeLessThan(end);
    expect(world.count('TokenSaveFailed')).toBe(1);
  });

  it('[W11] does not join a refresh that may take longer than it has, nor one that was frozen with its container', async () => {
    await world.connect();
    expire();
    const frozen = Promise.withResolvers<Grant>();
    world.oauth.answer = ({ generation }) =>
      generation === 1 ? frozen.promise : Promise.resolve(makeGrant(generation));
    const tokens = world.start();
    const first = tokens.getToken(PORTAL_A, within(8_000));
    await expect(tokens.getToken(PORTAL_A, within(2_000))).rejects.toMatchObject({ fault: 'out_of_time' });
    world.clock.advance(LIFETIME_MS);
    expect(await tokenOf(tokens.getToken(PORTAL_A, within(8_000)))).toBe('pat-test-access-2');
    frozen.resolve(makeGrant(1));
    expect(await tokenOf(first)).toBe('pat-test-access-2');
  });
});

async function cannot(): Promise<string> {
  throw new TokenCipherError('KMS refused Decrypt: DisabledException');
}
