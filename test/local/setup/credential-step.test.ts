import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, writeSettings } from '../../../local/deploy/settings.ts';
import { STORE_CREDENTIALS } from '../../../local/setup/credential-step.ts';
import type { Setup } from '../../../local/setup/setup-world.ts';

const CLIENT_SECRET = '/set-owner-by-email/prod/hubspot-client-secret';
const ACCESS_TOKEN = '/set-owner-by-email/prod/hubspot-access-token';

let projectDir: string;
beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'setup-'));
});
afterEach(() => rmSync(projectDir, { recursive: true }));

/** The step alone, with what SSM has. */
async function store(settings: Readonly<Record<string, string>>, standing: readonly string[], replaceSecrets = false) {
  writeSettings(projectDir, 'prod', { SETUP_ACCOUNT_ID: '4000001', ...settings });
  const stored: string[] = [];
  const setup = {
    projectDir,
    stage: 'prod',
    replaceSecrets,
    environment: {
      HUBSPOT_CLIENT_ID: 'client-1',
      HUBSPOT_CLIENT_SECRET: 'secret-test',
      HUBSPOT_ACCESS_TOKEN: 'pat-test',
    },
    tell: () => undefined,
    parameters: {
      findExisting: async (names: readonly string[]) => new Set(names.filter((name) => standing.includes(name))),
      put: async (name: string) => void stored.push(name),
    },
  } as unknown as Setup;
  await STORE_CREDENTIALS.run(setup);
  return stored;
}

it.each([
  { app: 'OAuth', settings: { SETUP_AUTH: 'oauth' }, standing: [CLIENT_SECRET, ACCESS_TOKEN], other: 'static' },
  {
    app: 'static',
    settings: { SETUP_AUTH: 'static', HUBSPOT_CLIENT_ID: '' },
    standing: [CLIENT_SECRET],
    other: 'OAuth',
  },
])('Setup stops before the $app app gets the secret of the $other app of its stage, or takes it away', async (row) => {
  for (const replaces of [false, true]) {
    const run = store(row.settings, row.standing, replaces);
    await expect(run).rejects.toThrow(`${CLIENT_SECRET} is the secret of the ${row.other} app. Choose another --stage`);
  }
});

it('Setup leaves the credentials alone of an OAuth app that took the place of a static one', async () => {
  const settings = { SETUP_AUTH: 'oauth', HUBSPOT_CLIENT_ID: 'client-1' };
  expect(await store(settings, [CLIENT_SECRET, ACCESS_TOKEN])).toEqual([]);
});

it.each([
  { auth: 'oauth', lines: ['client-1', 'a-client-secret'], stored: { [CLIENT_SECRET]: 'a-client-secret' } },
  {
    auth: 'static',
    lines: ['a-client-secret', 'pat-token'],
    stored: { [CLIENT_SECRET]: 'a-client-secret', [ACCESS_TOKEN]: 'pat-token' },
  },
])('Setup that was stopped by SSM takes the same piped lines for the same $auth credentials again', async (row) => {
  writeSettings(projectDir, 'prod', { SETUP_ACCOUNT_ID: '4000001', SETUP_AUTH: row.auth });
  writeProject(row.auth);
  const stored: Record<string, string> = {};
  let failures = 1;
  const run = () => {
    const left = [...row.lines];
    const next = async () => left.shift() ?? Promise.reject(new Error('nothing more to read'));
    const parameters: Setup['parameters'] = {
      findExisting: async (names) => new Set(names.filter((name) => name in stored)),
      async put(name, value) {
        if (failures-- > 0) throw new Error('AccessDeniedException');
        stored[name] = value;
      },
    };
    const ask = { isTerminal: false, line: next, secret: next, close() {} };
    const world = {
      projectDir,
      stage: 'prod',
      replaceSecrets: false,
      environment: {},
      tell: () => {},
      parameters,
      ask,
    };
    return STORE_CREDENTIALS.run(world as unknown as Setup);
  };
  await expect(run()).rejects.toThrow('AccessDeniedException');
  await run();
  expect(stored).toEqual(row.stored);
  const { HUBSPOT_CLIENT_ID } = readSettings(projectDir, 'prod') ?? {};
  expect(HUBSPOT_CLIENT_ID).toBe(row.auth === 'oauth' ? 'client-1' : undefined);
});

/** As far as the address of its page goes. */
function writeProject(auth: string): void {
  const app = join(projectDir, '.hubspot-project/prod/src/app');
  mkdirSync(app, { recursive: true });
  writeFileSync(join(app, '../../hsproject.json'), JSON.stringify({ name: 'any' }));
  writeFileSync(join(app, 'app-hsmeta.json'), JSON.stringify({ uid: 'any', config: { auth: { type: auth } } }));
}
