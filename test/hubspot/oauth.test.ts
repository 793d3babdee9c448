import { createOAuthApp } from '../../lib/hubspot/oauth.ts';
import { createTransport } from '../../lib/hubspot/transport.ts';
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
const deadline = () => clock.now() + 8_000;
const refresh = () => make().refresh(installed.refreshToken, deadline());
const tokenCalls = () => simulator.calls.count({ route: 'POST token' });
const answerTokens = (body: object) =>
  simulator.faults.script({
    route: 'POST token',
    fault: { kind: 'json', body: { access_token: 'pat-test-a', refresh_token: 'pat-test-r', ...body } },
  });

describe('what HubSpot grants', () => {
  it('is told with whose it is and what it may do, for a code and for a refresh token', async () => {
    const first = await make().exchangeCode(CODE, deadline());
    expect(first).toMatchObject({ expiresInSeconds: 1_800, portalId: PORTAL_ID, scopes: SCOPES });
    const second = await make().refresh(first.refreshToken, deadline());
    expect(second).toMatchObject({ refreshToken: first.refreshToken, portalId: PORTAL_ID });
    expect(second.accessToken).not.toBe(first.accessToken);
    expect(await make().introspect(second.accessToken, deadline())).toEqual({ portalId: PORTAL_ID, scopes: SCOPES });
  });

  it('[A4] may leave out whose it is, which introspection then tells', async () => {
    simulator.settings.tokenReplyOmitsHubId = true;
    const grant = await make().exchangeCode(CODE, deadline());
    expect(grant).not.toHaveProperty('portalId');
    expect(await make().introspect(grant.accessToken, deadline())).toMatchObject({ portalId: PORTAL_ID });
  });

  it('[A7] holds the refresh token that came back, or the one that was sent when none did', async () => {
    simulator.settings.rotateRefreshTokens = true;
    const { refreshToken } = await refresh();
    expect(refreshToken).not.toBe(installed.refreshToken);
    answerTokens({ refresh_token: undefined });
    expect(await make().refresh(refreshToken, deadline())).toMatchObject({ refreshToken, accessToken: 'pat-test-a' });
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
  ])('[A12] lasts, when HubSpot says %j, %i seconds', async (expires_in, expected) => {
    answerTokens({ expires_in });
    expect((await refresh()).expiresInSeconds).toBe(expected);
  });

  it('[A17] may be as long as 4 KB', async () => {
    const long = 'a'.repeat(4_096);
    answerTokens({ access_token: long, refresh_token: long });
    expect(await refresh()).toMatchObject({ accessToken: long, refreshToken: long });
  });

  it.each([
    ['no access token', { access_token: undefined }],
    ['an empty one', { access_token: '' }],
    ['one that no header can carry', { access_token: 'pat-test-\r\nx' }],
    ['one that is no text', { access_token: 7 }],
    ['a refresh token that is no text', { refresh_token: {} }],
    ['more than fits a header', { access_token: 'a'.repeat(4_097) }],
  ])('is refused as something else when it is %s', async (_what, body) => {
    answerTokens(body);
    const error = await refresh().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
    expect(String(error)).not.toMatch(/pat-test|aaaa/);
  });
});

