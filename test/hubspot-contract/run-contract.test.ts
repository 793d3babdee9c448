import { type AlteringProxy, type Passing, startAlteringProxy } from './altering-proxy.ts';
import { runContract } from './run-contract.ts';
import { type OpenGround, openGround, PORTAL_ID, recordsLeft, TOKEN } from './use-ground.ts';

type Alter = Parameters<typeof startAlteringProxy>[1];

let open: OpenGround;
let proxy: AlteringProxy | undefined;

beforeEach(async () => {
  open = await openGround();
});

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  await open.simulator.close();
});

/** Runs it against the simulator, or against what alters its replies. */
async function run(given: { environment?: Record<string, string>; args?: readonly string[]; alter?: Alter } = {}) {
  const { environment = {}, args = [], alter } = given;
  if (alter !== undefined) proxy = await startAlteringProxy(open.simulator.url, alter);
  const lines: string[] = [];
  const print = (text: string) => void lines.push(...text.split('\n'));
  const code = await runContract({
    args,
    environment: {
      HUBSPOT_API_BASE_URL: proxy?.url ?? open.simulator.url,
      HUBSPOT_ACCESS_TOKEN: TOKEN,
      ...environment,
    },
    print,
    printError: print,
    sleep: open.sleep,
    stop: new AbortController().signal,
  });
  return { code, lines, differ: lines.filter((line) => line.startsWith('differs ')) };
}

it('A run that HubSpot does not answer in the middle deletes its records all the same', async () => {
  const alter = (passing: Passing) => (passing.path.includes('/batch/') ? undefined : passing);
  const { code, differ } = await run({ alter });
  expect([code, recordsLeft(open.simulator)]).toEqual([1, []]);
  expect(differ.map((line) => line.split(/ +/)[1])).toEqual(
    expect.arrayContaining(['batch-update-unknown', 'batch-size']),
  );
});

it('A record that cannot be deleted is named, and the run fails', async () => {
  const refused = { status: 500, headers: new Headers(), text: '' };
  const alter = (passing: Passing) =>
    passing.method === 'DELETE' && passing.path.includes('/companies/') ? refused : passing;
  const { code, lines, differ } = await run({ alter });
  expect([code, differ]).toEqual([1, []]);
  expect(lines.filter((line) => /^companies \d+ could not be deleted: HubSpot answered 500$/.test(line))).toHaveLength(
    1,
  );
});

it('Nothing is written in an account that people work in', async () => {
  const methods: string[] = [];
  const { code, lines } = await run({
    alter(passing) {
      methods.push(passing.method);
      return { ...passing, text: passing.text.replace('DEVELOPER_TEST', 'STANDARD') };
    },
  });
  expect([code, methods]).toEqual([1, ['GET']]);
  expect(lines).toEqual([expect.stringContaining('is of the type STANDARD')]);
});

it.each([
  ['without a token', { environment: { HUBSPOT_ACCESS_TOKEN: '' } }, 'HUBSPOT_ACCESS_TOKEN is missing'],
  [
    'in HubSpot without the ID of an account',
    { environment: { HUBSPOT_API_BASE_URL: '' } },
    'Name the test account with --portal',
  ],
  ['with an unknown flag', { args: ['--all'] }, 'usage: '],
  ['with a patience that is none', { args: ['--patience', 'long'] }, 'usage: '],
  [
    'with a token of another account',
    { args: ['--portal', '1'] },
    `The token belongs to account ${PORTAL_ID}, not to 1`,
  ],
  [
    'with a token that HubSpot does not know',
    { environment: { HUBSPOT_ACCESS_TOKEN: 'nobody' } },
    'HUBSPOT_ACCESS_TOKEN: HubSpot does not know this token',
  ],
])('The program does not run %s', async (_how, given, words) => {
  const { code, lines } = await run(given);
  expect([code, lines[0]]).toEqual([1, expect.stringContaining(words)]);
  expect(open.simulator.calls.count({ status: 201 })).toBe(0);
});
