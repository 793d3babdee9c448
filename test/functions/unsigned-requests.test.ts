import { createHook } from 'node:async_hooks';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandler as createFindHandler } from '../../functions/find-owner-by-email.ts';
import { createHandler as createFinishHandler } from '../../functions/finish-install.ts';
import { createHandler as createOptionsHandler } from '../../functions/list-owner-properties.ts';
import { createHandler as createPageHandler } from '../../functions/portal-page.ts';
import { createHandler as createSetHandler } from '../../functions/set-owner-by-email.ts';
import { createHandler as createStartHandler } from '../../functions/start-install.ts';
import type { HttpEvent, HttpResult } from '../../lib/http/http-event.ts';
import { MAX_BODY_BYTES } from '../../lib/http/middleware.ts';
import { lazyFindOwnerRuntime } from '../../lib/runtime/action-runtime.ts';
import { lazyInstallRuntime } from '../../lib/runtime/install-runtime.ts';
import { lazyOptionsRuntime } from '../../lib/runtime/options-runtime.ts';
import { lazyPortalPageRuntime } from '../../lib/runtime/portal-page-runtime.ts';
import { lazySetOwnerRuntime } from '../../lib/runtime/set-owner-runtime.ts';
import { type FakeSsm, startFakeSsm } from '../support/fake-ssm.ts';
import { BASE_URL, CLIENT_SECRET, type EventOptions, makeContext, makeEvent } from '../support/http-events.ts';
import { makeGet } from '../support/install-service.ts';
import { makeExecution } from '../support/offline-service.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

/** What Node makes for a call over the network, a look-up of a name, a file or a process (async_hooks, Node 24). */
const INPUT_OUTPUT =
  /^(?:TCP|TLS|PIPE|UDP|UDPSEND|HTTPCLIENT|GETADDRINFO|GETNAMEINFO|QUERY|FS|WRITE|SHUTDOWN|PROCESS|WORKER)/;
const SET = '/actions/set-owner-by-email';
const FIND = '/actions/find-owner-by-email';
const OPTIONS = '/options/owner-properties';
const PAGE = '/portal/refresh';

type Handler = (event: HttpEvent) => Promise<HttpResult>;
const environment = { ...process.env };
let ssm: FakeSsm;
/** Stands for everything that may be asked once a function has started: DynamoDB, SQS, KMS and HubSpot. */
let world: Server;
let asked: number;
let handlers: Readonly<Record<string, Handler>>;

beforeAll(async () => {
  ssm = await startFakeSsm();
  ssm.parameters.set('/owners/dev/client-secret', CLIENT_SECRET);
  world = createServer((_request, response) => {
    asked += 1;
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SSM: ssm.url,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_KMS: url,
    HUBSPOT_API_BASE_URL: url,
    PUBLIC_BASE_URL: BASE_URL,
    HUBSPOT_CLIENT_ID: 'client-1',
    HUBSPOT_CLIENT_SECRET: 'ssm:/owners/dev/client-secret',
    TOKEN_KMS_KEY_ID: 'alias/tokens',
    REFRESH_QUEUE_URL: `${url}/refresh`,
    ASSIGN_QUEUE_URL: `${url}/assign`,
    TABLE_NAME: 'owners',
  });
  handlers = startFunctions();
  // The first request of a container reads the secrets. That is what any request may cost, and once.
  for (const route of [SET, FIND, OPTIONS, PAGE]) {
    const signed = makeEvent({ route, method: methodOf(route), body: '{}', nowEpochMs: Date.now() });
    expect((await send(route, signed)).statusCode).toBe(400);
  }
  expect((await send('/oauth/install', makeGet('/oauth/install'))).statusCode).toBe(302);
  expect((await send('/oauth/callback', makeGet('/oauth/callback'))).statusCode).toBe(400);
});

afterAll(async () => {
  process.env = { ...environment };
  await ssm.close();
  world.closeAllConnections();
  await new Promise((resolve) => world.close(resolve));
});

function startFunctions(): Readonly<Record<string, Handler>> {
  const telemetry = makeTelemetry();
  const set = createSetHandler(telemetry, lazySetOwnerRuntime(telemetry));
  const find = createFindHandler(telemetry, lazyFindOwnerRuntime(telemetry));
  const options = createOptionsHandler(telemetry, lazyOptionsRuntime(telemetry));
  const page = createPageHandler(telemetry, lazyPortalPageRuntime(telemetry));
  const start = createStartHandler(telemetry, lazyInstallRuntime(telemetry));
  const finish = createFinishHandler(telemetry, lazyInstallRuntime(telemetry));
  return {
    [SET]: async (event) => set(event, makeContext()),
    [FIND]: async (event) => find(event, makeContext()),
    [OPTIONS]: async (event) => options(event, makeContext()),
    [PAGE]: async (event) => page(event, makeContext()),
    '/oauth/install': async (event) => start(event, makeContext()),
    '/oauth/callback': async (event) => finish(event, makeContext()),
    '/oauth/connected': async (event) => finish(event, makeContext()),
  };
}

