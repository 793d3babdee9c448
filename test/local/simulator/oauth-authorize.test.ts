import { addApp } from '../../../local/simulator/seed-apps.ts';
import { addPortal } from '../../../local/simulator/seed-portals.ts';
import { getPortal } from '../../../local/simulator/state.ts';
import { CLIENT_ID, OPTIONAL, REDIRECT_URI, REQUIRED, useApp } from './use-app.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

const running = useSimulator();
const app = useApp(running);

const locationOf = (response: Response): URL => new URL(response.headers.get('location') ?? '');

/** What the browser would post when the person presses `button`. */
function fillForm(html: string, portalId: number, button: string): Record<string, string> {
  const fields: Record<string, string> = { portal_id: String(portalId) };
  for (const [, name = '', value = ''] of html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)) {
    fields[name] = value
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  }
  const decision = new RegExp(`name="decision" value="(\\w+)"[^>]*>${button}<`).exec(html)?.[1];
  return { ...fields, decision: decision ?? '' };
}

describe('the consent page', () => {
  it('The consent page names every account and every scope, with a label for each choice', async () => {
    const other = addPortal(running().simulator.state).portalId;
    const response = await app.authorize({ optional_scope: OPTIONAL.join(' ') });
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(response.headers.get('x-hubspot-ratelimit-max')).toBeNull();
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('<h1>Connect app to HubSpot</h1>');
    expect(html).toContain('<legend>Choose an account</legend>');
    for (const portalId of [PORTAL_ID, other]) {
      expect(html).toContain(`<label for="portal-${portalId}">`);
      expect(html).toContain(`id="portal-${portalId}" name="portal_id" value="${portalId}"`);
    }
    for (const scope of [...REQUIRED, ...OPTIONAL]) expect(html).toContain(`<li>${scope}</li>`);
    expect(html).toMatch(/>Connect app<.*>Cancel</s);
    expect(html).not.toMatch(/<(script|img|style)|src=|href="(?!data:,")/);
  });

  it('The consent page leads back with a code and the state, whatever the state contains', async () => {
    const state = `a b&c="d"<e>'f'%2B+`;
    const html = await (await app.authorize({ state })).text();
    const response = await app.post('/oauth/authorize/decision', fillForm(html, PORTAL_ID, 'Connect app'));
    expect(response.status).toBe(302);
    const { origin, pathname, searchParams } = locationOf(response);
    expect(`${origin}${pathname}`).toBe(REDIRECT_URI);
    expect([...searchParams.keys()]).toEqual(['code', 'state']);
    expect(searchParams.get('state')).toBe(state);
    expect((await app.exchange(searchParams.get('code') ?? '')).status).toBe(200);
  });

  it('The consent page leads back with access_denied when the person cancels, with or without a chosen account', async () => {
    const html = await (await app.authorize({ state: 's' })).text();
    expect(html).toContain('formnovalidate>Cancel<');
    const { portal_id: _, ...fields } = fillForm(html, PORTAL_ID, 'Cancel');
    const { searchParams } = locationOf(await app.post('/oauth/authorize/decision', fields));
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'access_denied',
      error_description: expect.stringContaining('denied'),
      state: 's',
    });
    expect(running().simulator.violations).toEqual([]);
  });

  it('The consent page keeps the query of the redirect URI, and adds no state of its own', async () => {
    const redirectUri = 'http://localhost:3000/cb?a=1';
    const fields = { redirect_uri: redirectUri, decision: 'connect', portal_id: String(PORTAL_ID) };
    const { searchParams } = locationOf(await app.decide(fields));
    expect([...searchParams.keys()]).toEqual(['a', 'code']);
  });

  it('The consent page refuses an account that lacks a required scope, and names the scope', async () => {
    getPortal(running().simulator.state, PORTAL_ID).availableScopes = new Set(['oauth']);
    const html = await (await app.authorize()).text();
    expect(html).toMatch(/disabled aria-describedby="portal-\d+-why">.*does not have: crm\.objects\.owners\.read/);
    const response = await app.decide({ decision: 'connect', portal_id: String(PORTAL_ID) });
    expect(response.status).toBe(403);
    expect(response.headers.get('location')).toBeNull();
  });

  it.each([
    ['no account', { decision: 'connect' }],
    ['an unknown account', { decision: 'connect', portal_id: '1' }],
    ['no decision', { portal_id: String(PORTAL_ID) }],
    ['an unknown field', { decision: 'connect', portal_id: String(PORTAL_ID), hub: '1' }],
  ])('The consent page does not continue with %s', async (_, fields) => {
    const response = await app.decide(fields);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('role="alert"');
  });
});

