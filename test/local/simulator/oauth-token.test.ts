import { addApp, installApp } from '../../../local/simulator/seed-apps.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { addUser } from '../../../local/simulator/seed-users.ts';
import { getApp } from '../../../local/simulator/state.ts';
import { CLIENT_ID, CREDENTIALS, REDIRECT_URI, REQUIRED, useApp } from './use-app.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const running = useSimulator();
const app = useApp(running);
const MINUTE_MS = 60_000;

type Tokens = { readonly access_token: string; readonly refresh_token: string };

async function connect(): Promise<Tokens> {
  const response = await app.exchange(await app.getCode(PORTAL_ID));
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
}

async function expectRefusal(response: Response, status: string, error: string): Promise<void> {
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ status, error, error_description: expect.any(String) });
}

function addOtherApp() {
  addApp(running().simulator.state, {
    clientId: 'other',
    clientSecret: 'other-secret',
    redirectUris: [REDIRECT_URI],
    requiredScopes: REQUIRED,
  });
  return { client_id: 'other', client_secret: 'other-secret' };
}

describe('a code', () => {
  it('A code is exchanged for tokens that open the account', async () => {
    const user = addUser(running().simulator.state, PORTAL_ID, { superAdmin: true });
    const response = await app.exchange(await app.getCode(PORTAL_ID));
    const body = (await response.json()) as Tokens;
    expect(body).toEqual({
      token_type: 'bearer',
      token_use: 'access_token',
      access_token: expect.stringMatching(/^[\w-]{300,512}$/),
      refresh_token: expect.stringMatching(/^na1(-[0-9a-f]+){5}$/),
      expires_in: 1_800,
      hub_id: PORTAL_ID,
      scopes: REQUIRED,
      user_id: user.userId,
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect([...response.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    const details = await running().call('/account-info/2026-09/details', { token: body.access_token });
    expect(await details.json()).toMatchObject({ portalId: PORTAL_ID });
    expect(await app.statusWith(body.access_token, '/crm/objects/2026-09/contacts')).toBe(403);
  });

  it('A code is valid once', async () => {
    const code = await app.getCode(PORTAL_ID);
    expect((await app.exchange(code)).status).toBe(200);
    await expectRefusal(await app.exchange(code), 'BAD_AUTH_CODE', 'invalid_grant');
  });

  it('A code is valid for ten minutes', async () => {
    const [first, second] = [await app.getCode(PORTAL_ID), await app.getCode(PORTAL_ID)];
    running().clock.advance(10 * MINUTE_MS - 1);
    expect((await app.exchange(first)).status).toBe(200);
    running().clock.advance(1);
    await expectRefusal(await app.exchange(second), 'BAD_AUTH_CODE', 'invalid_grant');
  });

  it('A code is valid for its own redirect URI and app only', async () => {
    const code = await app.getCode(PORTAL_ID);
    const elsewhere = { redirect_uri: 'http://localhost:3000/cb?a=1' };
    await expectRefusal(await app.exchange(code, elsewhere), 'BAD_REDIRECT_URI', 'invalid_request');
    await expectRefusal(await app.exchange(code, { redirect_uri: '' }), 'BAD_REDIRECT_URI', 'invalid_request');
    await expectRefusal(await app.exchange(code, addOtherApp()), 'BAD_AUTH_CODE', 'invalid_grant');
    await expectRefusal(await app.exchange(code, { code_verifier: 'x' }), 'BAD_CODE_VERIFIER', 'invalid_grant');
    expect((await app.exchange(code)).status).toBe(200);
  });
});

describe('an access token', () => {
  it('An access token opens the account for half an hour and is then expired, in HubSpot’s words', async () => {
    const { access_token: token } = await connect();
    running().clock.advance(30 * MINUTE_MS - 1);
    expect(await app.statusWith(token)).toBe(200);
    running().clock.advance(1);
    expect(await app.statusWith(token)).toBe(401);
    running().clock.advance(5 * MINUTE_MS);
    const response = await running().call('/crm/owners/2026-09', { token });
    expect(await response.json()).toEqual({
      status: 'error',
      message: 'The OAuth token used to make this call expired 5 minute(s) ago.',
      correlationId: expect.any(String),
      category: 'EXPIRED_AUTHENTICATION',
    });
  });

  it('An access token shares its rate limit with the tokens before it', async () => {
    running().simulator.settings.burstLimit = 2;
    const { access_token: first, refresh_token: refreshToken } = await connect();
    expect([await app.statusWith(first), await app.statusWith(first)]).toEqual([200, 200]);
    const second = ((await (await app.refresh(refreshToken)).json()) as Tokens).access_token;
    expect(await app.statusWith(second)).toBe(429);
  });

  it('An access token is issued without counting against the rate limit', async () => {
    running().simulator.settings.burstLimit = 1;
    const { refresh_token: refreshToken } = await connect();
    for (let count = 0; count < 3; count += 1) expect((await app.refresh(refreshToken)).status).toBe(200);
  });
});

describe('a refresh token', () => {
  it('A refresh token stays the same, and leaves earlier access tokens valid', async () => {
    const first = await connect();
    const second = (await (await app.refresh(first.refresh_token)).json()) as Tokens;
    expect(second).toMatchObject({ refresh_token: first.refresh_token, hub_id: PORTAL_ID, expires_in: 1_800 });
    expect(second.access_token).not.toBe(first.access_token);
    expect(await app.statusWith(first.access_token)).toBe(200);
    expect(await app.statusWith(second.access_token)).toBe(200);
  });

  it('A refresh token is replaced and stops working when rotation is switched on', async () => {
    const { refresh_token: first } = await connect();
    running().simulator.settings.rotateRefreshTokens = true;
    const { refresh_token: second } = (await (await app.refresh(first)).json()) as Tokens;
    expect(second).not.toBe(first);
    await expectRefusal(await app.refresh(first), 'BAD_REFRESH_TOKEN', 'invalid_grant');
    expect((await app.refresh(second)).status).toBe(200);
  });

  it('A refresh token never expires', async () => {
    const { refresh_token: refreshToken } = await connect();
    running().clock.advance(400 * 24 * 60 * MINUTE_MS);
    expect((await app.refresh(refreshToken)).status).toBe(200);
  });

  it('A refresh token keeps its scopes when the app is connected again with others', async () => {
    const { simulator } = running();
    const narrow = installApp(simulator.state, CLIENT_ID, PORTAL_ID, ['oauth']);
    const wide = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
    expect(await (await app.refresh(narrow.refreshToken)).json()).toMatchObject({ scopes: ['oauth'] });
    expect(await (await app.refresh(wide.refreshToken)).json()).toMatchObject({ scopes: REQUIRED });
    expect(await app.statusWith(narrow.accessToken)).toBe(403);
    expect(await app.statusWith(wide.accessToken)).toBe(200);
  });

  it('A refresh token may ask for fewer scopes, and for no others', async () => {
    const { refresh_token: refreshToken } = await connect();
    const fewer = (await (await app.refresh(refreshToken, { scope: 'oauth' })).json()) as Tokens;
    expect(await app.statusWith(fewer.access_token)).toBe(403);
    await expectRefusal(await app.refresh(refreshToken, { scope: 'oauth content' }), 'BAD_SCOPES', 'invalid_scope');
    expect(await (await app.refresh(refreshToken)).json()).toMatchObject({ scopes: REQUIRED });
  });

  it('A refresh token is valid for its own app and registered redirect URIs only', async () => {
    const { refresh_token: refreshToken } = await connect();
    await expectRefusal(await app.refresh(refreshToken, addOtherApp()), 'BAD_REFRESH_TOKEN', 'invalid_grant');
    const elsewhere = { redirect_uri: 'https://evil.example.com/' };
    await expectRefusal(await app.refresh(refreshToken, elsewhere), 'BAD_REDIRECT_URI', 'invalid_request');
    expect((await app.refresh(refreshToken, { redirect_uri: REDIRECT_URI })).status).toBe(200);
  });

  it('A refresh token opens its own account only', async () => {
    const { simulator } = running();
    const other = addPortal(simulator.state).portalId;
    const mine = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
    const theirs = installApp(simulator.state, CLIENT_ID, other);
    expect(await (await app.refresh(mine.refreshToken)).json()).toMatchObject({ hub_id: PORTAL_ID });
    expect(await (await app.refresh(theirs.refreshToken)).json()).toMatchObject({ hub_id: other });
    expect(simulator.calls.count({ route: 'POST token', portalId: other })).toBe(1);
  });
});

describe('a refusal', () => {
  it.each([
    ['an unknown client id', { client_id: 'nobody' }, 'BAD_CLIENT_ID', 'invalid_client'],
    ['no client id', { client_id: '' }, 'BAD_CLIENT_ID', 'invalid_client'],
    ['a wrong secret', { client_secret: 'wrong' }, 'BAD_CLIENT_SECRET', 'invalid_client'],
    ['no secret', { client_secret: '' }, 'BAD_CLIENT_SECRET', 'invalid_client'],
    ['no grant type', { grant_type: '' }, 'BAD_GRANT_TYPE', 'unsupported_grant_type'],
    ['another grant type', { grant_type: 'client_credentials' }, 'BAD_GRANT_TYPE', 'unsupported_grant_type'],
    ['an unknown refresh token', { refresh_token: 'made-up' }, 'BAD_REFRESH_TOKEN', 'invalid_grant'],
    ['no refresh token', { refresh_token: '' }, 'BAD_REFRESH_TOKEN', 'invalid_grant'],
  ])('A refusal of %s names the app’s or the token’s fault, never the other', async (_, fields, status, error) => {
    const { refresh_token: refreshToken } = await connect();
    await expectRefusal(await app.refresh(refreshToken, fields), status, error);
    expect((await app.refresh(refreshToken)).status).toBe(200);
  });

  it('A refusal has the words of RFC 6749, or only the older ones', async () => {
    const full = {
      error: 'invalid_grant',
      error_description: 'refresh token is invalid, expired or revoked',
      status: 'BAD_REFRESH_TOKEN',
      message: 'missing or invalid refresh token',
      correlationId: expect.any(String),
    };
    expect(await (await app.refresh('made-up')).json()).toEqual(full);
    running().simulator.settings.oauthErrorShape = 'legacy';
    const { error: _, error_description: __, ...legacy } = full;
    expect(await (await app.refresh('made-up')).json()).toEqual(legacy);
  });

  it('A refusal follows a secret that was changed', async () => {
    const { refresh_token: refreshToken } = await connect();
    getApp(running().simulator.state, CLIENT_ID).clientSecret = 'changed';
    await expectRefusal(await app.refresh(refreshToken), 'BAD_CLIENT_SECRET', 'invalid_client');
    expect((await app.refresh(refreshToken, { client_secret: 'changed' })).status).toBe(200);
  });
});

describe('what no correct client sends', () => {
  const PATH = '/oauth/2026-09/token';

  it.each(['client_secret', 'refresh_token', 'grant_type', 'code'])('%s in the query', async (name) => {
    const response = await app.post(`${PATH}?${name}=value-of-it`, CREDENTIALS);
    expect(response.status).toBe(400);
    expect(running().simulator.violations).toEqual([`unknown query parameter ${name}: POST ${PATH}`]);
  });

  it.each([
    ['JSON', 'application/json', JSON.stringify(CREDENTIALS), 415],
    ['no content type', '', 'grant_type=refresh_token', 415],
    ['a field twice', 'application/x-www-form-urlencoded', 'code=1&code=2', 400],
    ['an unknown field', 'application/x-www-form-urlencoded', 'portal_id=1', 400],
  ])('A token request that no correct client sends is recorded: %s', async (_, contentType, body, status) => {
    const init = { method: 'POST', headers: { 'Content-Type': contentType }, body: Buffer.from(body) };
    expect((await fetch(`${running().simulator.url}${PATH}`, init)).status).toBe(status);
    expect(running().simulator.violations).toHaveLength(1);
  });

  it.each(['/oauth/v1/token', '/oauth/v3/token', '/oauth/2026-03/token'])(
    'A token request to a path that no correct client uses is recorded: %s',
    async (path) => {
      expect([404, 410]).toContain((await app.post(path, CREDENTIALS)).status);
      expect(running().simulator.violations).toHaveLength(1);
    },
  );
});

it('A token reply omits hub_id when the simulator is set so, and the client has to ask', async () => {
  running().simulator.settings.tokenReplyOmitsHubId = true;
  expect(await connect()).not.toHaveProperty('hub_id');
});

it('Token requests fail as scripted, for one account or for all', async () => {
  const { simulator } = running();
  const other = addPortal(simulator.state).portalId;
  const mine = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
  const theirs = installApp(simulator.state, CLIENT_ID, other);
  simulator.faults.script({ route: 'POST token', portalId: PORTAL_ID, fault: { kind: 'status', status: 503 } });
  expect((await app.refresh(theirs.refreshToken)).status).toBe(200);
  expect((await app.refresh(mine.refreshToken)).status).toBe(503);
  expect((await app.refresh(mine.refreshToken)).status).toBe(200);
  simulator.faults.script({ route: 'POST token', fault: { kind: 'status', status: 429 } });
  expect((await app.refresh('made-up')).status).toBe(429);
});

it('The answer to a rotation is lost when the connection breaks after it', async () => {
  const { simulator } = running();
  const { refreshToken } = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
  simulator.settings.rotateRefreshTokens = true;
  simulator.faults.script({ route: 'POST token', fault: { kind: 'resetAfterEffect' } });
  await expect(app.refresh(refreshToken)).rejects.toThrow();
  await expectRefusal(await app.refresh(refreshToken), 'BAD_REFRESH_TOKEN', 'invalid_grant');
});
