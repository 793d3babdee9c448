import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createPortals } from '../../lib/store/portals.ts';
import type { Fault } from '../../local/simulator/fault.ts';
import { getApp } from '../../local/simulator/state.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import {
  type Begun,
  begin,
  CLIENT_ID,
  COOKIE_NAME,
  decide,
  type InstallService,
  makeGet,
  SMALL_PORTAL,
  startInstallService,
} from '../support/install-service.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { readAllItems } from '../support/table-items.ts';

let service: InstallService;

beforeEach(async () => {
  service = await startInstallService();
});

afterEach(async () => {
  await service.close();
  expect(service.simulator.violations).toEqual([]);
  expect(service.simulator.faults.unread()).toEqual([]);
});

const finish = (query: string, cookies: readonly string[] = []) =>
  service.finish(makeGet('/oauth/callback', query, cookies));
const exchanges = () => service.simulator.calls.all().filter(({ route }) => route === 'POST token').length;
const stored = () => createPortals(service.table, service.clock.now).read(PORTAL_A);

async function install(portalId?: number) {
  const begun = await begin(service);
  const query = await decide(service, begun, 'connect', portalId);
  return { begun, query, result: await finish(query, [begun.cookie]) };
}

describe('An install from end to end', () => {
  it('An install connects the account, queues its first refresh, and says what comes next', async () => {
    const { result } = await install();
    expect(result.statusCode).toBe(200);
    expect(result.body).toContain('HubSpot account 8200001 is connected');
    expect(result.body).toContain('<li>Read and change deals</li>');
    expect(result.body).not.toContain('What does not work yet');
    expect(result.body).toContain('<strong>Set owner by email</strong>');
    expect(await stored()).toMatchObject({ connectedAtEpochMs: START_EPOCH_MS, version: 1 });
    expect(service.queued.map((body) => JSON.parse(body))).toEqual([
      expect.objectContaining({ portalId: '8200001', requestedAtEpochMs: START_EPOCH_MS }),
    ]);
  });

  it('An install writes nothing before HubSpot sends the browser back', async () => {
    await begin(service);
    expect(await readAllItems(service.table)).toEqual([]);
  });

  it('[A13] An install shows what the account did not grant and the effect', async () => {
    const { result } = await install(SMALL_PORTAL);
    expect(result.body).toContain('<h2>What does not work yet</h2>');
    expect(result.body).toContain(
      '<li>Deals cannot be assigned: an action for a deal ends with the error code MISSING_SCOPES.</li>',
    );
    expect(result.body).not.toContain('Contacts cannot be assigned');
    const [, codes = ''] = result.body.split('<h3>Not granted</h3>');
    expect(codes).toContain('<li><code>crm.objects.deals.write</code></li>');
    expect(codes).not.toContain('crm.objects.contacts');
  });

  it('[A13] An install by somebody else replaces the tokens and keeps the known owners', async () => {
    await install();
    const jane = toEmail('jane@example.com');
    const cached = { owners: [makeOwner()], confirmedAtEpochMs: START_EPOCH_MS };
    const cache = createOwnerCache(service.table, service.clock.now);
    await cache.rememberEmail(PORTAL_A, jane, cached);
    const before = await stored();
    const { result } = await install();
    expect(result.statusCode).toBe(200);
    const after = await stored();
    expect(after).toMatchObject({ version: 2 });
    expect(after?.tokens.ciphertext).not.toBe(before?.tokens.ciphertext);
    expect(await cache.findByEmail(PORTAL_A, jane)).toEqual(cached);
  });

  it('An install succeeds while the queue is away', async () => {
    service.breakQueue();
    const { result } = await install();
    expect([result.statusCode, (await stored())?.version]).toEqual([200, 1]);
    expect(result.body).toContain('loads the account&#39;s owners tonight');
  });

  it('[A4] An install does not trust an account ID that comes from the browser', async () => {
    const begun = await begin(service);
    const query = await decide(service, begun, 'connect');
    const { statusCode, body } = await finish(`${query}&hub_id=1&portalId=2&portal_id=3`, [begun.cookie]);
    expect([statusCode, body.includes('account 8200001 is connected')]).toEqual([200, true]);
    expect((await stored())?.version).toBe(1);
  });

  it('[A4] An install asks HubSpot for the account of the tokens when HubSpot does not say so at once', async () => {
    service.simulator.settings.tokenReplyOmitsHubId = true;
    const { result } = await install();
    expect(result.body).toContain('account 8200001 is connected');
  });

  it('[A4] An install asks which account its token opens when HubSpot says nothing about the token but that it is active', async () => {
    Object.assign(service.simulator.settings, { tokenReplyOmitsHubId: true, introspectionOmitsAll: true });
    const { result } = await install();
    expect(result.body).toContain('account 8200001 is connected');
    expect((await stored())?.version).toBe(1);
  });
});

