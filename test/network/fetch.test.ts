import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { nodeFetch, readText } from '../../lib/network/fetch.ts';

let server: Server;
let url: string;
let connections: number;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => answer(request, response)).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const send = async (
  options: { readonly method?: string; readonly body?: string; readonly signal?: AbortSignal } = {},
) => {
  const { method = 'POST', signal = AbortSignal.timeout(5_000), ...body } = options;
  const reply = await nodeFetch(url, { method, headers: { 'X-Sent': 'yes' }, redirect: 'error', signal, ...body });
  return { status: reply.status, headers: Object.fromEntries(reply.headers), text: await readText(reply, 1_000) };
};

it('A call sends its method, headers and body with a length, and asks for gzip', async () => {
  let received: Pick<IncomingMessage, 'method' | 'headers'> | undefined;
  answer = (request, response) => {
    received = request;
    response.end();
  };
  await send({ method: 'PATCH', body: '{"ä":1}' });
  expect(received).toMatchObject({
    method: 'PATCH',
    headers: { 'x-sent': 'yes', 'content-length': '8', 'accept-encoding': 'gzip' },
  });
});

it('A reply has its status, its headers in lower case and repeated ones as one text', async () => {
  answer = (_request, response) => {
    response.writeHead(207, { 'Retry-After': '3', 'Set-Cookie': ['a=1', 'b=2'] });
    response.end('some');
  };
  expect(await send()).toMatchObject({
    status: 207,
    headers: { 'retry-after': '3', 'set-cookie': 'a=1,b=2' },
    text: 'some',
  });
});

it.each(['gzip', 'GZIP', 'x-gzip'])(
  'A body in the encoding %s is read as the text that was meant',
  async (encoding) => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': encoding });
      response.end(gzipSync('{"name":"Zoë"}'));
    };
    expect(await send()).toMatchObject({ text: '{"name":"Zoë"}' });
  },
);

it.each([
  [204, { 'Content-Encoding': 'gzip' }],
  [200, { 'Content-Encoding': 'gzip' }],
  [200, { 'Content-Encoding': 'gzip', 'Content-Length': '0' }],
])('A reply %d with the headers %j and nothing in it is read as nothing', async (status, headers) => {
  answer = (_request, response) => void response.writeHead(status, headers).end();
  expect(await send()).toMatchObject({ status, text: '' });
});

it('A gzip body of which nothing came before its connection was reset is an error', async () => {
  answer = (_request, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).flushHeaders();
    response.socket?.resetAndDestroy();
  };
  await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('A byte order mark is no part of the text', async () => {
  answer = (_request, response) => void response.end('\ufeff{"name":"Zoë"}');
  expect(await send()).toMatchObject({ text: '{"name":"Zoë"}' });
});

it('A reply that changes to another protocol is an error at once', async () => {
  answer = (request) => {
    request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  };
  await expect(send()).rejects.toThrow('no reply');
});

it('A gzip body that is cut off is an error and no text', async () => {
  const whole = gzipSync('x'.repeat(200));
  answer = (_request, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': String(whole.length - 4) });
    response.end(whole.subarray(0, -4));
  };
  await expect(send()).rejects.toThrow('unexpected end of file');
});

it('Calls one after the other use one connection', async () => {
  answer = (_request, response) => void response.end('some');
  for (const body of ['a', 'b', 'c']) await send({ body });
  expect(connections).toBe(1);
});

it.each([301, 302, 303, 307, 308])('A redirect with status %d is an error', async (status) => {
  answer = (_request, response) => void response.writeHead(status, { Location: 'https://example.com/' }).end();
  await expect(send()).rejects.toThrow('unexpected redirect');
});

it('A call that ran out of time while its body came says so, though its connection was reset', async () => {
  const late = new AbortController();
  answer = (_request, response) => {
    response.writeHead(200, { 'Content-Length': '9' });
    response.write('so', () => late.abort(new DOMException('too late', 'TimeoutError')));
  };
  await expect(send({ signal: late.signal })).rejects.toMatchObject({ name: 'TimeoutError' });
});

it('A call that ran out of time before it began sends nothing', async () => {
  answer = (_request, response) => void response.end();
  await expect(send({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  expect(connections).toBe(0);
});

it('A header that cannot be sent rejects the call, and nothing is thrown beside it', async () => {
  const options = {
    method: 'GET',
    headers: { Authorization: 'Bearer a\nb' },
    redirect: 'error',
    signal: AbortSignal.timeout(5_000),
  };
  await expect(nodeFetch(url, options as Parameters<typeof nodeFetch>[1])).rejects.toMatchObject({
    code: 'ERR_INVALID_CHAR',
  });
});
