import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../../local/deploy/settings.ts';
import { type RunProgram, runProgram, startedBy } from '../../../local/run-program.ts';
import { checkCli, uploadProject } from '../../../local/setup/hubspot-cli.ts';
import { digestOf, writeStageProject } from '../../../local/setup/write-project.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { type HsCommand, installHs } from './hs-command.ts';

const ACCOUNT = '4000001';
const SETTINGS: Settings = {
  SETUP_AUTH: 'static',
  SETUP_OBJECTS: 'contacts,deals',
  SETUP_FEATURES: '',
  SETUP_SUPPORT_EMAIL: 'help@acme.test',
  SETUP_DOCUMENTATION_URL: 'https://acme.test/docs',
  SETUP_SUPPORT_URL: 'https://acme.test/help',
};
const ASSETS = ['hubspot/src/app/app-logo.png', 'hubspot/src/app/settings'];
const APP = 'src/app/app-hsmeta.json';

let home: string;
let folder: string;
let hs: HsCommand;
let output: string[];
let run: RunProgram;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hs-'));
  hs = installHs(home, ACCOUNT);
  folder = join(home, 'clone/.hubspot-project/prod');
  for (const made of ['.git', 'hubspot/src/app']) mkdirSync(join(home, 'clone', made), { recursive: true });
  for (const asset of ASSETS) cpSync(join(PROJECT_DIR, asset), join(home, 'clone', asset), { recursive: true });
  output = [];
  run = async (program) => {
    const environment = { ...program.environment, ...hs.environment };
    const ended = await runProgram({ ...program, environment, output: 'keep' });
    output.push(ended.output);
    return ended;
  };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(settings: Settings) {
  return writeStageProject(join(home, 'clone'), 'prod', settings, 'https://owner.acme.test');
}

/** As a person might edit it. */
function edit(path: string, change: (text: string) => string): void {
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'utf8')));
}

it.each(['static', 'oauth'])(
  'The setup uploads a %s project that the CLI validates, from a copy outside the repository',
  async (auth) => {
    await write({ ...SETTINGS, SETUP_AUTH: auth });

    await uploadProject(run, folder, ACCOUNT);

    expect(hs.state().commands).toEqual([
      `project validate --account=${ACCOUNT}`,
      `project upload --account=${ACCOUNT} --force-create`,
    ]);
    expect(hs.state().uploads).toMatchObject([{ account: ACCOUNT, auth }]);
  },
);

it.each([
  {
    what: 'a static app with an optional scope',
    spoil: () => edit(APP, (text) => text.replace('"optionalScopes": []', '"optionalScopes": ["tickets"]')),
    refusal: /a static app may only require scopes/,
  },
  {
    what: 'a placeholder among the support addresses',
    spoil: () => edit(APP, (text) => text.replace('help@acme.test', 'support@example.com')),
    refusal: /support.*placeholder/,
  },
  {
    what: 'a component in a folder where it looks for none',
    spoil: () => writeFileSync(join(folder, 'src/app/other-hsmeta.json'), '{"uid":"other","type":"workflow-action"}'),
    refusal: /other-hsmeta\.json: type: workflow-action belongs elsewhere/,
  },
  {
    what: 'a static app in a project that is named for OAuth',
    spoil: () => edit('hsproject.json', (text) => text.replace('"set-owner-by-email"', '"set-owner-by-email-oauth"')),
    refusal: /set-owner-by-email-oauth/,
  },
  {
    what: 'a workflow action with an address that HubSpot would not call',
    spoil: () =>
      edit('src/app/workflow-actions/set-owner-by-email-hsmeta.json', (text) => text.replaceAll('https:', 'http:')),
    refusal: /actionUrl: not a public https/,
  },
])('The setup uploads nothing when HubSpot refuses $what', async ({ spoil, refusal }) => {
  await write(SETTINGS);
  spoil();

  await expect(uploadProject(run, folder, ACCOUNT)).rejects.toThrow(/hs project validate .* failed with exit code 1/);
  expect(output.join('\n')).toMatch(refusal);
  expect(hs.state().uploads).toEqual([]);
});

it('The setup stops when the account has the app in a project of another name', async () => {
  await write(SETTINGS);
  await uploadProject(run, folder, ACCOUNT);
  edit('hsproject.json', (text) => text.replace('"set-owner-by-email"', '"set-owner-by-email-test"'));

  await expect(uploadProject(run, folder, ACCOUNT)).rejects.toThrow(/hs project upload .* failed/);
  expect(output.at(-1)).toContain('belongs to the project set-owner-by-email');
});

it('The setup stops for an account that the CLI was never authorized for', async () => {
  await write(SETTINGS);

  await expect(uploadProject(run, folder, '4000002')).rejects.toThrow(/failed with exit code 1/);
  expect(output.at(-1)).toContain('account 4000002 is not in the configuration');
});

it.each(['8.14.9', '7.20.0', 'unknown'])('The setup tells how to update a CLI of version %s', async (version) => {
  hs.change({ version });

  await expect(checkCli(run, home)).rejects.toThrow(/must be 8\.15 or newer; .*npm install --global @hubspot\/cli/);
});

it.each(['8.15.0', '8.16.2', '9.0.0'])('The setup accepts a CLI of version %s', async (version) => {
  hs.change({ version });

  await expect(checkCli(run, home)).resolves.toBeUndefined();
});

it('The setup tells how to install a missing CLI', async () => {
  const without: RunProgram = (program) => runProgram({ ...program, environment: { PATH: home } });

  await expect(checkCli(without, home)).rejects.toThrow(/not installed: npm install --global @hubspot\/cli/);
});

it('The same project has the same digest, and files that are no longer part of it are removed', async () => {
  await write(SETTINGS);
  const digest = digestOf(folder);
  writeFileSync(join(folder, 'src/app/old-hsmeta.json'), '{}');
  expect(digestOf(folder)).not.toBe(digest);

  await write(SETTINGS);

  expect(digestOf(folder)).toBe(digest);
});

it.each([
  { platform: 'linux', command: 'hs', started: { command: 'hs', args: ['project', 'upload'], shell: false } },
  { platform: 'win32', command: 'hs', started: { command: 'hs project upload', args: [], shell: true } },
  { platform: 'win32', command: process.execPath, started: { command: process.execPath, shell: false } },
] as const)('On $platform $command is started in a way that finds it there', ({ platform, command, started }) => {
  expect(startedBy({ command, args: ['project', 'upload'] }, platform)).toMatchObject(started);
});
