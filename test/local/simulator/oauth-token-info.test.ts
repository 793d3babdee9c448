import { addApp, installApp } from '../../../local/simulator/seed-apps.ts';
import { addUser } from '../../../local/simulator/seed-users.ts';
import { getApp } from '../../../local/simulator/state.ts';
import { CLIENT_ID, CREDENTIALS, type Fields, REDIRECT_URI, REQUIRED, useApp } from './use-app.ts';
import { PORTAL_ID, TOKEN, useSimulator } from './use-simulator.ts';

const running = useSimulator();
const app = useApp(running);
const INTROSPECT = '/oauth/2026-09/token/introspect';
const REVOKE = '/oauth/2026-09/token/revoke';

async function introspect(token: string, fields: Fields = {}): Promise<unknown> {
  const response = await app.post(INTROSPECT, { ...CREDENTIALS, token, ...fields });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-hubspot-ratelimit-max')).toBeNull();
  return response.json();
}

describe('introspection', () => {
  it('Introspection tells which account a token opens, who connected it and what it may do', async () => {
    const { simulator, clock } = running();
    const user = addUser(simulator.state, PORTAL_ID, { email: 'ada@example.com', superAdmin: true });
    const { accessToken, refreshToken } = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
    const { appId } = getApp(simulator.state, CLIENT_ID);
    clock.advance(60_000);
    const common = {
      active: true,
      token_type: 'bearer',
      client_id: CLIENT_ID,
      app_id: appId,
      hub_id: PORTAL_ID,
      hub_domain: expect.stringContaining('example.com'),
      user_id: user.userId,
      user: 'ada@example.com',
      scopes: REQUIRED,
    };
    expect(await introspect(accessToken)).toEqual({
      ...common,
      token: accessToken,
      token_use: 'access_token',
      expires_in: 1_740,
      is_private_distribution: false,
      signed_access_token: expect.objectContaining({
        hubId: PORTAL_ID,
        hublet: 'na1',
        appId,
        installingUserId: user.userId,
      }),
    });
    expect(await introspect(refreshToken, { token_type_hint: 'refresh_token' })).toEqual({
      ...common,
      token: refreshToken,
      token_use: 'refresh_token',
    });
  });

  it('Introspection calls a token inactive when it is expired, made up, static or another app’s', async () => {
    const { simulator, clock } = running();
    const other = { clientId: 'other', clientSecret: 's', redirectUris: [REDIRECT_URI], requiredScopes: ['oauth'] };
    addApp(simulator.state, other);
    const theirs = installApp(simulator.state, 'other', PORTAL_ID);
    const mine = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
    for (const token of [theirs.accessToken, theirs.refreshToken, 'made-up', '', TOKEN]) {
      expect(await introspect(token)).toEqual({ active: false });
    }
    clock.advance(1_800_000);
    expect(await introspect(mine.accessToken)).toEqual({ active: false });
    expect(await introspect(mine.refreshToken)).toMatchObject({ active: true });
  });
});

describe('revocation', () => {
  it('Revocation ends the refresh token and leaves access tokens until they expire', async () => {
    const { simulator, clock } = running();
    const { accessToken, refreshToken } = installApp(simulator.state, CLIENT_ID, PORTAL_ID);
    expect((await app.post(REVOKE, { ...CREDENTIALS, token: refreshToken })).status).toBe(200);
    expect(await (await app.refresh(refreshToken)).json()).toMatchObject({ status: 'BAD_REFRESH_TOKEN' });
    expect(await introspect(refreshToken)).toEqual({ active: false });
    expect(await app.statusWith(accessToken)).toBe(200);
    clock.advance(1_800_000);
    expect(await app.statusWith(accessToken)).toBe(401);
  });

  it('Revocation answers the same for a token that the app does not have, and ends nothing', async () => {
    const { accessToken, refreshToken } = installApp(running().simulator.state, CLIENT_ID, PORTAL_ID);
    for (const token of ['made-up', accessToken]) {
      expect((await app.post(REVOKE, { ...CREDENTIALS, token })).status).toBe(200);
    }
    expect(await app.statusWith(accessToken)).toBe(200);
    expect((await app.refresh(refreshToken)).status).toBe(200);
  });
});

it.each([
  [INTROSPECT, { client_secret: 'wrong' }, 'BAD_CLIENT_SECRET'],
  [INTROSPECT, { client_id: 'nobody' }, 'BAD_CLIENT_ID'],
  [REVOKE, { client_secret: 'wrong' }, 'BAD_CLIENT_SECRET'],
  [REVOKE, { client_id: 'nobody' }, 'BAD_CLIENT_ID'],
])('%s is for the app itself: %j is refused', async (path, fields, status) => {
  const { refreshToken } = installApp(running().simulator.state, CLIENT_ID, PORTAL_ID);
  const response = await app.post(path, { ...CREDENTIALS, token: refreshToken, ...fields });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ status, error: 'invalid_client' });
  expect((await app.refresh(refreshToken)).status).toBe(200);
});

it.each([INTROSPECT, REVOKE])('%s takes no token in the query and no other fields', async (path) => {
  expect((await app.post(`${path}?token=x`, CREDENTIALS)).status).toBe(400);
  expect((await app.post(path, { ...CREDENTIALS, hub_id: '1' })).status).toBe(400);
  expect(running().simulator.violations).toEqual([
    `unknown query parameter token: POST ${path}`,
    `unknown form field: POST ${path}`,
  ]);
});
