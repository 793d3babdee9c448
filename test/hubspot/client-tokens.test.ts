import { toDeadline } from '../../lib/domain/deadline.ts';
import { PortalNotConnectedError, StoreUnavailableError } from '../../lib/domain/errors.ts';
import type { PortalToken } from '../../lib/domain/portal.ts';
import { createStaticTokens } from '../../lib/hubspot/static-tokens.ts';
import type { PortalTokens } from '../../lib/ports/portals.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { BUDGET_MS, makeGateway, makeTokens, portalId, reply } from './gateway.ts';

const AFTER = reply(200, { done: true });
const REJECTED = reply(401, { category: 'INVALID_AUTHENTICATION' });

const bearersOf = (gateway: ReturnType<typeof makeGateway>) =>
  gateway.tries.map(({ request }) => request.headers.Authorization);

describe('Rejected tokens', () => {
  it.each([
    [0, 'just issued'],
    [4_999, 'almost five seconds old'],
  ])('[H4] A fresh token, %d ms old, is tried again after half a second (%s)', async (ageMs) => {
    const tokens = makeTokens(() => START_EPOCH_MS - ageMs);
    const gateway = makeGateway({ script: [REJECTED, AFTER], tokens });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.slept).toEqual([500]);
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-1', 'Bearer pat-test-1']);
    expect(tokens.renewed).toEqual([]);
  });

  it('[H4, M12] A fresh token is tried again once, then refreshed once, and no more', async () => {
    const tokens = makeTokens(() => START_EPOCH_MS);
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-1', 'Bearer pat-test-1', 'Bearer pat-test-2']);
    expect(gateway.slept).toEqual([500]);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
  });

  it('[H4, M12] A token that was just refreshed is also tried twice before the account counts as disconnected', async () => {
    const tokens = makeTokens((generation) => (generation === 1 ? START_EPOCH_MS - 60_000 : START_EPOCH_MS));
    const gateway = makeGateway({ script: [REJECTED, REJECTED, AFTER], tokens });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-1', 'Bearer pat-test-2', 'Bearer pat-test-2']);
  });

  it('[M12] After a rejection, the token in the table is tried, then a refreshed one, and then the rejection stands', async () => {
    const gateway = makeGateway({ script: [REJECTED], tokens: makeStoredTokens() });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-held', 'Bearer pat-test-stored', 'Bearer pat-test-1']);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
  });

  it.each([1, 2])('[M12] A call succeeds with the first accepted token, after %i rejected ones', async (rejected) => {
    const script = [...Array(rejected).fill(REJECTED), AFTER];
    const gateway = makeGateway({ script, tokens: makeStoredTokens() });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.tries).toHaveLength(rejected + 1);
    expect(gateway.count('HubSpotTokenRejected')).toBe(0);
  });

  it('[M11] An account does not count as disconnected while the table cannot say whether it has another token', async () => {
    const away = async () => Promise.reject(new StoreUnavailableError('away'));
    const gateway = makeGateway({ script: [REJECTED], tokens: { ...makeTokens(), findNewerToken: away } });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(gateway.count('HubSpotTokenRejected')).toBe(0);
  });

  it.each(['findNewerToken', 'refreshToken'] as const)(
    '[M7] A rejected token of a forgotten account is no fault, because %s says that the account is gone',
    async (name) => {
      const forgotten = async () => Promise.reject(new PortalNotConnectedError('gone', true));
      const gateway = makeGateway({ script: [REJECTED], tokens: { ...makeTokens(), [name]: forgotten } });
      await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED', isForgotten: true });
      expect(gateway.count('HubSpotTokenRejected')).toBe(0);
    },
  );

  it.each([
    [500, 1, 'the wait would end at the deadline'],
    [501, 3, 'one millisecond is left after the wait'],
  ])('[H4] With %d ms left, a fresh token is tried %d times (%s)', async (budgetMs, tries) => {
    const gateway = makeGateway({ script: [REJECTED], tokens: makeTokens(() => START_EPOCH_MS) });
    const code = tries === 1 ? 'HUBSPOT_UNAVAILABLE' : 'PORTAL_NOT_CONNECTED';
    await expect(gateway.send(portalId(1), budgetMs)).rejects.toMatchObject({ code });
    expect(gateway.tries).toHaveLength(tries);
  });

  it.each<[number | undefined, string]>([
    [5_000, 'five seconds old'],
    [1_800_000, 'expired'],
    [undefined, 'of unknown age'],
  ])('[H5] An older token, %p ms old, is refreshed at once and the call repeated (%s)', async (ageMs) => {
    const tokens = makeTokens(() => (ageMs === undefined ? undefined : START_EPOCH_MS - ageMs));
    const gateway = makeGateway({ script: [REJECTED, AFTER], tokens });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.slept).toEqual([]);
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-1', 'Bearer pat-test-2']);
    expect(tokens.renewed.map((token) => token.value)).toEqual(['pat-test-1']);
  });

  it('[H5] An account whose refreshed token is rejected too counts as not connected, and an alarm is raised', async () => {
    const tokens = makeTokens();
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED', retryable: false });
    expect(gateway.tries).toHaveLength(2);
    expect(tokens.renewed).toHaveLength(1);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
    expect(gateway.errors).toEqual([{ message: 'HubSpot rejects the token of the portal', fields: { portalId: '1' } }]);
  });

  it('[H5] A rejected static token is sent once more after half a second, and then reported to the operator', async () => {
    const tokens = createStaticTokens(new Map([[portalId(1), 'pat-test-1']]));
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
    expect([gateway.tries.length, gateway.slept]).toEqual([2, [500]]);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
    expect(gateway.errors).toHaveLength(1);
  });

  it('[H5] A refresh that fails temporarily does not make the account count as disconnected', async () => {
    const tokens = {
      ...makeTokens(),
      refreshToken: async () => Promise.reject(new Error('the token endpoint is away')),
    };
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toThrow('the token endpoint is away');
    expect(gateway.count('HubSpotTokenRejected')).toBe(0);
  });

  it('A rejected token in one call does not affect the next call', async () => {
    const gateway = makeGateway({ script: [REJECTED, AFTER, REJECTED, AFTER] });
    await gateway.send();
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
  });

  it('Refreshing a token does not use up the retries of a call', async () => {
    const gateway = makeGateway({ script: [reply(500), REJECTED, reply(500), AFTER] });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.tries).toHaveLength(4);
  });
});

