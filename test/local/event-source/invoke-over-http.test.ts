import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { invokeOverHttp } from '../../../local/event-source/invoke-over-http.ts';
import { until, useQueue } from './use-queue.ts';

const queue = useQueue();
const EVENT = { Records: [] };
type Seen = { readonly method?: string | undefined; readonly url?: string | undefined; readonly body: string };

let server: Server;
let endpoint: string;
let seen: Seen[];
let reply: (response: ServerResponse, body: string) => void;

beforeEach(async () => {
  seen = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    seen.push({ method: request.method, url: request.url, body });
    reply(response, body);
  };
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('An invocation over HTTP posts the event to the function and returns its result', async () => {
  reply = (response) => response.end('{"batchItemFailures":[]}');
  expect(await invokeOverHttp(endpoint, 'service-local-worker')(EVENT)).toEqual({ batchItemFailures: [] });
  const url = '/2015-03-31/functions/service-local-worker/invocations';
  expect(seen).toEqual([{ method: 'POST', url, body: '{"Records":[]}' }]);
});

it.each([
  ['an empty body', '', undefined],
  ['null', 'null', null],
])('An invocation over HTTP reads %s as a function that returned nothing', async (_, body, result) => {
  reply = (response) => response.end(body);
  expect(await invokeOverHttp(endpoint, 'worker')(EVENT)).toBe(result);
});

it('An invocation over HTTP fails when the function failed, although the status is 200', async () => {
  reply = (response) => response.setHeader('X-Amz-Function-Error', 'Unhandled').end('{"errorType":"Error"}');
  await expect(invokeOverHttp(endpoint, 'worker')(EVENT)).rejects.toThrow('worker failed: Unhandled');
});

it('An invocation over HTTP that fails says what the function said, because that names the field of an event that cannot be read', async () => {
  const body = { errorType: 'TypeError', errorMessage: 'portalId: must be a portal ID' };
  reply = (response) => response.setHeader('X-Amz-Function-Error', 'Unhandled').end(JSON.stringify(body));
  await expect(invokeOverHttp(endpoint, 'worker')(EVENT)).rejects.toThrow(
    'worker failed: portalId: must be a portal ID',
  );
});

it.each([202, 204, 302, 404, 429, 500, 502])('An invocation over HTTP fails with the status %d', async (status) => {
  reply = (response) => response.writeHead(status).end();
  await expect(invokeOverHttp(endpoint, 'worker')(EVENT)).rejects.toThrow(`status ${status}`);
});

it('An invocation over HTTP fails with a result that is not JSON', async () => {
  reply = (response) => response.end('<html>');
  await expect(invokeOverHttp(endpoint, 'worker')(EVENT)).rejects.toThrow(SyntaxError);
});

it('An invocation over HTTP fails when there is no answer', async () => {
  reply = (response) => response.destroy();
  await expect(invokeOverHttp(endpoint, 'worker')(EVENT)).rejects.toThrow('fetch failed');
});

it('[Q3, Q4] Batches go from the queue to the function over HTTP, and failures come back', async () => {
  const { send, start, counts } = queue();
  const [, poison] = await send('a', 'poison');
  const answers = [
    (response: ServerResponse) => response.writeHead(500).end(),
    (response: ServerResponse) => response.end(JSON.stringify({ batchItemFailures: [{ itemIdentifier: poison }] })),
    (response: ServerResponse) => response.end('null'),
  ];
  reply = (response) => answers.shift()?.(response);
  const source = start(invokeOverHttp(endpoint, 'worker'), { reportBatchItemFailures: true });
  await until(() => source.errors.length === 1);
  expect(await counts()).toEqual({ visible: 0, inFlight: 2 });
  await source.settled();
  expect(source.bodies()).toEqual([['a', 'poison'], ['a', 'poison'], ['poison']]);
  expect(seen.map(({ body }) => JSON.parse(body))).toEqual(source.events);
});
