import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSettings } from '../../../local/deploy/settings.ts';
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
])('The setup stops before the $app app gets the secret of the $other app of its stage, or removes it', async (row) => {
  for (const replaces of [false, true]) {
    const run = store(row.settings, row.standing, replaces);
    await expect(run).rejects.toThrow(`${CLIENT_SECRET} is the secret of the ${row.other} app. Choose another --stage`);
  }
});

it('The setup keeps the credentials of an OAuth app that replaced a static one', async () => {
  const settings = { SETUP_AUTH: 'oauth', HUBSPOT_CLIENT_ID: 'client-1' };
  expect(await store(settings, [CLIENT_SECRET, ACCESS_TOKEN])).toEqual([]);
});