describe('Scopes that a call lacks', () => {
  const FORBIDDEN = reply(403, { category: 'MISSING_SCOPES', correlationId: 'c-1' });

  it('[M10] When there is a newer grant, the call is repeated with it before missing scopes are reported', async () => {
    const gateway = makeGateway({ script: [FORBIDDEN, AFTER], tokens: makeStoredTokens() });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-held', 'Bearer pat-test-stored']);
    expect(gateway.count('HubSpotScopesMissing')).toBe(0);
  });

  it('[M10] Missing scopes are reported when the newest grant lacks them too', async () => {
    const gateway = makeGateway({ script: [FORBIDDEN], tokens: makeStoredTokens() });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'MISSING_SCOPES', retryable: false });
    expect(gateway.tries).toHaveLength(2);
    expect(gateway.count('HubSpotScopesMissing')).toBe(1);
  });

  it('[M10] Missing scopes are not reported while the table cannot say whether there is a newer grant', async () => {
    const away = async () => Promise.reject(new StoreUnavailableError('away'));
    const gateway = makeGateway({ script: [FORBIDDEN], tokens: { ...makeTokens(), findNewerToken: away } });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(gateway.count('HubSpotScopesMissing')).toBe(0);
  });
});

it('[M6] A retry uses the token that the account has at that time', async () => {
  const values = ['pat-test-of-the-first', 'pat-test-of-the-second'];
  const getToken = async () => ({ value: values.shift() ?? '', issuedAtEpochMs: undefined });
  const gateway = makeGateway({ script: [reply(503), AFTER], tokens: { ...makeTokens(), getToken } });
  await gateway.send();
  expect(bearersOf(gateway)).toEqual(['Bearer pat-test-of-the-first', 'Bearer pat-test-of-the-second']);
});

it('[W11] The deadline of a call also applies to getting its token', async () => {
  const deadlines: number[] = [];
  const tokens: PortalTokens = {
    getToken: async (_portal, deadline) => {
      deadlines.push(deadline);
      return { value: 'pat-test-1', issuedAtEpochMs: undefined };
    },
    findNewerToken: async (_portal, _used, deadline) => void deadlines.push(deadline),
    refreshToken: async (_portal, rejected, deadline) => {
      deadlines.push(deadline);
      return rejected;
    },
  };
  const gateway = makeGateway({ script: [REJECTED, AFTER], tokens });
  await gateway.send();
  expect(deadlines).toEqual(Array(3).fill(START_EPOCH_MS + BUDGET_MS));
});

/** A container that holds one token while the table has another; renewing gives `pat-test-1`. */
function makeStoredTokens(): PortalTokens {
  const unknownAge = (value: string): PortalToken => ({ value, issuedAtEpochMs: undefined });
  return {
    getToken: async () => unknownAge('pat-test-held'),
    findNewerToken: async (_portal, used) =>
      used.value === 'pat-test-held' ? unknownAge('pat-test-stored') : undefined,
    refreshToken: async () => unknownAge('pat-test-1'),
  };
}

describe('Static tokens', () => {
  const tokens = createStaticTokens(new Map([[portalId(1), 'pat-test-1']]));

  it('The error for an account without a static token names the setting that decides which account has one', async () => {
    await expect(tokens.getToken(portalId(2), toDeadline(0))).rejects.toMatchObject({
      code: 'PORTAL_NOT_CONNECTED',
      message: expect.stringContaining('HUBSPOT_PORTAL_ID'),
    });
  });

  it('A static token is returned for the configured account, with unknown age', async () => {
    await expect(tokens.getToken(portalId(1), toDeadline(0))).resolves.toEqual({
      value: 'pat-test-1',
      issuedAtEpochMs: undefined,
    });
  });

  it('A static token is not returned for another account', async () => {
    await expect(tokens.getToken(portalId(2), toDeadline(0))).rejects.toBeInstanceOf(PortalNotConnectedError);
  });

  it('A static token is never refreshed: it stays the same', async () => {
    const rejected = { value: 'pat-test-1', issuedAtEpochMs: undefined };
    await expect(tokens.refreshToken(portalId(1), rejected, toDeadline(0))).resolves.toEqual(rejected);
  });
});
