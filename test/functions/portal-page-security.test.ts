import { toDeadline } from '../../lib/domain/deadline.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { SIGNATURE_WINDOW_MS } from '../../lib/hubspot/signature.ts';
import { addActiveOwner } from '../../local/simulator/seed-owners.ts';
import { revokeToken } from '../../local/simulator/seed-portals.ts';
import { signV2 } from '../../local/simulator/sign.ts';
import { toPortalId } from '../builders/ids.ts';
import { BASE_URL, CLIENT_SECRET } from '../support/http-events.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { newChangeId, openPage, type PageSite } from '../support/page-site.ts';
import { OTHER_PORTAL, PORTAL, tokenOf } from '../support/service.ts';
import { readAllItems } from '../support/table-items.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const PORTAL_ID = toPortalId(PORTAL);
let page: PageSite;
let jane: string;

beforeEach(async () => {
  jane = addActiveOwner(service().simulator.state, PORTAL, { email: 'jane@example.com' }).id;
  page = openPage(service());
});

const order = (more = {}) => ({ changeId: newChangeId(), alias: 'j.doe@example.com', to: jane, ...more });
const change = (more: Partial<Parameters<PageSite['sign']>[0]> = {}) =>
  page.sign({ method: 'PUT', path: '/portal/aliases', body: order(), ...more });
const queryOf = (event: HttpEvent) => event.rawQueryString ?? '';