describe.each(['rfc6749', 'legacy'] as const)('what HubSpot refuses, in the shape %s', (shape) => {
  beforeEach(() => {
    simulator.settings.oauthErrorShape = shape;
  });

  it('[A9] is a grant that is gone after an uninstall, and is not asked for again', async () => {
    uninstallApp(simulator.state, CLIENT.clientId, PORTAL);
    await expect(refresh()).rejects.toMatchObject({ code: 'GRANT_REVOKED', retryable: false });
    expect(tokenCalls()).toBe(1);
  });

  it('[A2] is a code that was used, has expired or is unknown', async () => {
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
  ])('[A10] is our own %s, whatever the grant', async (_what, changes) => {
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
])('[A9, A10] takes a refresh answered with %i %j for %s', async (status, body, code) => {
  const fault = { kind: 'status', status, body } as const;
  simulator.faults.script({ route: 'POST token', times: status === 429 || status >= 500 ? 3 : 1, fault });
  await expect(refresh()).rejects.toMatchObject({ code });
});

describe('a fault on the way', () => {
  it.each([
    ['a reset', { kind: 'reset' }],
    ['a lost reply', { kind: 'resetAfterEffect' }],
    ['a cut reply', { kind: 'truncate' }],
    ['a gateway’s page', { kind: 'status', status: 502, body: '<html>' }],
    ['a busy moment', { kind: 'status', status: 429, body: {} }],
    ['a page with status 200', { kind: 'status', status: 200, body: '<html>' }],
  ] as const)('[A11] is mended by asking again for a refresh: %s', async (_what, fault) => {
    simulator.faults.script({ route: 'POST token', times: 2, fault });
    expect(await refresh()).toMatchObject({ refreshToken: installed.refreshToken });
    expect(tokenCalls()).toBe(3);
  });

  it('[A11] ends after three tries, and waits longer before each', async () => {
    simulator.faults.script({ route: 'POST token', times: 3, fault: { kind: 'status', status: 503, body: '' } });
    const before = clock.now();
    await expect(refresh()).rejects.toMatchObject({ code: PASSING, fault: 'http_503', retryable: true });
    expect(clock.now() - before).toBe(100 + 200);
  });

  it('[A11] ends at once when the wait that HubSpot asks for is longer than there is time', async () => {
    const fault = { kind: 'status', status: 429, body: {}, headers: { 'Retry-After': '9' } } as const;
    simulator.faults.script({ route: 'POST token', fault });
    await expect(refresh()).rejects.toMatchObject({ fault: 'http_429' });
    expect(tokenCalls()).toBe(1);
  });

  it('[A11] that never answers ends at the deadline', async () => {
    simulator.faults.script({ route: 'POST token', fault: { kind: 'hang' } });
    const hanging = make().refresh(installed.refreshToken, clock.now() + 50);
    await expect(hanging).rejects.toMatchObject({ fault: 'timeout' });
    await expect(make().refresh(installed.refreshToken, clock.now())).rejects.toMatchObject({ fault: 'out_of_time' });
  });

  it.each([
    ['a lost reply', { kind: 'resetAfterEffect' }],
    ['a reset', { kind: 'reset' }],
    ['a gateway’s page', { kind: 'status', status: 502, body: '<html>' }],
  ] as const)('[A2] never sends a code twice that may have arrived: %s', async (_what, fault) => {
    simulator.faults.script({ route: 'POST token', fault });
    await expect(make().exchangeCode(CODE, deadline())).rejects.toMatchObject({ code: PASSING });
    expect(tokenCalls()).toBe(1);
  });

  it('sends a code again that surely never left', async () => {
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

  it('[W17] sends nothing again within 100 ms of a failure', async () => {
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

  it('[X4] never follows a redirect with our secret', async () => {
    const fault = { kind: 'redirect', location: `${simulator.url}/oauth/2026-09/token`, status: 307 } as const;
    simulator.faults.script({ route: 'POST token', fault });
    await expect(refresh()).rejects.toMatchObject({ fault: 'redirect' });
    expect(tokenCalls()).toBe(1);
  });
});

describe('taking back', () => {
  it('[X12] revokes a refresh token, once and again', async () => {
    await make().revoke(installed.refreshToken, deadline());
    await make().revoke(installed.refreshToken, deadline());
    await expect(refresh()).rejects.toMatchObject({ code: REVOKED });
  });

  it('uninstalls the app, once and again, after which the tokens are dead', async () => {
    await make().uninstall(installed.accessToken, deadline());
    await make().uninstall(installed.accessToken, deadline());
    expect(await make().introspect(installed.accessToken, deadline())).toBeUndefined();
    await expect(refresh()).rejects.toMatchObject({ code: REVOKED });
  });

  it('does not take an expired token, or a door that is not HubSpot’s, for an uninstall', async () => {
    const script = (status: number, body: unknown) =>
      simulator.faults.script({ route: 'DELETE external install', fault: { kind: 'status', status, body } });
    script(401, '<html>');
    await expect(make().uninstall(installed.accessToken, deadline())).rejects.toMatchObject({ fault: 'http_401' });
    clock.advance(1_800_000);
    const late = make().uninstall(installed.accessToken, deadline());
    await expect(late).rejects.toMatchObject({ fault: 'token_expired', retryable: true });
  });

  it('[A4] tells nothing of a token that is not active, and refuses an answer that names no portal', async () => {
    expect(await make().introspect('pat-test-unknown', deadline())).toBeUndefined();
    simulator.faults.script({ route: 'POST token introspect', fault: { kind: 'json', body: { active: true } } });
    const strange = make().introspect(installed.accessToken, deadline());
    await expect(strange).rejects.toMatchObject({ code: 'HUBSPOT_CONTRACT_BROKEN' });
  });
});

it('[X5] shows neither token, code nor secret in its errors, nor in the address of a call', async () => {
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
    return tries === 1 ? { kind: 'fault', fault: 'connection_refused', cause: undefined } : send(request, timeoutMs);
  };
}
