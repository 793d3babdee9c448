import { toDeadline } from '../../lib/domain/deadline.ts';
import { createOAuthApp } from '../../lib/hubspot/oauth.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
import type { Fault } from '../../local/simulator/fault.ts';
import { type HubSpotSimulator, startHubSpotSimulator } from '../../local/simulator/hubspot-simulator.ts';
import { addApp, type InstallTokens, installApp, uninstallApp } from '../../local/simulator/seed-apps.ts';
import { addPortal } from '../../local/simulator/seed-portals.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { PORTAL, PORTAL_ID } from './adapters.ts';

const CLIENT = {
  clientId: 'client-1',
  clientSecret: 'secret-test-client',
  redirectUri: 'http://localhost:3000/oauth/callback',
};
const SCOPES = ['oauth', 'crm.objects.owners.read'];
const CODE = 'na1-code';
let clock: FakeClock;
let simulator: HubSpotSimulator;
let installed: InstallTokens;

beforeEach(async () => {
  clock = makeClock();
  simulator = await startHubSpotSimulator({ now: clock.now });
  addPortal(simulator.state, { portalId: PORTAL });
  const { clientId, clientSecret, redirectUri } = CLIENT;
  const app = addApp(simulator.state, { clientId, clientSecret, redirectUris: [redirectUri], requiredScopes: SCOPES });
  installed = installApp(simulator.state, clientId, PORTAL);
  const expiresAtEpochMs = clock.now() + 600_000;
  app.codes.set(CODE, { portalId: PORTAL, redirectUri, userId: 1, scopes: new Set(SCOPES), expiresAtEpochMs });
});

afterEach(async () => {
  await simulator.close();
  expect(simulator.violations).toEqual([]);
  expect(simulator.faults.unread()).toEqual([]);
});

const make = (changes: Partial<typeof CLIENT> = {}) =>
  createOAuthApp({
    ...{ ...CLIENT, ...changes },
    transport: createTransport(),
    apiBaseUrl: simulator.url,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0.5,
  });
const deadline = () => toDeadline(clock.now() + 8_000);
const refresh = () => make().refresh(installed.refreshToken, deadline());
const tokenCalls = () => simulator.calls.count({ route: 'POST token' });
const answerTokens = (body: object) =>
  simulator.faults.script({
    route: 'POST token',
    fault: { kind: 'json', body: { access_token: 'pat-test-a', refresh_token: 'pat-test-r', ...body } },
  });

describe('What HubSpot grants', () => {
  it('A grant names its account and its scopes, for a code and for a refresh token', async () => {
    const first = await make().exchangeCode(CODE, deadline());
    expect(first).toMatchObject({ expiresInSeconds: 1_800, portalId: PORTAL_ID, scopes: SCOPES });
    const second = await make().refresh(first.refreshToken, deadline());
    expect(second).toMatchObject({ refreshToken: first.refreshToken, portalId: PORTAL_ID });
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(await make().introspect(second.accessToken, deadline())).toEqual({ portalId: PORTAL_ID, scopes: SCOPES });
  });

  it('[A4] A grant that does not name its account is completed by introspection', async () => {
    simulator.settings.tokenReplyOmitsHubId = true;
    const grant = await make().exchangeCode(CODE, deadline());
    expect(grant).not.toHaveProperty('portalId');
    expect(await make().introspect(grant.accessToken, deadline())).toMatchObject({ portalId: PORTAL_ID });
  });

  it.each([
    [
      ['b', 'a', 'b'],
      ['b', 'a'],
    ],
    [['a', null, 7, 'a'], ['a']],
    [[], undefined],
    [[null], undefined],
    ['a b', undefined],
    [null, undefined],
  ])(
    '[A13] When HubSpot reports the scopes %j, the grant has each of them once, or does not say: %j',
    async (scopes, expected) => {
      answerTokens({ scopes });
      expect((await refresh()).scopes).toEqual(expected);
    },
  );

  it('[A7] A grant has the refresh token that HubSpot returned, or the one that was sent when HubSpot returned none', async () => {
    simulator.settings.rotateRefreshTokens = true;
    const { refreshToken } = await refresh();
    expect(refreshToken).not.toBe(installed.refreshToken);
    for (const none of [undefined, null, '']) {
      answerTokens({ refresh_token: none });
      expect(await make().refresh(refreshToken, deadline())).toMatchObject({ refreshToken, accessToken: 'pat-test-a' });
    }
  });

  it.each([
    [1_800, 1_800],
    ['1800', 1_800],
    [undefined, 1_800],
    [null, 1_800],
    ['soon', 1_800],
    ['', 1_800],
    [{}, 1_800],
    [0, 60],
    [-1, 60],
    [59, 60],
    [60.9, 60],
    [86_400, 86_400],
    [86_401, 86_400],
    [30 * 86_400, 86_400],
    ['1e300', 86_400],
  ])('[A12] When HubSpot reports the lifetime %j, the token is used for %i seconds', async (expires_in, expected) => {
    answerTokens({ expires_in });
    expect((await refresh()).expiresInSeconds).toBe(expected);
  });

  it('[A17] A token may be as long as 4 KB', async () => {
    const long = 'a'.repeat(4_096);
    answerTokens({ access_token: long, refresh_token: long });
    expect(await refresh()).toMatchObject({ accessToken: long, refreshToken: long });
  });

  it.each([
    ['no access token', { access_token: undefined }],
    ['an empty access token', { access_token: '' }],
    ['an access token that no header can carry', { access_token: 'pat-test-\r\nx' }],
    ['an access token that is no text', { access_token: 7 }],
    ['a refresh token that is no text', { refresh_token: {} }],
    ['an access token that is too long for a header', { access_token: 'a'.repeat(4_097) }],
  ])('A grant is refused when it has %s', async (_what, body) => {
    answerTokens(body);
    const error = await refresh().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(String(error)).not.toMatch(/pat-test|aaaa/);
  });
});