describe('an authorize URL', () => {
  it.each([
    ['an unknown client id', { client_id: 'nobody' }],
    ['no client id', { client_id: '' }],
    ['another redirect URI', { redirect_uri: 'https://evil.example.com/' }],
    ['a redirect URI that goes on', { redirect_uri: `${REDIRECT_URI}/more` }],
    ['a redirect URI with a query of its own', { redirect_uri: `${REDIRECT_URI}?x=1` }],
    ['no redirect URI', { redirect_uri: '' }],
  ])('An authorize URL with %s leads nowhere', async (_, fields) => {
    for (const response of [
      await app.authorize(fields),
      await app.decide({ ...fields, decision: 'connect', portal_id: String(PORTAL_ID) }),
    ]) {
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
      expect(await response.text()).toContain('role="alert"');
    }
    expect(running().simulator.violations).toHaveLength(2);
  });

  it.each([
    ['lacks a required scope', { scope: 'oauth' }],
    ['asks for nothing', { scope: '' }],
    ['asks for a scope that the app does not have', { scope: `${REQUIRED.join(' ')} content` }],
    ['offers a scope that the app does not have', { optional_scope: 'content' }],
  ])('An authorize URL whose scope %s leads back with an error', async (_, fields) => {
    const { searchParams } = locationOf(await app.authorize({ ...fields, state: 's' }));
    expect(Object.fromEntries(searchParams)).toEqual({
      error: 'invalid_scope',
      error_description: expect.any(String),
      state: 's',
    });
    expect(running().simulator.violations).toHaveLength(1);
  });

  it.each(['response_type', 'code_challenge', 'prompt'])(
    'An authorize URL with the undocumented parameter %s is refused',
    async (name) => {
      expect((await app.authorize({ [name]: 'x' })).status).toBe(400);
      expect(running().simulator.violations).toEqual([`unknown query parameter ${name}: GET /oauth/authorize`]);
    },
  );

  it('An authorize URL may ask for an optional scope as if it were required', async () => {
    const code = await app.getCode(PORTAL_ID, { scope: [...REQUIRED, ...OPTIONAL].join(' ') });
    expect(await (await app.exchange(code)).json()).toMatchObject({ scopes: [...REQUIRED, ...OPTIONAL] });
  });
});

it('Optional scopes that the account lacks are left out without a message', async () => {
  getPortal(running().simulator.state, PORTAL_ID).availableScopes = new Set([...REQUIRED, 'crm.objects.users.read']);
  const code = await app.getCode(PORTAL_ID, { optional_scope: OPTIONAL.join(' ') });
  expect(await (await app.exchange(code)).json()).toMatchObject({ scopes: [...REQUIRED, 'crm.objects.users.read'] });
});

it('The simulator records no codes, states or secrets', async () => {
  const code = await app.getCode(PORTAL_ID, { state: 'state-of-ada@example.com' });
  await app.exchange(code);
  await app.exchange('made-up-code', { 'strange-field': 'strange-value' });
  await app.authorize({ scope: 'oauth', state: 'state-of-ada@example.com' });
  const recorded = JSON.stringify([running().simulator.violations, running().simulator.calls.all()]);
  for (const value of [code, 'made-up', 'strange', 'secret', 'example.com', CLIENT_ID]) {
    expect(recorded).not.toContain(value);
  }
});

it('The simulator refuses to register an app that HubSpot would refuse', () => {
  const { state } = running().simulator;
  const spec = { clientId: 'c', clientSecret: 's', redirectUris: [REDIRECT_URI], requiredScopes: REQUIRED };
  expect(() => addApp(state, { ...spec, clientId: CLIENT_ID })).toThrow('exists already');
  expect(() => addApp(state, { ...spec, requiredScopes: [] })).toThrow('oauth');
  expect(() => addApp(state, { ...spec, redirectUris: ['http://app.example.com/'] })).toThrow('https');
});