describe('[X3] Where the browser is sent', () => {
  it("The browser is sent to HubSpot's page with our own values, whatever the request asks for", async () => {
    const query = 'redirect_uri=https://evil.example.com&next=//evil.example.com&client_id=x&state=y&url=z';
    const event = {
      ...makeGet('/oauth/install', query),
      headers: { host: 'evil.example.com', referer: 'https://evil' },
    };
    const { statusCode, headers } = await service.start(event);
    const { origin, pathname, searchParams, search } = new URL(headers.location ?? '');
    expect([statusCode, origin, pathname]).toEqual([302, service.simulator.url, '/oauth/authorize']);
    expect([...searchParams.keys()]).toEqual(['client_id', 'redirect_uri', 'scope', 'optional_scope', 'state']);
    expect(searchParams.get('client_id')).toBe(CLIENT_ID);
    expect(searchParams.get('redirect_uri')).toBe('https://owner.example.com/oauth/callback');
    expect(search).toContain('scope=oauth%20crm.objects.owners.read&');
    expect(search).not.toContain('evil');
  });

  it('The browser is sent to our own page after HubSpot sent it back, under any base path of the service', async () => {
    const begun = await begin(service);
    const query = `${await decide(service, begun, 'connect')}&next=https://evil.example.com`;
    const { statusCode, headers, body } = await service.comeBack(makeGet('/oauth/callback', query, [begun.cookie]));
    expect([statusCode, body]).toEqual([303, '']);
    expect(headers.location).toMatch(/^connected\?view=[\w-]{40,200}$/);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });

  it('A page links only to the start of the install and to the workflows of the account', async () => {
    const { query, begun, result } = await install(SMALL_PORTAL);
    const again = await finish(query, [begun.cookie]);
    const denied = await finish('error=x&redirect_uri=https://evil.example.com&next=https://evil.example.com');
    for (const { headers, body } of [result, again, denied]) {
      expect(headers).not.toHaveProperty('location');
      expect(body).not.toContain('evil');
      const links = [...body.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, target]) => target);
      const workflows = `${service.simulator.url}/workflows/${SMALL_PORTAL}`;
      expect(new Set(links)).toEqual(new Set(body === result.body ? [workflows, 'install'] : ['install']));
    }
  });
});

describe('[A1] Invalid states', () => {
  const text = /Start again/;

  it.each<[string, (state: string, cookie: string) => [string, string[]], RegExp]>([
    ['none came', (_state, cookie) => ['', [cookie]], /This link is incomplete or invalid/],
    [
      'it is forged',
      (state, cookie) => [state.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), [cookie]],
      /incomplete or invalid/,
    ],
    ['another browser began', (state) => [state, []], /only in the browser that opened/],
    ['another install began', (state) => [state, [`${COOKIE_NAME}=x`]], /only in the browser that opened/],
    [
      'a cookie was planted',
      (state, cookie) => [state, [`${COOKIE_NAME}=x`, cookie]],
      /only in the browser that opened/,
    ],
  ])(
    'An install connects nothing and sends nothing to HubSpot when its state is invalid: %s',
    async (_why, change, words) => {
      const begun = await begin(service);
      const code = new URLSearchParams(await decide(service, begun, 'connect')).get('code') ?? '';
      const [state, cookies] = change(begun.state, begun.cookie);
      const { statusCode, body } = await finish(new URLSearchParams({ code, state }).toString(), cookies);
      expect(statusCode).toBe(400);
      expect(body).toMatch(words);
      expect(body).toMatch(text);
      expect([exchanges(), await readAllItems(service.table)]).toEqual([0, []]);
    },
  );

  it('An install state that is older than ten minutes connects nothing', async () => {
    const begun = await begin(service);
    service.clock.advance(599_999);
    const query = await decide(service, begun, 'connect');
    service.clock.advance(1);
    const { statusCode, body } = await finish(query, [begun.cookie]);
    expect([statusCode, body.includes('within ten minutes'), exchanges()]).toEqual([400, true, 0]);
  });

  it('An install state that was used connects nothing, even with a valid code and the cookie', async () => {
    const begun = await begin(service);
    const first = await decide(service, begun, 'connect');
    const second = await decide(service, begun, 'connect');
    await finish(first, [begun.cookie]);
    const { statusCode, body } = await finish(second, [begun.cookie]);
    expect([statusCode, body.includes('already used'), exchanges()]).toEqual([400, true, 1]);
    expect((await stored())?.version).toBe(1);
  });

  it('An install state is used once, however many requests have it at the same time', async () => {
    const begun = await begin(service);
    const query = await decide(service, begun, 'connect');
    const results = await Promise.all(Array.from({ length: 8 }, () => finish(query, [begun.cookie])));
    expect(results.map(({ statusCode }) => statusCode).sort()).toEqual([200, ...Array(7).fill(400)]);
    expect(exchanges()).toBe(1);
  });
});