describe.each(['rfc6749', 'legacy'] as const)('What HubSpot refuses, in the shape %s', (shape) => {
  beforeEach(() => {
    simulator.settings.oauthErrorShape = shape;
  });

  it('[A9] After an uninstall, a refresh fails with a revoked grant and is not retried', async () => {
    uninstallApp(simulator.state, CLIENT.clientId, PORTAL);
    await expect(refresh()).rejects.toMatchObject({ code: 'GRANT_REVOKED', retryable: false });
    expect(tokenCalls()).toBe(1);
  });

  it('[A2] A used, expired or unknown code is refused', async () => {
    await make().exchangeCode(CODE, deadline());
    for (const code of [CODE, 'na1-unknown']) {
      await expect(make().exchangeCode(code, deadline())).rejects.toMatchObject({ code: 'AUTHORIZATION_CODE_REFUSED' });
    }
    expect(tokenCalls()).toBe(3);
  });

  it.each([
    ['client id', { clientId: 'client-2' }],
    ['client secret', { clientSecret: 'secret-test-wrong' }],
    ['redirect URI', { redirectUri: 'http://localhost:3000/else' }],
  ])('[A10] A wrong %s is reported as our own fault, whatever the grant', async (_what, changes) => {
    const ours = { code: 'OAUTH_CLIENT_REFUSED', retryable: true };
    await expect(make(changes).exchangeCode(CODE, deadline())).rejects.toMatchObject(ours);
    if ('redirectUri' in changes) return;
    await expect(make(changes).refresh(installed.refreshToken, deadline())).rejects.toMatchObject(ours);
    await expect(make(changes).introspect(installed.accessToken, deadline())).rejects.toMatchObject(ours);
    await expect(make(changes).revoke(installed.refreshToken, deadline())).rejects.toMatchObject(ours);
  });
});

const REVOKED = 'GRANT_REVOKED';
const OURS = 'OAUTH_CLIENT_REFUSED';
const PASSING = 'HUBSPOT_UNAVAILABLE';
it.each([
  [400, { error: 'invalid_grant' }, REVOKED],
  [400, { status: 'BAD_REFRESH_TOKEN' }, REVOKED],
  [400, { status: 'BAD_HUB', error: 'access_denied' }, REVOKED],
  [400, { error: 'access_denied', error_description: 'missing or unknown hub id' }, REVOKED],
  [403, { error: 'access_denied' }, PASSING],
  [401, { error: 'invalid_client' }, OURS],
  [400, { error: 'invalid_grant', status: 'BAD_CLIENT_SECRET' }, OURS],
  [400, { error: 'invalid_client', status: 'BAD_REFRESH_TOKEN' }, OURS],
  [400, { error: 'unauthorized_client' }, OURS],
  [400, { error: 'unsupported_grant_type', status: 'BAD_GRANT_TYPE' }, OURS],
  [400, { error: 'invalid_scope', status: 'BAD_SCOPES' }, OURS],
  [400, { error: 'toString', status: 'constructor' }, PASSING],
  [400, {}, PASSING],
  [400, [], PASSING],
  [403, '<html>blocked: invalid_grant</html>', PASSING],
  [404, '', PASSING],
  [429, { error: 'invalid_grant' }, PASSING],
  [500, { error: 'invalid_grant' }, PASSING],
])('[A9, A10] The reply %i %j to a refresh means %s', async (status, body, code) => {
  const fault = { kind: 'status', status, body } as const;
  simulator.faults.script({ route: 'POST token', times: status === 429 || status >= 500 ? 3 : 1, fault });
  await expect(refresh()).rejects.toMatchObject({ code });
});

