import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { CHECKS } from './all-checks.ts';
import { type AlteringProxy, startAlteringProxy } from './altering-proxy.ts';
import { CLIENT_SECRET, TOKEN } from './use-ground.ts';

type Reported = { url: string; oauth: { clientId: string; clientSecret: string; refreshToken: string } };

let simulator: ChildProcess;
let reported: Reported;
let proxy: AlteringProxy | undefined;

beforeAll(async () => {
  simulator = fork(join(PROJECT_DIR, 'test/hubspot-contract/simulator-process.ts'));
  reported = await new Promise((resolve) => simulator.once('message', (message) => resolve(message as Reported)));
});

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

afterAll(async () => {
  const ended = new Promise((resolve) => simulator.once('exit', resolve));
  simulator.disconnect();
  await ended;
});

/** What `npm run contract` starts. */
const { scripts } = JSON.parse(readFileSync(join(PROJECT_DIR, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const [program = '', ...programArgs] = scripts.contract?.split(' ') ?? [];

type Ended = { readonly code: number | null; readonly lines: readonly string[] };

/** Runs the program with these variables and no other, and interrupts it once it printed something, if that is asked for. */
function run(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  interruptAt?: RegExp,
): Promise<Ended> {
  expect(program).toBe('node');
  const child = spawn(process.execPath, [...programArgs, '--patience', '0.04', ...args], {
    cwd: PROJECT_DIR,
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (interruptAt?.test(output) === true && !child.killed) child.kill('SIGINT');
    });
  }
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, lines: output.split('\n').filter(Boolean) }));
  });
}

const at = (url: string) => ({ HUBSPOT_API_BASE_URL: url, HUBSPOT_ACCESS_TOKEN: TOKEN });

const idsOf = ({ lines }: Ended, kind: string) =>
  lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length).trim().split(' ')[0]);

/** The ids of the records that are still there. */
async function recordsLeft(): Promise<number> {
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const lists = ['contacts', 'companies'].map(async (type) => {
    const answer = await fetch(`${reported.url}/crm/objects/2026-09/${type}?limit=100`, { headers });
    return ((await answer.json()) as { results: unknown[] }).results.length;
  });
  return (await Promise.all(lists)).reduce((sum, count) => sum + count, 0);
}

it('A simulator in another process keeps the contract, and nothing is left in it or said about people', async () => {
  const { clientId, clientSecret, refreshToken } = reported.oauth;
  const ended = await run({
    ...at(reported.url),
    HUBSPOT_CLIENT_ID: clientId,
    HUBSPOT_CLIENT_SECRET: clientSecret,
    HUBSPOT_REFRESH_TOKEN: refreshToken,
  });
  const byHand = CHECKS.flatMap((check) => ('byHand' in check ? check.id : []));
  expect([idsOf(ended, 'differs'), idsOf(ended, 'not run')]).toEqual([[], ['rate-limit-reply', ...byHand]]);
  expect(idsOf(ended, 'same')).toHaveLength(CHECKS.length - byHand.length - 1);
  expect([ended.code, ended.lines.at(-1)]).toEqual([
    0,
    `${CHECKS.length - byHand.length - 1} same, 0 differ, ${byHand.length + 1} not run`,
  ]);
  expect(await recordsLeft()).toBe(0);
  const output = ended.lines.join('\n');
  for (const secret of ['@', 'example.com', TOKEN, CLIENT_SECRET, refreshToken]) expect(output).not.toContain(secret);
});

it('An API that names another error and tells no limit differs in exactly that', async () => {
  proxy = await startAlteringProxy(reported.url, ({ headers, text, ...passing }) => {
    headers.delete('x-hubspot-ratelimit-max');
    return { ...passing, headers, text: text.replaceAll('INVALID_OWNER_ID', 'OWNER_INVALID') };
  });
  const ended = await run(at(proxy.url));
  expect([ended.code, idsOf(ended, 'differs')]).toEqual([1, ['rate-headers', 'unknown-owner-id', 'user-id-as-owner']]);
  expect(ended.lines).toEqual(
    expect.arrayContaining([
      '         expected: 400 INVALID_OWNER_ID',
      '         seen:     400 OWNER_INVALID (code in message)',
    ]),
  );
  expect(await recordsLeft()).toBe(0);
});

it('A run that is stopped deletes its records', async () => {
  const before = await recordsLeft();
  const ended = await run(at(reported.url), [], /record-clear/);
  expect([ended.code, ended.lines.at(-1)]).toEqual([1, expect.stringMatching(/, stopped$/)]);
  expect(idsOf(ended, 'same')).not.toContain('history-of-one');
  expect(await recordsLeft()).toBe(before);
});
