import type { Socket } from 'node:net';
import { createTransport, type TransportFault } from '../../lib/hubspot/transport.ts';
import { findClosedPort, httpAnswer, startRawServer } from './raw-server.ts';

const transport = createTransport();
/** Long enough for an answer on a busy machine; faults other than silence come at once. */
const TIMEOUT_MS = 2_000;
const get = (url: string, timeoutMs = TIMEOUT_MS) =>
  transport({ method: 'GET', url, headers: { Authorization: 'Bearer pat-test-1' } }, timeoutMs);

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

describe('Network faults', () => {
  it.each<[string, TransportFault, (socket: Socket) => void]>([
    ['a reset before any answer', 'connection_reset', (socket) => socket.resetAndDestroy()],
    ['an end before any answer', 'connection_reset', (socket) => socket.end()],
    ['an end within the headers', 'connection_reset', (socket) => socket.end(HEAD)],
    ['an answer in another protocol', 'network', (socket) => socket.end('SSH-2.0-OpenSSH\r\n')],
    ['silence', 'timeout', () => {}],
    ['silence after the headers', 'timeout', (socket) => socket.write(`${HEAD}Content-Length: 9\r\n\r\n`)],
  ])('[H15, H16] The network fault "%s" is reported as %s', async (_why, fault, answer) => {
    const server = await startRawServer(answer);
    await expect(get(server.url)).resolves.toMatchObject({ kind: 'fault', fault });
  });

  it.each<[string, TransportFault, (socket: Socket) => void]>([
    ['a body cut by an end', 'connection_reset', cutWith((socket) => socket.end())],
    ['a body cut by a reset', 'connection_reset', cutWith((socket) => socket.resetAndDestroy())],
    ['a chunked body without its end', 'connection_reset', chunkedWithoutEnd],
    ['a length that promises more than ever comes', 'timeout', (socket) => socket.write(cut())],
    ['a body that is not what its encoding says', 'network', notGzip],
  ])('[H17] The broken reply "%s" is reported as %s', async (_why, fault, answer) => {
    const server = await startRawServer(answer);
    await expect(get(server.url)).resolves.toMatchObject({ kind: 'fault', fault });
  });

  it('[H17] A length that is shorter than the body gives a cut text, which the reader must detect', async () => {
    const server = await startRawServer((socket) => socket.end(`${HEAD}Content-Length: 4\r\n\r\n{"id":"1"}`));
    await expect(get(server.url)).resolves.toMatchObject({ kind: 'reply', reply: { status: 200, body: '{"id' } });
  });

  it('[H15] A closed port is reported as a refused connection', async () => {
    const port = await findClosedPort();
    await expect(get(`http://127.0.0.1:${port}`)).resolves.toMatchObject({ fault: 'connection_refused' });
  });

  it('[H15] A host without an address is reported as a DNS fault', async () => {
    await expect(get('http://api.hubspot.invalid', 4_000)).resolves.toMatchObject({ fault: 'dns' });
  });

  it('[H15] A server that does not speak TLS is reported as a TLS fault', async () => {
    const server = await startRawServer((socket) => socket.end(httpAnswer(400, '{}')));
    await expect(get(server.url.replace('http:', 'https:'))).resolves.toMatchObject({ fault: 'tls' });
    expect(server.received()).not.toContain('pat-test');
  });

  it.each<[string, TransportFault]>([
    ['ECONNREFUSED', 'connection_refused'],
    ['ECONNRESET', 'connection_reset'],
    ['EPIPE', 'connection_reset'],
    ['UND_ERR_SOCKET', 'connection_reset'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'body_cut'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['EPROTO', 'tls'],
    ['ENETUNREACH', 'network'],
    ['HPE_INVALID_CONSTANT', 'network'],
  ])('[H15] The error code %s anywhere in the chain of causes is reported as %s', async (code, fault) => {
    const socketError = Object.assign(new Error('no'), { code });
    for (const error of [socketError, new TypeError('fetch failed', { cause: socketError })]) {
      const failing = createTransport(async () => Promise.reject(error));
      const result = await failing({ method: 'GET', url: 'https://api.example.com', headers: {} }, TIMEOUT_MS);
      expect(result).toEqual({ kind: 'fault', fault });
    }
  });

  it.each([['a text'], [undefined], [null], [{}]])(
    'A thrown value that is not an error is reported as a network fault: %j',
    async (thrown) => {
      const failing = createTransport(async () => Promise.reject(thrown));
      const result = await failing({ method: 'GET', url: 'https://api.example.com', headers: {} }, TIMEOUT_MS);
      expect(result).toMatchObject({ kind: 'fault', fault: 'network' });
    },
  );

  it.each([301, 302, 303, 307, 308])(
    '[H22] A redirect with %d is not followed, and the other host receives nothing',
    async (status) => {
      const other = await startRawServer((socket) => socket.end(httpAnswer(200, '{}')));
      const server = await startRawServer((socket) => socket.end(httpAnswer(status, '', [`Location: ${other.url}/x`])));
      await expect(get(server.url)).resolves.toMatchObject({ kind: 'fault', fault: 'redirect' });
      expect(server.connections()).toBe(1);
      expect(other.connections()).toBe(0);
      expect(other.received()).toBe('');
    },
  );
});

function cut(): string {
  return `${HEAD}Content-Length: 100\r\n\r\n{"id":`;
}

/** Ends the connection once the first half is on its way. */
function cutWith(end: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => void socket.write(cut(), () => end(socket));
}

function chunkedWithoutEnd(socket: Socket): void {
  socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n6\r\n{"id":\r\n`);
}

function notGzip(socket: Socket): void {
  socket.end(`${HEAD}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd`);
}