it.each([{ error: 'invalid_grant' }, { status: 'BAD_AUTH_CODE' }, { status: 'BAD_HUB', error: 'access_denied' }])(
  '[A2] The reply %j to a code means that the person has to start again, and is no fault of the service',
  async (body) => {
    simulator.faults.script({ route: 'POST token', fault: { kind: 'status', status: 400, body } });
    await expect(make().exchangeCode(CODE, deadline())).rejects.toMatchObject({ code: 'AUTHORIZATION_CODE_REFUSED' });
  },
);

describe('Faults on the way', () => {
  it.each([
    ['a reset', { kind: 'reset' }],
    ['a lost reply', { kind: 'resetAfterEffect' }],
    ['a cut reply', { kind: 'truncate' }],
    ['a gateway’s page', { kind: 'status', status: 502, body: '<html>' }],
    ['a busy moment', { kind: 'status', status: 429, body: {} }],
    ['a page with status 200', { kind: 'status', status: 200, body: '<html>' }],
  ] as const)('[A11] A refresh is retried after %s', async (_what, fault) => {
    simulator.faults.script({ route: 'POST token', times: 2, fault });
    expect(await refresh()).toMatchObject({ refreshToken: installed.refreshToken });
    expect(tokenCalls()).toBe(3);
  });

  it('[A11] A refresh ends after three tries and waits longer before each', async () => {
    simulator.faults.script({ route: 'POST token', times: 3, fault: { kind: 'status', status: 503, body: '' } });
    const before = clock.now();
    await expect(refresh()).rejects.toMatchObject({ code: PASSING, fault: 'http_503', retryable: true });
    expect(clock.now() - before).toBe(100 + 200);
  });

  it('[A11] A refresh ends at once when HubSpot asks for a longer wait than there is time', async () => {
    const fault = { kind: 'status', status: 429, body: {}, headers: { 'Retry-After': '9' } } as const;
    simulator.faults.script({ route: 'POST token', fault });
    await expect(refresh()).rejects.toMatchObject({ fault: 'http_429' });
    expect(tokenCalls()).toBe(1);
  });

  it('[A11] A refresh without an answer ends at the deadline', async () => {
    simulator.faults.script({ route: 'POST token', fault: { kind: 'hang' } });
    const hanging = make().refresh(installed.refreshToken, toDeadline(clock.now() + 50));
    await expect(hanging).rejects.toMatchObject({ fault: 'timeout' });
    await expect(make().refresh(installed.refreshToken, toDeadline(clock.now()))).rejects.toMatchObject({
      fault: 'out_of_time',
    });
  });

  it.each([
    ['a lost reply', { kind: 'resetAfterEffect' }],
    ['a reset', { kind: 'reset' }],
    ['a gateway’s page', { kind: 'status', status: 502, body: '<html>' }],
  ] as const)('[A2] A code that may have arrived is never sent twice: %s', async (_what, fault) => {
    simulator.faults.script({ route: 'POST token', fault });
    await expect(make().exchangeCode(CODE, deadline())).rejects.toMatchObject({ code: PASSING });
    expect(tokenCalls()).toBe(1);
  });

  it('A code that certainly never left is sent again', async () => {
    const app = createOAuthApp({
      ...CLIENT,
      apiBaseUrl: simulator.url,
      now: clock.now,
      sleep: clock.sleep,
      random: () => 0,
      transport: refusedOnce(),
    });
    expect(await app.exchangeCode(CODE, deadline())).toMatchObject({ portalId: PORTAL_ID });
  });

  it('[W17] Nothing is sent again to the token endpoint within 100 ms of a failure', async () => {
    const slept: number[] = [];
    const app = createOAuthApp({
      ...CLIENT,
      apiBaseUrl: simulator.url,
      now: clock.now,
      sleep: async (ms) => void slept.push(ms),
      random: () => 0,
      transport: createTransport(),
    });
    simulator.faults.script({ route: 'POST token', times: 2, fault: { kind: 'status', status: 503 } });
    await app.refresh(installed.refreshToken, deadline());
    expect(slept).toEqual([100, 100]);
  });

  it('[X4] A redirect is never followed with the client secret', async () => {
    const fault = { kind: 'redirect', location: `${simulator.url}/oauth/2026-09/token`, status: 307 } as const;
    simulator.faults.script({ route: 'POST token', fault });
    await expect(refresh()).rejects.toMatchObject({ fault: 'redirect' });
    expect(tokenCalls()).toBe(1);
  });
});

