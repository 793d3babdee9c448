import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHandler } from '../../functions/portal-page.ts';
import type { HttpEvent } from '../../lib/http/http-event.ts';
import { lazyPortalPageRuntime } from '../../lib/runtime/portal-page-runtime.ts';
import { signV3 } from '../../local/simulator/sign.ts';
import { BASE_URL, CLIENT_SECRET, makeContext } from '../support/http-events.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

/** The function's own time, which is also how long `hubspot.fetch` waits (UI extensions, fetching data, read 2026-11-26). */
const FUNCTION_MS = 15_000;
const READS = ['overview', 'unresolved', 'people', 'aliases', 'changes', 'handovers'];

const before = { ...process.env };
/** Takes every request and answers none. */
const silent = createServer(() => undefined);

beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: url,
    HUBSPOT_API_BASE_URL: url,
    PUBLIC_BASE_URL: BASE_URL,
    HUBSPOT_CLIENT_SECRET: CLIENT_SECRET,
    HUBSPOT_ACCESS_TOKEN: 'pat-test-1',
    HUBSPOT_PORTAL_ID: '4000001',
    REFRESH_QUEUE_URL: `${url}/refresh`,
    TABLE_NAME: 'owners',
  });
});
afterAll(async () => {
  process.env = { ...before };
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

function eventOf(path: string): HttpEvent {
  const method = 'PATCH';
  const rawQueryString = 'userId=7&userEmail=viewer%40example.com&appId=4711&portalId=4000001';
  const signedAt = Date.now();
  const parts = { method, uri: `${BASE_URL}${path}?${rawQueryString}`, body: '' };
  const headers = {
    'x-hubspot-signature-v3': signV3(CLIENT_SECRET, parts, signedAt),
    'x-hubspot-request-timestamp': String(signedAt),
  };
  return { version: '2.0', rawPath: path, rawQueryString, headers, body: '', requestContext: { http: { method } } };
}

it('[E12, D2] The settings page gets an answer before its function is ended, while the table is silent', async () => {
  const telemetry = makeTelemetry();
  const handler = createHandler(telemetry, lazyPortalPageRuntime(telemetry));
  const end = AbortSignal.timeout(FUNCTION_MS);
  const killed = new Promise<{ statusCode: string }>((resolve) => {
    end.addEventListener('abort', () => resolve({ statusCode: 'the function is ended' }));
  });
  const answers = await Promise.all(
    READS.map((name) => Promise.race([handler(eventOf(`/portal/${name}`), makeContext(FUNCTION_MS)), killed])),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(READS.map(() => 503));
});
