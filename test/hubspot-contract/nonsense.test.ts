import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHECKS } from './all-checks.ts';
import { createApi } from './api.ts';
import { createGround } from './ground.ts';
import { runCheck } from './run-checks.ts';

const sleep = async () => undefined;
let server: Server;

afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
});

/** The checks that find nothing wrong with an API that answers like this. */
async function deceived(status: number, body: string): Promise<string[]> {
  server = createServer((request, response) => {
    request.resume();
    // Without owners and records most checks would not run.
    const isOwners =
      request.method === 'GET' && request.url?.startsWith('/crm/owners/2026-09?limit=500&archived=') === true;
    const isCreation = request.method === 'POST' && /\/(contacts|companies)$/.test(request.url ?? '');
    const rows = [1, 2].map((id) => ({
      id: String(id),
      type: 'PERSON',
      email: `owner-${id}@example.com`,
      userId: id + 10,
    }));
    if (isOwners) response.writeHead(200).end(JSON.stringify({ results: rows }));
    else if (isCreation) response.writeHead(201).end(JSON.stringify({ id: '7' }));
    else response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api = createApi({ baseUrl, token: 'pat-test-contract', sleep });
  const oauth = { clientId: 'a', clientSecret: 'secret-test-contract', refreshToken: 'b' };
  const ground = createGround({ api, portalId: '1', sleep, patienceMs: 1, runId: 'a', oauth, maySpendLimit: true });
  const same: string[] = [];
  for (const check of CHECKS) if ((await runCheck(check, ground)).kind === 'same') same.push(check.id);
  return same;
}

/** What an account without a fitting owner answers, too. */
const EMPTY_LISTS = ['owner-email-case', 'owner-email-prefix', 'owner-email-unknown', 'owner-email-not-ascii'];

it.each<[string, number, string, readonly string[]]>([
  ['200 and an empty object', 200, '{}', []],
  ['200 and an empty list', 200, '{"results":[]}', ['owner-page-size', ...EMPTY_LISTS, 'history-batch-size']],
  ['500 and a page', 500, '<html></html>', []],
  ['400 and an error', 400, '{"status":"error"}', ['owner-email-not-ascii']],
])(
  'An API that answers everything with %s deceives no check that could know better',
  async (_what, status, body, expected) => {
    expect(await deceived(status, body)).toEqual(expected);
  },
);