describe('Invalid codes', () => {
  it.each<[string, (code: string) => string]>([
    ['is not HubSpot’s', () => 'made-up'],
    ['has one more character', (code) => `${code}x`],
  ])('[A2] An install connects nothing when the code %s', async (_why, change) => {
    const begun = await begin(service);
    const query = new URLSearchParams(await decide(service, begun, 'connect'));
    query.set('code', change(query.get('code') ?? ''));
    const { statusCode, body } = await finish(query.toString(), [begun.cookie]);
    expect([statusCode, body.includes('HubSpot did not accept this link')]).toEqual([400, true]);
    expect([await stored(), service.queued]).toEqual([undefined, []]);
  });

  it('[A2] An install connects nothing when somebody used the code in an install of their own', async () => {
    const { query } = await install();
    const begun = await begin(service);
    const code = new URLSearchParams(query).get('code') ?? '';
    const { statusCode } = await finish(new URLSearchParams({ code, state: begun.state }).toString(), [begun.cookie]);
    expect([statusCode, (await stored())?.version]).toEqual([400, 1]);
  });

  it('An install connects nothing when the code is missing, even with a valid state', async () => {
    const begun = await begin(service);
    const { statusCode } = await finish(`state=${begun.state}`, [begun.cookie]);
    expect([statusCode, exchanges()]).toEqual([400, 0]);
  });
});

describe('[A3] A denied install', () => {
  const XSS = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onload='x", '</title><svg/onload=x>'];

  it('A denied install says that nothing was connected, why, and how to start again', async () => {
    const begun = await begin(service);
    const query = await decide(service, begun, 'cancel');
    const { statusCode, body } = await finish(query, [begun.cookie]);
    expect(statusCode).toBe(403);
    expect(body).toContain('<h1>The account was not connected</h1>');
    expect(body).toContain('HubSpot says: <q>The user denied access to the app</q>');
    expect(body).toContain('<a class="main button" href="install">Start again</a>');
    expect([exchanges(), await readAllItems(service.table)]).toEqual([0, []]);
  });

  it.each(XSS)('A denied install shows %s as text', async (text) => {
    const begun = await begin(service);
    const query = new URLSearchParams({ error: text, error_description: text, state: begun.state }).toString();
    const { statusCode, body } = await finish(query, [begun.cookie]);
    const plain = await finish(new URLSearchParams({ error: text, state: begun.state }).toString(), [begun.cookie]);
    expect(statusCode).toBe(403);
    expect(tagsOf(body)).toEqual([...tagsOf(plain.body), 'p', 'q'].sort());
    expect(body).toContain(
      text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    );
  });

  it.each(XSS)('A denied install shows nothing of %s from any other part of the query', async (text) => {
    const values = { code: text, state: text, portalId: text, error_uri: text };
    for (const query of [new URLSearchParams(values), new URLSearchParams({ ...values, error: 'access_denied' })]) {
      expect((await finish(query.toString())).body).not.toContain('alert');
    }
  });

  it('A denied install shows no text that somebody else put into the address', async () => {
    const query = new URLSearchParams({ error: 'access_denied', error_description: 'Call 555 to repair this' });
    const { statusCode, body } = await finish(query.toString());
    expect([statusCode, body.includes('not connected'), body.includes('555')]).toEqual([403, true, false]);
  });
});

