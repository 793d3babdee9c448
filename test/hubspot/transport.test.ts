import { gzipSync } from 'node:zlib';
import { createTransport } from '../../lib/hubspot/transport.ts';
import { httpAnswer, startRawServer } from './raw-server.ts';

const transport = createTransport();
const LIMIT_BYTES = 5 * 1024 * 1024;
const TOKEN_HEADERS = { Authorization: 'Bearer pat-test-1' };
/** On a busy machine a large body takes seconds. */
const PATIENT_MS = 30_000;
const get = (url: string, timeoutMs = PATIENT_MS) =>
  transport({ method: 'GET', url, headers: TOKEN_HEADERS }, timeoutMs);

describe('Transport', () => {
  it('The transport sends method, headers and body, and reads status, lower-case headers and body', async () => {
    const server = await startRawServer((socket) => socket.end(httpAnswer(429, '{"ä":1}', ['Retry-After: 7'])));
    const request = { method: 'PATCH', url: `${server.url}/a?b=c`, headers: TOKEN_HEADERS, body: '{"x":"y"}' };
    const result = await transport(request, PATIENT_MS);
    expect(result).toMatchObject({
      kind: 'reply',
      reply: { status: 429, headers: { 'retry-after': '7' }, body: '{"ä":1}' },
    });
    expect(server.received()).toMatch(/^PATCH \/a\?b=c HTTP\/1\.1\r\n/);
    expect(server.received()).toContain('Bearer pat-test-1');
    expect(server.received()).toMatch(/\r\n\r\n\{"x":"y"\}$/);
  });

  it.each([204, 304])('The transport reads a reply %d without a body', async (status) => {
    const server = await startRawServer((socket) => socket.end(`HTTP/1.1 ${status} Nothing\r\n\r\n`));
    await expect(get(server.url)).resolves.toMatchObject({ kind: 'reply', reply: { status, body: '' } });
  });

  it.each([
    [LIMIT_BYTES, 'reply', 'the limit itself'],
    [LIMIT_BYTES + 1, 'fault', 'one byte more'],
  ])('[H18] The transport answers a body of %d bytes with a %s (%s)', async (bytes, kind) => {
    const server = await startRawServer((socket) => socket.end(httpAnswer(200, 'x'.repeat(bytes))));
    const result = await get(server.url);
    expect(result.kind).toBe(kind);
    expect(result).toMatchObject(kind === 'fault' ? { fault: 'body_too_large' } : { reply: { status: 200 } });
  });

  it.each([
    [LIMIT_BYTES + 2, 'reply', 'the limit of the request'],
    [LIMIT_BYTES + 3, 'fault', 'one byte more'],
  ])(
    '[T4] The transport answers a body of %d bytes with a %s when the request allows a larger body (%s)',
    async (bytes, kind) => {
      const server = await startRawServer((socket) => socket.end(httpAnswer(200, 'x'.repeat(bytes))));
      const request = { method: 'GET', url: server.url, headers: TOKEN_HEADERS, maxBodyBytes: LIMIT_BYTES + 2 };
      expect(await transport(request, PATIENT_MS)).toMatchObject({ kind });
    },
  );

  it('[H18] The transport counts the decompressed size of a body, not the size that was sent', async () => {
    const bomb = gzipSync(Buffer.alloc(LIMIT_BYTES + 1, 'x'));
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const server = await startRawServer((socket) => socket.end(Buffer.concat([Buffer.from(head), bomb])));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(get(server.url)).resolves.toMatchObject({ kind: 'fault', fault: 'body_too_large' });
  });

  it('[H18] The transport stops reading a body that does not end', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const server = await startRawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        if (!socket.destroyed) socket.write(chunk, more);
      };
      more();
    });
    await expect(get(server.url)).resolves.toMatchObject({ kind: 'fault', fault: 'body_too_large' });
  });
});