/** What the request changed, beside what is learned of owners and the rate budget. */
async function changesOf(work: () => Promise<unknown>): Promise<string[]> {
  await work();
  const keys = (await readAllItems(service().table)).map(({ pk }) => pk?.S ?? '');
  return keys.filter((key) => /#(alias|change|successor)/.test(key));
}

const v2Only = (event: HttpEvent): HttpEvent => {
  const method = event.requestContext?.http?.method ?? '';
  const uri = `${BASE_URL}${event.rawPath}?${queryOf(event)}`;
  const signature = signV2(CLIENT_SECRET, { method, uri, body: event.body ?? '' });
  return { ...event, headers: { 'x-hubspot-signature': signature, 'x-hubspot-signature-version': 'v2' } };
};

const FORGED: readonly (readonly [string, (event: HttpEvent) => HttpEvent, number, string])[] = [
  [
    '[S8] signed for another path',
    (event) => ({ ...event, rawPath: '/portal/successors/1' }),
    401,
    'SIGNATURE_INVALID',
  ],
  [
    '[S8] signed for another method',
    (event) => ({ ...event, requestContext: { http: { method: 'PATCH' } } }),
    401,
    'SIGNATURE_INVALID',
  ],
  ['[S8] signed for another body', (event) => ({ ...event, body: `${event.body} ` }), 401, 'SIGNATURE_INVALID'],
  [
    '[S8] signed for another query',
    (event) => ({ ...event, rawQueryString: `${queryOf(event)}&x=1` }),
    401,
    'SIGNATURE_INVALID',
  ],
  ['[S8] signed without its query', (event) => ({ ...event, rawQueryString: '' }), 401, 'SIGNATURE_INVALID'],
  [
    '[X1] signed for another account',
    (event) => ({ ...event, rawQueryString: queryOf(event).replace(String(PORTAL), String(OTHER_PORTAL)) }),
    401,
    'SIGNATURE_INVALID',
  ],
  [
    '[X1] signed for another user',
    (event) => ({ ...event, rawQueryString: queryOf(event).replace(/userId=\d+/, `userId=${page.admin}`) }),
    401,
    'SIGNATURE_INVALID',
  ],
  ['[S3] signed with v2 alone', v2Only, 401, 'SIGNATURE_INVALID'],
  ['[X7] not signed', (event) => ({ ...event, headers: {} }), 401, 'SIGNATURE_INVALID'],
];

it.each(FORGED)('A change of the settings page that is %s changes nothing', async (_what, forge, status, code) => {
  const event = change({ userId: page.user });
  expect(
    await changesOf(async () =>
      expect(await page.send(forge(event))).toMatchObject({ status, body: { error: { code } } }),
    ),
  ).toEqual([]);
});

it('[S5, S11] A change that is replayed has no second effect within the window, and is refused after it', async () => {
  const event = change();
  const first = await page.send(event);
  expect(first).toMatchObject({ status: 200, body: { status: 'set' } });
  const before = await readAllItems(service().table);
  service().clock.advance(SIGNATURE_WINDOW_MS);
  expect(await page.send(event)).toEqual(first);
  const kept = (items: typeof before) => items.filter(({ pk }) => /#(alias|change)/.test(pk?.S ?? ''));
  expect(kept(await readAllItems(service().table))).toEqual(kept(before));
  service().clock.advance(1);
  expect(await page.send(event)).toMatchObject({ status: 401 });
});

it('[X1] A change of a user without rights changes nothing, whatever its body says', async () => {
  const body = order({ userId: page.admin, portalId: PORTAL, user: { id: page.admin } });
  const work = async () =>
    expect(await page.send(change({ userId: page.user, body }))).toMatchObject({
      status: 403,
      body: { error: { code: 'NOT_SUPER_ADMIN' } },
    });
  expect(await changesOf(work)).toEqual([]);
});

it('[X1] The account is the one that HubSpot signed for, whatever the body says', async () => {
  const body = order({ portalId: OTHER_PORTAL });
  expect(await changesOf(() => page.send(change({ body })))).toEqual(
    expect.not.arrayContaining([expect.stringContaining(String(OTHER_PORTAL))]),
  );
});

it.each([
  ['portalId', String(OTHER_PORTAL)],
  ['portalId', String(PORTAL)],
  ['userId', '1'],
  ['userEmail', 'admin@example.com'],
  ['appId', '1'],
])(
  '[X1] A request whose page added a %s of its own changes nothing: nobody could say which is HubSpot’s',
  async (name, value) => {
    for (const spelling of [name, `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`]) {
      const event = page.sign({ method: 'PUT', path: '/portal/aliases', body: order(), query: {}, userId: page.admin });
      const rawQueryString = `${spelling}=${encodeURIComponent(value)}&${queryOf(event)}`;
      const signed = resign({ ...event, rawQueryString });
      const work = async () =>
        expect(await page.send(signed)).toMatchObject({
          status: 400,
          body: { error: { code: 'BAD_REQUEST', fields: [name] } },
        });
      expect(await changesOf(work)).toEqual([]);
    }
  },
);

it.each([
  ['PATCH', '/portal/overview'],
  ['DELETE', '/portal/successors/1'],
])(
  '[S8, X1] The end of the query of a captured %s, moved into its body, gives no other account and no other user',
  async (method, path) => {
    const event = page.sign({ method, path, query: { changeId: newChangeId() } });
    const query = queryOf(event);
    for (let at = query.indexOf('userId=') + 8; at < query.length; at += 1) {
      const moved = { ...event, rawQueryString: query.slice(0, at), body: query.slice(at) };
      expect([moved.rawQueryString, (await page.send(moved)).status]).toEqual([moved.rawQueryString, 401]);
    }
  },
);

it.each([
  ['PATCH', '/portal/people', undefined],
  ['DELETE', '/portal/successors/1', undefined],
  ['PUT', '/portal/aliases', { changeId: newChangeId(), alias: 'j.doe@example.com', to: '1' }],
])(
  '[S8, X1] A captured %s %s whose query names another account and user gives neither, however much of its query is moved into its body',
  async (method, path, body) => {
    const json = body === undefined ? '{' : JSON.stringify(body).slice(0, -1);
    const meant = `portalId=${OTHER_PORTAL}&userId=${page.admin}&changeId=${newChangeId()}&x=`;
    const event = page.sign({ method, path, userId: page.user });
    const query = `${meant}${json},"y":"&${queryOf(event)}`;
    const signed = resign({ ...event, rawQueryString: query, body: '"}' });
    // What v3 decodes in an address is as it is in a body.
    const moved = { ...signed, rawQueryString: meant, body: `${query.slice(meant.length).replace('%40', '@')}"}` };
    const work = async () => expect(await page.send(moved)).toMatchObject({ status: 401 });
    expect(await changesOf(work)).toEqual([]);
  },
);

it.each(['portalId', 'userId'])('[X1] A signed request without %s is refused', async (name) => {
  const event = change();
  const rawQueryString = queryOf(event).replace(new RegExp(`&?${name}=\\d+`), '');
  expect(await page.send(resign({ ...event, rawQueryString }))).toMatchObject({
    status: 400,
    body: { error: { fields: [name] } },
  });
});

it('[E7] A body of 2 MB is refused before it is hashed or read', async () => {
  const parse = jest.spyOn(JSON, 'parse');
  const event = change({ body: order({ padding: 'x'.repeat(2_000_000) }) });
  const work = async () =>
    expect(await page.send(event)).toMatchObject({ status: 413, body: { error: { code: 'PAYLOAD_TOO_LARGE' } } });
  expect(await changesOf(work)).toEqual([]);
  expect(parse.mock.calls.filter(([text]) => text.length > 1_000_000)).toEqual([]);
});

it('[E11] A query is signed with exactly the documented escapes decoded, and counts as it was sent', async () => {
  const query = { after: '5', limit: '7', note: "a b+c&d=e/f?g:h@i!j$k'l(m)n*o,p;q%é" };
  expect(await page.fetch({ path: '/portal/aliases', query })).toMatchObject({ status: 200, body: { entries: [] } });
});

it.each<[string, string, object | undefined, string[]]>([
  ['PUT', '/portal/aliases', { alias: 'a@example.com', to: '1' }, ['changeId']],
  ['PUT', '/portal/aliases', { changeId: 'short', alias: 'a@example.com', to: '1' }, ['changeId']],
  ['PUT', '/portal/aliases', { changeId: 'x'.repeat(20), alias: 'nobody', to: '1' }, ['alias']],
  ['PUT', '/portal/aliases', { changeId: 'x'.repeat(20), alias: 'a@example.com', to: 'nobody' }, ['to']],
  ['PUT', '/portal/successors/1', { changeId: 'x'.repeat(20), successor: ['1'] }, ['successor']],
  ['DELETE', '/portal/successors/1', undefined, ['changeId']],
  ['PUT', '/portal/lookup', { email: 7 }, ['email']],
  ['PUT', '/portal/lookup', undefined, []],
  ['PUT', '/portal/refresh', {}, ['changeId']],
])('%s %s with %j is refused, naming what is wrong: %j', async (method, path, body, fields) => {
  expect(await page.fetch({ method, path, ...(body !== undefined && { body }) })).toMatchObject({
    status: 400,
    body: { error: { code: 'BAD_REQUEST', fields } },
  });
});

it.each([
  ['GET', '/portal/nothing', 404],
  ['GET', '/portal/successors/1x', 404],
  ['GET', '/portal/successors/1', 405],
  ['POST', '/portal/overview', 405],
  ['DELETE', '/portal/aliases', 405],
  ['DELETE', '/portal/aliases/zz', 404],
  ['PATCH', '/portal/unresolved?limit=0', 400],
])('%s %s is answered %i', async (method, target, status) => {
  const [path = '', query = ''] = target.split('?');
  const own = Object.fromEntries(new URLSearchParams(query));
  expect((await page.fetch({ method, path, query: own })).status).toBe(status);
});

it('[X2] A cursor of another account, or of nobody, is refused', async () => {
  for (let n = 0; n < 3; n += 1) {
    const objectId = service.addContact();
    await service().execute({ objectId, inputFields: { ownerEmail: `p${n}@example.org` } });
  }
  const { body } = await page.fetch<{ after: string }>({ path: '/portal/unresolved', query: { limit: '1' } });
  const ask = (after: string, portalId = PORTAL) =>
    page.fetch({ path: '/portal/unresolved', query: { after }, portalId });
  expect((await ask(body.after)).status).toBe(200);
  expect((await ask(body.after, OTHER_PORTAL)).status).toBe(400);
  for (const after of ['1', '1.x', 'a.b', `${body.after}x`, `9.${body.after}`]) {
    expect(await ask(after)).toMatchObject({ status: 400, body: { error: { fields: ['after'] } } });
  }
});

it.each(['people', 'aliases', 'changes', 'handovers', 'unresolved'])(
  '[X2] A cursor of /portal/%s that nobody could have got is refused, and does not begin the list again',
  async (list) => {
    for (const after of ['-1', 'abc', '1e3', '1.5', '0x1', '999999999999999999999']) {
      const answer = await page.fetch({ path: `/portal/${list}`, query: { after } });
      expect([after, answer]).toMatchObject([after, { status: 400, body: { error: { fields: ['after'] } } }]);
    }
  },
);

it.each([
  '/portal/refresh',
  '/portal/lookup',
  '/portal/handovers',
  '/portal/handovers/h-1/start',
  '/portal/handovers/h-1/stop',
  '/portal/handovers/h-1/undo',
  '/portal/handovers/nightly/1',
  '/portal/aliases',
  '/portal/successors/1',
])(
  '[X1] A POST to %s changes nothing: HubSpot signs what a workflow of any account posts, with any query',
  async (path) => {
    const body = { ...order(), email: 'jane@example.com', leaver: jane, digest: '0123456789abcdef', successor: jane };
    const work = async () => expect((await page.fetch({ method: 'POST', path, body })).status).toBe(405);
    expect(await changesOf(work)).toEqual([]);
    expect(page.queued).toEqual([]);
  },
);

it.each(['overview', 'unresolved', 'people', 'aliases', 'changes', 'handovers'])(
  '[X1] A GET of /portal/%s shows nothing: HubSpot signs what a workflow of any account asks for, with any query',
  async (list) => {
    expect((await page.fetch({ method: 'GET', path: `/portal/${list}` })).status).toBe(405);
  },
);

it('[X5] Nothing that the page does writes an address, a name or a body to the log', async () => {
  const from = CAPTURED_LINES.length;
  await page.send(change());
  await page.fetch({ method: 'PUT', path: '/portal/lookup', body: { email: 'jane@example.com' } });
  await page.fetch({ path: '/portal/overview' });
  await page.fetch({ path: '/portal/unresolved' });
  await page.fetch({ method: 'PUT', path: '/portal/aliases', body: { alias: 'x@example.com' } });
  await page.send(change({ userId: page.user }));
  const lines = CAPTURED_LINES.slice(from);
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.filter((line) => /@|example\.com|j\.doe/.test(line))).toEqual([]);
});

it('[X15] Purging an account takes aliases, counts and changes with it', async () => {
  await page.send(change());
  await service().execute({ objectId: service.addContact(), inputFields: { ownerEmail: 'j.doe@example.com' } });
  await service().operators.forgetPortal(PORTAL_ID, toDeadline(service().clock.now() + 60_000));
  expect(await readAllItems(service().table)).toEqual([]);
});

it('[X15] Purging an account of a static token says whether HubSpot still takes the token, because what is deleted comes back then', async () => {
  const forget = () => service().operators.forgetPortal(PORTAL_ID, toDeadline(service().clock.now() + 60_000));
  expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'failed' });
  service().simulator.faults.script({ route: 'GET account details', times: 3, fault: { kind: 'status', status: 503 } });
  expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'failed' });
  service().clock.advance(60_000);
  revokeToken(service().simulator.state, PORTAL, tokenOf(PORTAL));
  expect(await forget()).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
  expect(await readAllItems(service().table)).toEqual([]);
});

it('[X15] Purging an account that the static token is not of asks HubSpot nothing', async () => {
  const answer = await service().operators.forgetPortal(
    toPortalId(8_299_999),
    toDeadline(service().clock.now() + 60_000),
  );
  expect(answer).toMatchObject({ status: 'forgotten', uninstalled: 'not_connected' });
  expect(service().simulator.calls.all()).toEqual([]);
});

function resign(event: HttpEvent): HttpEvent {
  const { rawPath: path = '', rawQueryString = '' } = event;
  const method = event.requestContext?.http?.method ?? '';
  const uri = `${BASE_URL}${path}?${rawQueryString}`;
  return { ...event, headers: { ...event.headers, ...page.headersFor({ method, uri, body: event.body ?? '' }) } };
}