describe('Install errors', () => {
  it.each<[string, Fault]>([
    ['that is away', { kind: 'status', status: 503 }],
    ['that breaks the connection', { kind: 'reset' }],
    ['that answers something else', { kind: 'json', body: { hub_id: 8_200_001 } }],
    ['whose answer is lost', { kind: 'resetAfterEffect' }],
  ])('A HubSpot %s gives a page with status 502 after one exchange', async (_why, fault) => {
    service.simulator.faults.script({ route: 'POST token', fault });
    const { result } = await install();
    expect([result.statusCode, exchanges()]).toEqual([502, 1]);
    expect(result.body).toContain('<h1>HubSpot could not connect the account</h1>');
    expect(result.body).toContain('<code>request-1</code>');
    expect(await stored()).toBeUndefined();
  });

  it('[A10] A wrong client secret is our fault: a page with status 503, an alarm, and nothing stored', async () => {
    getApp(service.simulator.state, CLIENT_ID).clientSecret = 'changed';
    const { result } = await install();
    expect(result.statusCode).toBe(503);
    expect(result.body).toContain('<code>request-1</code>');
    expect(service.telemetry.counted).toContainEqual({ name: 'OAuthClientRefused', dimensions: {} });
    expect(await stored()).toBeUndefined();
  });

  it('[X6] An error of the service gives a page that reveals only the reference', async () => {
    await service.close();
    const secret = 'stack of secret-test-store at line 7';
    const table = { send: () => Promise.reject(new Error(secret)) } as never;
    service = await startInstallService({ world: { table } });
    const { result } = await install();
    expect([result.statusCode, exchanges()]).toEqual([503, 0]);
    expect(result.body).toContain('<code>request-1</code>');
    expect(result.body).not.toMatch(/secret|stack|line 7|STORE|Error|\.ts/);
  });

  it('[X6] An unexpected error gives a page with status 500', async () => {
    await service.close();
    const newId = () => {
      throw new TypeError('secret-test-unexpected');
    };
    service = await startInstallService({ world: { newId } });
    const { result } = await install();
    expect(result.statusCode).toBe(500);
    expect(result.body).toContain('Something went wrong on our side');
    expect(result.body).not.toMatch(/unexpected|TypeError/);
    expect(service.telemetry.counted).toContainEqual({ name: 'UnexpectedError', dimensions: {} });
  });

  it.each([
    ['POST', '/oauth/callback', 405],
    ['GET', '/oauth/callback/more', 404],
  ])('The request %s %s gives a page with status %i', async (method, path, status) => {
    const event = { ...makeGet(path), requestContext: { requestId: 'r', http: { method } } };
    const { statusCode, headers, body } = await service.finish(event);
    expect([statusCode, headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(headers.allow).toBe(status === 405 ? 'GET' : undefined);
    expect(body).toContain('There is nothing here');
  });
});

describe('Metrics of installs', () => {
  const counted = () =>
    service.telemetry.counted
      .filter(({ name }) => name === 'PortalInstalls')
      .map(({ dimensions }) => dimensions.outcome);
  const denied = async () => {
    const begun = await begin(service);
    await finish(await decide(service, begun, 'cancel'), [begun.cookie]);
  };
  const broken = async () => {
    service.simulator.faults.script({ route: 'POST token', fault: { kind: 'status', status: 503 } });
    await install();
  };
  const withoutCode = async () => {
    const begun = await begin(service);
    await finish(`state=${begun.state}`, [begun.cookie]);
  };
  const withMadeUpCode = async () => {
    const begun = await begin(service);
    await finish(`state=${begun.state}&code=made-up`, [begun.cookie]);
  };
  const again = async () => {
    const { query, begun } = await install();
    await finish(query, [begun.cookie]);
  };

  it.each<[string, () => Promise<unknown>, string[]]>([
    ['an account that was connected', install, ['connected']],
    ['somebody who said no', denied, ['denied']],
    ['an error that somebody put into the address', () => finish('error=access_denied'), ['state_refused']],
    ['a state that is not ours', () => finish('code=1&state=2'), ['state_refused']],
    ['a page that was opened again', again, ['connected', 'state_refused']],
    ['a code that did not come', withoutCode, ['code_refused']],
    ['a code that HubSpot does not know', withMadeUpCode, ['code_refused']],
    ['HubSpot being away', broken, ['failed']],
    ['an address that is none', () => service.finish(makeGet('/oauth/callback/more')), []],
    ['an install that was only begun', () => begin(service), []],
  ])('The metrics count an install with the right outcomes: %s', async (_what, act, outcomes) => {
    await act();
    expect(counted()).toEqual(outcomes);
  });
});

describe('Headers of the pages', () => {
  const everyEnding = async () => {
    const { query, begun, result } = await install();
    service.simulator.faults.script({ route: 'POST token', fault: { kind: 'status', status: 500 } });
    const failed = (await install()).result;
    return [result, await finish(query, [begun.cookie]), await finish('error=access_denied'), await finish(''), failed];
  };

  it('The headers forbid everything that a page of text does not need, and keep the address private', async () => {
    const results = await everyEnding();
    expect(results.map(({ statusCode }) => statusCode)).toEqual([200, 400, 403, 400, 502]);
    for (const { headers, body } of results) {
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(body.match(/<h1>/g)).toHaveLength(1);
      const withoutWorkflows = body.replace(`href="${service.simulator.url}/workflows/8200001"`, '');
      expect(withoutWorkflows).not.toMatch(/<(script|img|iframe|link|form|base|object)|\son\w+=|style="|https?:/i);
    }
  });

  it('[A1] The cookie is removed at the end of every install', async () => {
    const begun = await begin(service);
    const connected = await service.comeBack(
      makeGet('/oauth/callback', await decide(service, begun, 'connect'), [begun.cookie]),
    );
    const [, ...others] = await everyEnding();
    for (const { headers } of [connected, ...others]) {
      expect(headers['set-cookie']).toBe(`${COOKIE_NAME}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`);
    }
  });

  it.each(['connect', 'cancel'] as const)(
    '[A1] An install in a second tab takes the place of the first, and goes through although the first comes back with: %s',
    async (decision) => {
      const [first, second] = [await begin(service), await begin(service)];
      const early = await finish(await decide(service, first, decision), [second.cookie]);
      expect(early.statusCode).toBe(decision === 'connect' ? 400 : 403);
      expect(early.headers).not.toHaveProperty('set-cookie');
      const late = await finish(await decide(service, second, 'connect'), [second.cookie]);
      expect(late.statusCode).toBe(200);
    },
  );

  it.each<[string, (begun: Begun, query: URLSearchParams) => void]>([
    ['one that has expired', () => service.clock.advance(600_000)],
    ['one of another deployment', ({ state }, query) => query.set('state', state.replace(/^../, 'xx'))],
    ['one that is cut off', (_begun, query) => query.set('state', 'cut')],
    ['one without a state', (_begun, query) => query.delete('state')],
    [
      'a denied one without a state',
      (_begun, query) => {
        query.set('error', 'access_denied');
        query.delete('state');
      },
    ],
  ])('[A1] An install goes through although another one comes back in the same browser: %s', async (_what, change) => {
    const first = await begin(service);
    const query = new URLSearchParams(await decide(service, first, 'connect'));
    change(first, query);
    const second = await begin(service);
    const early = await finish(query.toString(), [second.cookie]);
    expect(early.headers).not.toHaveProperty('set-cookie');
    const late = await finish(await decide(service, second, 'connect'), [second.cookie]);
    expect(late.statusCode).toBe(200);
  });

  it('The redirect to HubSpot is not cached', async () => {
    const { headers } = await service.start();
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers['set-cookie']).toMatch(/; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });
});

it('[X6] The logs contain no code, no state, no cookie and no token', async () => {
  const earlier = CAPTURED_LINES.length;
  const { begun, query } = await install();
  await finish(query, [begun.cookie]);
  await finish(query);
  const code = new URLSearchParams(query).get('code') ?? '';
  const app = getApp(service.simulator.state, CLIENT_ID);
  const refreshTokens = [...app.installs.values()].flatMap(({ refreshTokens }) => [...refreshTokens.keys()]);
  const accessTokens = [...service.simulator.state.portals.values()].flatMap(({ tokens }) => [...tokens.keys()]);
  const secrets = [code, begun.state, begun.cookie.split('=')[1] ?? '', ...refreshTokens, ...accessTokens];
  expect(secrets.every((secret) => secret.length > 10)).toBe(true);
  expect(secrets.length).toBeGreaterThan(4);
  const lines = CAPTURED_LINES.slice(earlier).join('\n');
  expect(lines).toContain('portal connected');
  expect(lines).toContain('cookie_missing');
  for (const secret of secrets) expect(lines).not.toContain(secret);
});

function tagsOf(body: string): string[] {
  return [...body.matchAll(/<([a-z!][a-z0-9]*)/g)].map(([, tag]) => tag ?? '').sort();
}