describe('Revoking', () => {
  it('[X12] A refresh token can be revoked, also a second time', async () => {
    await make().revoke(installed.refreshToken, deadline());
    await make().revoke(installed.refreshToken, deadline());
    await expect(refresh()).rejects.toMatchObject({ code: REVOKED });
  });

  it('The app can be uninstalled, also a second time, and the tokens stop working', async () => {
    await make().uninstall(installed.accessToken, deadline());
    await make().uninstall(installed.accessToken, deadline());
    expect(await make().introspect(installed.accessToken, deadline())).toBeUndefined();
    await expect(refresh()).rejects.toMatchObject({ code: REVOKED });
  });

  it('An expired token or a page that is not from HubSpot does not count as an uninstall', async () => {
    const script = (status: number, body: unknown) =>
      simulator.faults.script({ route: 'DELETE external install', fault: { kind: 'status', status, body } });
    script(401, '<html>');
    await expect(make().uninstall(installed.accessToken, deadline())).rejects.toMatchObject({ fault: 'http_401' });
    clock.advance(1_800_000);
    const late = make().uninstall(installed.accessToken, deadline());
    await expect(late).rejects.toMatchObject({ fault: 'token_expired', retryable: true });
  });

  it('[A4] Introspection returns nothing for an inactive token and refuses an answer without an account', async () => {
    expect(await make().introspect('pat-test-unknown', deadline())).toBeUndefined();
    simulator.faults.script({ route: 'POST token introspect', fault: { kind: 'json', body: { active: true } } });
    const strange = make().introspect(installed.accessToken, deadline());
    await expect(strange).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });

  it('[A4] An access token opens its account, also when HubSpot knows the token only a moment later', async () => {
    const script = (fault: Fault) => simulator.faults.script({ route: 'GET account details', fault });
    script({ kind: 'status', status: 401, body: { status: 'error', category: 'INVALID_AUTHENTICATION' } });
    expect(await make().findAccount(installed.accessToken, deadline())).toBe(PORTAL_ID);
    script({ kind: 'json', body: { timeZone: 'Europe/Berlin' } });
    const nameless = make().findAccount(installed.accessToken, deadline());
    await expect(nameless).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    await expect(make().findAccount('pat-test-unknown', deadline())).rejects.toMatchObject({ fault: 'http_401' });
  });
});

it('[X5] No token, code or secret appears in an OAuth error or in the address of a call', async () => {
  const urls: string[] = [];
  const send = createTransport();
  const secrets = [CLIENT.clientSecret, CODE, installed.refreshToken, installed.accessToken];
  const app = createOAuthApp({
    ...CLIENT,
    apiBaseUrl: simulator.url,
    now: clock.now,
    sleep: clock.sleep,
    random: () => 0,
    transport: async (request, timeoutMs) => {
      urls.push(request.url);
      return send(request, timeoutMs);
    },
  });
  const body = JSON.stringify({ message: secrets, error: secrets[0] });
  simulator.faults.script({ route: 'POST token', times: 2, fault: { kind: 'status', status: 400, body } });
  const errors = [
    await app.refresh(installed.refreshToken, deadline()).catch(String),
    await app.exchangeCode(CODE, deadline()).catch(String),
    await app.exchangeCode('na1-unknown', deadline()).catch(String),
  ];
  const shown = JSON.stringify([errors, urls]);
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
});

/** The first try finds nobody listening. */
function refusedOnce(): ReturnType<typeof createTransport> {
  const send = createTransport();
  let tries = 0;
  return async (request, timeoutMs) => {
    tries += 1;
    return tries === 1 ? { kind: 'fault', fault: 'connection_refused' } : send(request, timeoutMs);
  };
}
