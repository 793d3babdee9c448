import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { invokeOverHttp } from '../../local/event-source/invoke-over-http.ts';
import { findFreePort } from '../../local/ports.ts';
import { type ServerlessOffline, startServerlessOffline } from '../../local/serverless-offline.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';

const AWS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
let offline: ServerlessOffline;
let url: string;
let lambdaUrl: string;
const lines: string[] = [];

beforeAll(async () => {
  const [httpPort, lambdaPort] = [await findFreePort(), await findFreePort()];
  const projectDir = join(PROJECT_DIR, 'test/local/failing-functions');
  const onLine = (line: string) => void lines.push(line);
  offline = startServerlessOffline({ projectDir, httpPort, lambdaPort, environment: AWS, onLine });
  url = `http://127.0.0.1:${httpPort}`;
  lambdaUrl = `http://127.0.0.1:${lambdaPort}`;
  await offline.ready;
}, 60_000);

afterAll(() => offline.stop());

/** It is another process: it can only be waited for. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(20);
}

async function post(path: string, body = '{"a":1}') {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
}

/** What an HTTP API answers when its function failed, however it failed (HTTP API with Lambda, read 2026-11-26). */
const FAILED = {
  status: 500,
  type: expect.stringContaining('application/json'),
  body: { message: 'Internal Server Error' },
};
const WAYS: readonly (readonly [string, string])[] = [
  ['throws an error', 'throws'],
  ['throws a text', 'throws-text'],
  ['throws nothing', 'throws-nothing'],
  ['throws what looks like an answer', 'throws-status'],
  ['throws an error that holds a function', 'throws-uncloneable'],
  ['runs out of time', 'hang'],
  ['is killed while it works', 'exit'],
  ['breaks outside of every promise', 'crash'],
  ['leaves a rejection that nobody catches', 'reject'],
  ['has no such handler', 'not-there'],
  ['has a module that does not load', 'broken'],
];

describe('over HTTP', () => {
  it('[W18] The local stack passes on the answer of a function that works', async () => {
    expect(await post('/fine')).toMatchObject({ status: 200, body: { body: '{"a":1}' } });
  });

  it.each(WAYS)(
    '[W18] A function that %s is answered with the 500 of API Gateway, and so is its next call',
    async (_how, path) => {
      expect(await post(`/${path}`)).toEqual(FAILED);
      expect(await post(`/${path}`)).toEqual(FAILED);
      // The others go on, in the containers that they had.
      const [before, after] = [await post('/fine'), await post('/fine')];
      expect([before.status, after.status]).toEqual([200, 200]);
      expect(after.body.calls).toBe(Number(before.body.calls) + 1);
    },
  );

  it('[W18] Many failures at once are each answered with 500, and delay no other call', async () => {
    const paths = ['exit', 'crash', 'throws', 'fine', 'exit', 'reject', 'fine', 'throws-text', 'crash', 'fine'];
    const answers = await Promise.all(paths.map((path) => post(`/${path}`)));
    expect(answers.map(({ status }) => status)).toEqual(paths.map((path) => (path === 'fine' ? 200 : 500)));
  });

  it('[W18] After a function was killed behind its answer, a new container answers the next call', async () => {
    const mark = lines.length;
    expect(await post('/crash-later')).toMatchObject({ status: 200 });
    await until(() => lines.slice(mark).some((line) => line.includes('ended before its time')));
    expect(await post('/crash-later')).toMatchObject({ status: 200 });
  });
});

describe('invoked by name', () => {
  it.each(['throwsError', 'throwsText', 'exits', 'crashes', 'timesOut'])(
    '[W18] The function %s ends with a function error when it is invoked by name, as on Lambda',
    async (name) => {
      const invoke = invokeOverHttp(lambdaUrl, `failing-functions-local-${name}`);
      await expect(invoke({ version: '2.0', requestContext: { http: { method: 'POST' } } })).rejects.toThrow(
        `the function failing-functions-local-${name} failed: `,
      );
    },
  );
});

it.each(['https://evil.example.com', 'http://localhost:8080', 'null'])(
  'A web page of %s that is open in a browser cannot invoke a function of the local stack',
  async (origin) => {
    const address = `${lambdaUrl}/2015-03-31/functions/failing-functions-local-fine/invocations`;
    const headers = { origin, 'content-type': 'text/plain', connection: 'close' };
    const response = await fetch(address, { method: 'POST', headers, body: '{}' });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  },
);

it('[W18] The log of the local stack says what failed', () => {
  const log = lines.join('\n');
  for (const words of ['is not a function', 'outside of every promise', 'nobody catches it'])
    expect(log).toContain(words);
});
