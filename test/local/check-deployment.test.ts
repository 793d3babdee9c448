import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { handler as health } from '../../functions/health.ts';
import { createHandler as createListHandler } from '../../functions/list-owner-properties.ts';
import { OWNER_PROPERTIES_ROUTE } from '../../lib/action/definition.ts';
import { waitingOutputs } from '../../lib/action/output-fields.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { nodeFetch } from '../../lib/network/fetch.ts';
import { createOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { createSignatureVersions } from '../../lib/store/signature-versions.ts';
import { checkDeployment } from '../../local/check-deployment.ts';
import { toPortalId } from '../builders/ids.ts';
import { CLIENT_SECRET, makeContext } from '../support/http-events.ts';
import { PORTAL, type Service, startService } from '../support/service.ts';
import { withoutProof } from '../support/without-proof.ts';

let api: Server;
let publicBaseUrl: string;
let service: Service;
/** What the world before the functions answers instead of them. */
let instead: number | undefined;
/** Changes the body of every answer. */
let spoil: (body: Record<string, unknown>) => object;

/** An HTTP API with the real functions behind it, which are configured with the address of the server. */
beforeEach(async () => {
  instead = undefined;
  spoil = (body) => body;
  api = createServer(async (request, response) => {
    const { statusCode, body } = instead === undefined ? await answer() : { statusCode: instead, body: '{}' };
    const spoilt = JSON.stringify(spoil(JSON.parse(body ?? '{}')));
    response.writeHead(statusCode, { 'content-type': 'application/json' }).end(spoilt);

    async function answer() {
      const rawPath = request.url ?? '';
      if (rawPath === '/health') return health();
      const event: HttpEvent = {
        version: '2.0',
        rawPath,
        rawQueryString: '',
        headers: request.headers as Record<string, string>,
        body: await text(request),
        isBase64Encoded: false,
        requestContext: { requestId: 'request-1', http: { method: request.method ?? '' } },
      };
      if (rawPath === OWNER_PROPERTIES_ROUTE) return list(event, makeContext());
      const { status, body: told } = await service.send(event, { action: rawPath.includes('find') ? 'find' : 'set' });
      return { statusCode: status, body: JSON.stringify(told) };
    }
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  publicBaseUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  service = await startService({ config: { publicBaseUrl } });
});

afterEach(async () => {
  await service.close();
  await new Promise((resolve) => api.close(resolve));
});

function list(event: HttpEvent, context: ReturnType<typeof makeContext>) {
  const { config, clock, telemetry, table } = service;
  const never = () => new Promise<void>(() => undefined);
  const world = {
    now: clock.now,
    sleep: never,
    random: () => 0,
    newId: () => 'id',
    table: table.client,
    fetch: nodeFetch,
  };
  return createListHandler(telemetry, async () => createOptionsRuntime(config, telemetry, world))(event, context);
}

const check = (given: object = {}) =>
  checkDeployment({
    publicBaseUrl,
    clientSecret: CLIENT_SECRET,
    portalId: String(PORTAL),
    now: service.clock.now,
    ...given,
  });
const bad = async (given: object = {}) =>
  (await check(given)).filter(({ isGood }) => !isGood).map(({ what, hint }) => `${what} — ${hint}`);

it('[C10] The smoke test finds no problem where signatures are checked against the address that it calls', async () => {
  expect(await check()).toEqual(
    [
      'is up',
      'refuses a request that nobody signed',
      'answers /actions/find-owner-by-email',
      'answers /actions/set-owner-by-email',
      'lists owner properties',
    ].map((what) => ({ what, isGood: true, hint: '' })),
  );
  expect(withoutProof(service.simulator.calls.all()).map(({ method }) => method)).toEqual(['GET']);
});

it.each([
  ['the secret is another one', { clientSecret: 'secret-test-other' }],
  ['the functions are configured with another address', {}],
])('[C10] The smoke test says what to check when %s', async (_why, given) => {
  if (Object.keys(given).length === 0) {
    await service.close();
    service = await startService({ config: { publicBaseUrl: 'https://elsewhere.example.com' } });
  }
  const hint = 'status 401: the address or the client secret is not what the functions have';
  expect(await bad(given)).toEqual([
    `answers /actions/find-owner-by-email — ${hint}`,
    `answers /actions/set-owner-by-email — ${hint}`,
    `lists owner properties — ${hint}`,
  ]);
});

it('The smoke test finds an account that is not connected, for which the editor gets the standard property alone', async () => {
  expect(await bad({ portalId: '5' })).toEqual([
    'lists owner properties — account 5 is not connected. Static token: check HUBSPOT_PORTAL_ID and the token. OAuth: install the app',
  ]);
});

it('The smoke test says when another program answers, and when nothing answers', async () => {
  instead = 404;
  expect(new Set((await bad()).map((line) => line.split(' — ')[1]))).toEqual(
    new Set(['status 404: the address leads to something else, or lacks a base path']),
  );
  expect(await bad({ publicBaseUrl: 'http://127.0.0.1:1' })).toHaveLength(5);
});

it.each([
  ['the health answer', { status: 'starting' }, 'is up — the body does not say that the status is ok'],
  [
    'the refusal',
    { correlationId: undefined },
    'refuses a request that nobody signed — the body is not that of a refusal: something before the functions answers',
  ],
  [
    'the list of options',
    { options: [{ label: 'Owner' }] },
    'lists owner properties — an option lacks its label or its value',
  ],
  [
    'the options',
    { options: [{ label: 'Manager', value: 'manager' }] },
    'lists owner properties — hubspot_owner_id is not among the options',
  ],
])('The smoke test checks the body of an answer, too: %s', async (_what, change, line) => {
  spoil = (body) => ({ ...body, ...change });
  expect(await bad()).toContain(line);
});

it('The smoke test finds no problem where executions of the account wait in the queue', async () => {
  spoil = (body) => {
    const { substitutedFor } = Object(body.outputFields);
    return substitutedFor === undefined ? body : { outputFields: waitingOutputs('P2D') };
  };
  expect(await bad()).toEqual([]);
});

it.each([
  [{ substitutedFor: undefined }, 'the body lacks the output substitutedFor'],
  [
    { errorCode: 'PORTAL_NOT_CONNECTED' },
    'the outcome is FAILED / PORTAL_NOT_CONNECTED instead of FAILED / EMAIL_INVALID',
  ],
])('The smoke test checks every output that a workflow can branch on: %j', async (change, hint) => {
  spoil = (body) => ('outputFields' in body ? { outputFields: { ...Object(body.outputFields), ...change } } : body);
  expect(await bad()).toEqual([
    `answers /actions/find-owner-by-email — ${hint}`,
    `answers /actions/set-owner-by-email — ${hint}`,
  ]);
});

it('The smoke test sends v3 signatures only where v2 alone is refused, because an account that sent v3 may never send v2 alone again', async () => {
  const hasSentV3 = () => {
    const { table, clock } = service;
    return createSignatureVersions(table, {
      now: clock.now,
      log: service.telemetry.log,
      isConnected: async () => true,
    }).hasSentV3(toPortalId(PORTAL));
  };
  await check();
  expect(await hasSentV3()).toBe(false);
  await service.close();
  service = await startService({ config: { publicBaseUrl, allowSignatureV2: false } });
  expect(await bad()).toEqual([]);
  expect(await hasSentV3()).toBe(true);
});
