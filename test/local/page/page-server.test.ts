import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type PageServer, startPageServer } from '../../../local/page/page-server.ts';
import { ControlError } from '../../../local/running/control-server.ts';

let server: PageServer;
let asked: unknown[];

beforeEach(async () => {
  asked = [];
  server = await startPageServer({
    async echo(input) {
      asked.push(input);
      return { echo: input };
    },
    async refused() {
      throw new ControlError('there is no such record');
    },
    async fetch() {
      return { status: 409, contentType: 'application/json', body: '{"error":{"code":"PORTAL_NOT_CONNECTED"}}' };
    },
  });
});
afterEach(() => server.close());

type Sent = { readonly status: number | undefined; readonly body: string; readonly headers: NodeJS.Dict<unknown> };

function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response), headers: response.headers });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = (origin: string, body: string) => ({
  origin,
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(body)),
});
const ask = (name: string, body: string) => send('POST', `/desk/${name}`, json(server.url, body), body);

describe('the server of the page on the desk', () => {
  it('The page server bundles the page from the components that HubSpot gets, under a policy that lets nothing else run', async () => {
    const page = await send('GET', '/');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(page.body).toContain('<script type="module" src="/page.js">');
    const { body: script } = await send('GET', '/page.js');
    expect(script).toContain('Who changed what');
    // HubSpot's own library would draw nothing in a browser.
    expect(script).not.toContain('createRemoteReactComponent');
    expect((await send('GET', '/page.css')).body).toContain('color-scheme');
    expect((await send('GET', '/package.json')).status).toBe(404);
  });

  it('The page server answers with what a handler says, and with its reason when it refuses', async () => {
    expect(await ask('echo', '{"a":1}')).toMatchObject({ status: 200, body: '{"echo":{"a":1}}' });
    expect(await ask('refused', '{}')).toMatchObject({ status: 400, body: '{"error":"there is no such record"}' });
    expect(await ask('unknown', '{}')).toMatchObject({ status: 404 });
    expect(await ask('echo', 'not JSON')).toMatchObject({ status: 500 });
  });

  it('The page server passes on the status and body that hubspot.fetch got', async () => {
    expect(await ask('fetch', '{}')).toMatchObject({
      status: 409,
      body: '{"error":{"code":"PORTAL_NOT_CONNECTED"}}',
    });
  });

  it.each([
    ['a page of another address', () => json('https://evil.example.com', '{}'), 403],
    ['a form, which needs no permission', () => ({ ...json(server.url, '{}'), 'content-type': 'text/plain' }), 415],
    ['a name that leads to this machine', () => ({ ...json(server.url, '{}'), host: 'evil.example.com' }), 421],
    ['a program without an origin', () => ({ 'content-type': 'application/json', 'content-length': '2' }), 403],
  ])('The page server does nothing for %s', async (_, headers, status) => {
    expect(await send('POST', '/desk/echo', headers(), '{}')).toMatchObject({ status });
    expect(asked).toEqual([]);
  });
});
