import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { verifySignature } from '../../../lib/hubspot/signature.ts';
import { createHubSpotFetch, type PageFetch } from '../../../local/page/hubspot-fetch.ts';

const PERMITTED = 'https://owner.example.com';
const PUBLIC = 'https://tunnel.example.com/base';
const SECRET = 'secret-test-desk';
const NOW = Date.UTC(2026, 10, 27);

type Received = {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  readonly headers: NodeJS.Dict<unknown>;
};

let server: Server;
let received: Received[];
/** What the service answers, in this order; the last one from then on. */
let answers: { readonly status: number; readonly body: string }[];

beforeEach(async () => {
  received = [];
  answers = [{ status: 200, body: '{}' }];
  server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, target: url, body: await text(request), headers });
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: '' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => server.close());

function fetchAs(request: Partial<PageFetch>) {
  const { port } = server.address() as AddressInfo;
  const hubspotFetch = createHubSpotFetch({
    permittedUrl: PERMITTED,
    publicUrl: PUBLIC,
    url: `http://127.0.0.1:${port}`,
    clientSecret: SECRET,
    portalId: 4_000_001,
    now: () => NOW,
  });
  const user = { userId: 7, email: 'ada+1@example.com' };
  return hubspotFetch({ url: `${PERMITTED}/portal/overview`, method: 'PATCH', user, ...request });
}

/** What the service itself says of a request's signature. */
function verdictOn({ method, target, body, headers }: Received) {
  const header = (name: string) => (headers[name] === undefined ? [] : [String(headers[name])]);
  const request = { method, url: `${PUBLIC}${target}`, body: Buffer.from(body), header };
  return verifySignature(request, { secrets: { current: SECRET }, allowV2: false, nowEpochMs: NOW });
}

describe('hubspot.fetch on the desk', () => {
  it('A request of the settings page gets account, user and app in its query, and a v3 signature over all of it', async () => {
    await fetchAs({ url: `${PERMITTED}/portal/unresolved?format=csv` });
    const got = received.map(({ target }) => target);
    expect(got).toEqual([
      '/portal/unresolved?format=csv&portalId=4000001&userId=7&userEmail=ada%2B1%40example.com&appId=4711',
    ]);
    expect(received.map(verdictOn)).toEqual([{ valid: true, version: 'v3', secret: 'current' }]);
  });

  it('A request of the settings page is signed with its body', async () => {
    await fetchAs({ method: 'PUT', url: `${PERMITTED}/portal/aliases`, body: { alias: 'ü@example.com' } });
    expect(received.map(({ body }) => body)).toEqual(['{"alias":"ü@example.com"}']);
    expect(received.map(verdictOn)).toEqual([{ valid: true, version: 'v3', secret: 'current' }]);
  });

  it.each(['https://other.example.com/portal/overview', 'https://owner.example.com.evil.example/', PERMITTED])(
    'A request of the settings page to %s is not sent, because the app does not permit it',
    async (url) => {
      expect(await fetchAs({ url })).toMatchObject({ status: 403 });
      expect(received).toEqual([]);
    },
  );

  it('A request of the settings page that fails with 5xx is retried once, and no other', async () => {
    answers = [
      { status: 503, body: '{}' },
      { status: 200, body: '{"a":1}' },
    ];
    expect(await fetchAs({})).toMatchObject({ status: 200, body: '{"a":1}' });
    expect(received).toHaveLength(2);
    answers = [{ status: 409, body: '{}' }];
    expect(await fetchAs({})).toMatchObject({ status: 409 });
    expect(received).toHaveLength(3);
  });

  it('A request of the settings page has at most 1 MB, and so has its answer', async () => {
    const text = 'x'.repeat(1_000_001);
    expect(await fetchAs({ method: 'POST', body: { text } })).toMatchObject({ status: 413 });
    expect(received).toEqual([]);
    answers = [{ status: 200, body: JSON.stringify(text) }];
    expect(await fetchAs({})).toMatchObject({ status: 502 });
  });
});
