import { PortalNotConnectedError } from '../../lib/domain/errors.ts';
import { createStaticTokens } from '../../lib/hubspot/static-tokens.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { makeGateway, makeTokens, portalId, reply } from './gateway.ts';

const AFTER = reply(200, { done: true });
const REJECTED = reply(401, { category: 'INVALID_AUTHENTICATION' });

const bearersOf = (gateway: ReturnType<typeof makeGateway>) =>
  gateway.tries.map(({ request }) => request.headers.Authorization);

describe('rejected tokens', () => {
  it.each([
    [0, 'just issued'],
    [4_999, 'almost five seconds old'],
  ])('[H4] a fresh token, %d ms old, is tried again after half a second (%s)', async (ageMs) => {
    const tokens = makeTokens(() => START_EPOCH_MS - ageMs);
    const gateway = makeGateway({ script: [REJECTED, AFTER], tokens });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.slept).toEqual([500]);
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-1', 'Bearer pat-test-1']);
    expect(tokens.renewed).toEqual([]);
  });

  it('[H4] a fresh token is tried again once and no more', async () => {
    const gateway = makeGateway({ script: [REJECTED], tokens: makeTokens(() => START_EPOCH_MS) });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
    expect(gateway.tries).toHaveLength(2);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
  });

  it.each([
    [500, 1, 'the wait would end at the deadline'],
    [501, 2, 'one millisecond is left after the wait'],
  ])('[H4] with %d ms to go a fresh token is tried %d times (%s)', async (budgetMs, tries) => {
    const gateway = makeGateway({ script: [REJECTED], tokens: makeTokens(() => START_EPOCH_MS) });
    const code = tries === 1 ? 'HUBSPOT_UNAVAILABLE' : 'PORTAL_NOT_CONNECTED';
    await expect(gateway.send(portalId(1), budgetMs)).rejects.toMatchObject({ code });
    expect(gateway.tries).toHaveLength(tries);
  });

  it.each<[number | undefined, string]>([
    [5_000, 'five seconds old'],
    [1_800_000, 'expired'],
    [undefined, 'of unknown age'],
  ])('[H5] an older token, %p ms old, is renewed at once and the call repeated (%s)', async (ageMs) => {
    const tokens = makeTokens(() => (ageMs === undefined ? undefined : START_EPOCH_MS - ageMs));
    const gateway = makeGateway({ script: [REJECTED, AFTER], tokens });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.slept).toEqual([]);
    expect(bearersOf(gateway)).toEqual(['Bearer pat-test-1', 'Bearer pat-test-2']);
    expect(tokens.renewed.map((token) => token.value)).toEqual(['pat-test-1']);
  });

  it('[H5] a portal whose renewed token is rejected as well is not connected, and the operator is told', async () => {
    const tokens = makeTokens();
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED', retryable: false });
    expect(gateway.tries).toHaveLength(2);
    expect(tokens.renewed).toHaveLength(1);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
    expect(gateway.errors).toEqual([{ message: 'HubSpot rejects the token of the portal', fields: { portalId: '1' } }]);
  });

  it('[H5] a rejected token that cannot be renewed is told to the operator too', async () => {
    const tokens = createStaticTokens(new Map([[portalId(1), 'pat-test-1']]));
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
    expect(gateway.tries).toHaveLength(1);
    expect(gateway.count('HubSpotTokenRejected')).toBe(1);
    expect(gateway.errors).toHaveLength(1);
  });

  it('[H5] a renewal that fails for now is not taken for a disconnected portal', async () => {
    const tokens = { ...makeTokens(), renewToken: async () => Promise.reject(new Error('the token endpoint is away')) };
    const gateway = makeGateway({ script: [REJECTED], tokens });
    await expect(gateway.send()).rejects.toThrow('the token endpoint is away');
    expect(gateway.count('HubSpotTokenRejected')).toBe(0);
  });

  it('a rejection in one call says nothing about the next call', async () => {
    const gateway = makeGateway({ script: [REJECTED, AFTER, REJECTED, AFTER] });
    await gateway.send();
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
  });

  it('renewing a token leaves the retries of a call as they are', async () => {
    const gateway = makeGateway({ script: [reply(500), REJECTED, reply(500), AFTER] });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.tries).toHaveLength(4);
  });
});

describe('static tokens', () => {
  const tokens = createStaticTokens(new Map([[portalId(1), 'pat-test-1']]));

  it('gives the token that is configured for the portal, of unknown age', async () => {
    await expect(tokens.getToken(portalId(1))).resolves.toEqual({ value: 'pat-test-1', issuedAtEpochMs: undefined });
  });

  it('gives no token for another portal', async () => {
    await expect(tokens.getToken(portalId(2))).rejects.toBeInstanceOf(PortalNotConnectedError);
  });

  it('renews nothing', async () => {
    const rejected = { value: 'pat-test-1', issuedAtEpochMs: undefined };
    await expect(tokens.renewToken(portalId(1), rejected)).rejects.toMatchObject({ code: 'PORTAL_NOT_CONNECTED' });
  });
});