async function send(route: string, event: HttpEvent): Promise<HttpResult> {
  const handler = handlers[route];
  if (handler === undefined) throw new Error(`there is no function for ${route}`);
  return handler(event);
}

/** Sends a request and watches everything that the process begins meanwhile. */
async function sendWatched(route: string, event: HttpEvent) {
  const begun: string[] = [];
  const hook = createHook({
    init(_id, type) {
      if (INPUT_OUTPUT.test(type)) begun.push(type);
    },
  });
  const fetched = jest.spyOn(globalThis, 'fetch');
  asked = 0;
  const secretsRead = ssm.calls.length;
  hook.enable();
  const { statusCode } = await send(route, event).finally(() => hook.disable());
  return {
    statusCode,
    begun,
    asked: asked + fetched.mock.calls.length + ssm.calls.length - secretsRead,
  };
}

function methodOf(route: string): 'POST' | 'PUT' {
  return route === PAGE ? 'PUT' : 'POST';
}

const NOTHING = { begun: [], asked: 0 };
const SIZES: readonly (readonly [string, number])[] = [
  ['small', 2_000],
  ['200 kB', 200_000],
];

describe.each([SET, FIND, OPTIONS, PAGE])('Requests to %s that HubSpot did not sign', (route) => {
  const event = (body: string, more: Partial<EventOptions> = {}) =>
    makeEvent({ route, method: methodOf(route), body, nowEpochMs: Date.now(), ...more });
  const refused: readonly (readonly [string, (body: string) => HttpEvent])[] = [
    ['without any signature', (body) => ({ ...event(body), headers: {} })],
    ['with another secret’s v3', (body) => event(body, { secret: 'secret-test-other' })],
    ['with another secret’s v2', (body) => event(body, { signatures: 'v2', secret: 'secret-test-other' })],
    ['with a signature of yesterday', (body) => event(body, { nowEpochMs: Date.now() - 86_400_000 })],
    ['with the signature of another body', (body) => ({ ...event(body), body: `${body} ` })],
    ['with the signature of another address', (body) => event(body, { baseUrl: 'https://evil.example.com' })],
  ];

  it.each(refused.flatMap(([what, make]) => SIZES.map(([size, bytes]) => [what, size, make, bytes] as const)))(
    '[X7] An unsigned request (%s, %s) is refused without any call',
    async (_what, _size, make, bytes) => {
      const body = JSON.stringify({ ...makeExecution(), padding: 'x'.repeat(bytes) });
      expect(await sendWatched(route, make(body))).toEqual({ statusCode: 401, ...NOTHING });
    },
  );

  it('[X7] An unsigned request that is too large is refused before it is hashed, and without any call', async () => {
    const large = { ...event('x'.repeat(route === PAGE ? 1_000_001 : MAX_BODY_BYTES + 1)), headers: {} };
    expect(await sendWatched(route, large)).toEqual({ statusCode: 413, ...NOTHING });
  });
});

it.each([
  ['/oauth/install', '', 302],
  ['/oauth/callback', '', 400],
  ['/oauth/callback', 'code=made-up&state=made-up', 400],
  ['/oauth/callback', 'error=access_denied', 403],
  ['/oauth/callback', `code=c&state=${'A'.repeat(72)}.${'A'.repeat(43)}`, 400],
  ['/oauth/connected', '', 400],
  ['/oauth/connected', `view=${'A'.repeat(80)}`, 400],
])('[X7] Anybody may open %s?%s, and nothing is called for it', async (route, query, statusCode) => {
  expect(await sendWatched(route, makeGet(route, query))).toEqual({ statusCode, ...NOTHING });
});

it('The watch in this test sees the calls of a signed execution, so that seeing none has a meaning', async () => {
  const body = JSON.stringify(makeExecution());
  const seen = await sendWatched(SET, makeEvent({ route: SET, body, nowEpochMs: Date.now() }));
  expect(seen.statusCode).toBe(503);
  expect(seen.asked).toBeGreaterThan(0);
  expect(seen.begun).toEqual(expect.arrayContaining(['TCPCONNECTWRAP']));
});
