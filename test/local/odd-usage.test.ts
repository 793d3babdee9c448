import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { findFreePort } from '../../local/ports.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { programEnvironment, runProgram, startProgram, stopPrograms } from './start-program.ts';

jest.setTimeout(180_000);
afterEach(stopPrograms);

const DEPLOYMENT = {
  PUBLIC_BASE_URL: 'https://owner.example.com',
  HUBSPOT_CLIENT_SECRET: 'secret-test',
  HUBSPOT_PORTAL_ID: '12345678',
};

it.each([
  ['PUBLIC_BASE_URL', 'owner.example.com', 'PUBLIC_BASE_URL: must be an address such as https://owner.example.com\n'],
  [
    'PUBLIC_BASE_URL',
    '"https://owner.example.com"',
    'PUBLIC_BASE_URL: must be an address such as https://owner.example.com\n',
  ],
  ['HUBSPOT_PORTAL_ID', 'pat-secret', 'HUBSPOT_PORTAL_ID: must be digits\n'],
])('Smoke with a wrong %s (%s) says so once and asks nothing', async (variable, value, output) => {
  expect(await runProgram('smoke.ts', [], { ...DEPLOYMENT, [variable]: value })).toEqual({ code: 2, output });
});

it('Smoke says why an address gives no answer, and does not mind a line break behind a variable', async () => {
  const PUBLIC_BASE_URL = `http://127.0.0.1:${await findFreePort()}\n`;
  const { code, output } = await runProgram('smoke.ts', [], { ...DEPLOYMENT, PUBLIC_BASE_URL });
  expect(output).toContain('✗ is up: no answer: nothing listens there (ECONNREFUSED)\n');
  expect(code).toBe(1);
});

it.each([
  [['--stage', 'prod', '--region', 'eu central'], '--region must be a region such as eu-central-1\n'],
  [['--stage', ''], '--stage must begin with a letter and have letters, digits and hyphens only\n'],
  [['--stage', 'prod', '--port', '3000'], '--stage and --port: give one of them\n'],
])('The doctor refuses %j before anything is asked: %s', async (args, output) => {
  expect(await runProgram('doctor/doctor.ts', args)).toEqual({ code: 1, output });
});

const SETUP = ['--auth', 'static', '--portal-id', '4000001', '--support-email', 'help@acme.test', '--dry-run'].concat([
  '--documentation-url',
  'https://acme.test/docs',
  '--support-url',
  'https://acme.test/help',
]);

it.each([
  ['Test', '--stage must be lower-case letters, digits and hyphens: HubSpot’s project is named after it\n'],
  ['oauth', '--stage oauth: set-owner-by-email-oauth is the name of an oauth project. Choose another name\n'],
  ['one-of-many-customers-2026', '--stage may have 24 characters at most, because the functions are named after it\n'],
])('Setup refuses the stage %s before a deployment that could not be completed: %s', async (stage, output) => {
  expect(await runProgram('setup/setup.ts', ['--stage', stage, ...SETUP])).toEqual({ code: 1, output });
});

it('A demo that is stopped ends with the exit code of an interrupted program, not with that of a good one', async () => {
  const program = startProgram('demo.ts', {});
  await program.until(/Starting/);
  expect(await program.interrupt()).toBe(130);
  expect(program.output()).toContain('Stopped before the demo ended');
});

it.each(['doctor/doctor.ts --stage prod', 'start.ts'])(
  'A reader who has seen enough ends %s without a stack trace, and nothing is left behind',
  async (program) => {
    const env = programEnvironment();
    const line = `"${process.execPath}" local/${program} | true`;
    const { stderr } = await promisify(execFile)('bash', ['-c', line], { cwd: PROJECT_DIR, env });
    expect(stderr).toBe('');
    const folder = env.LOCAL_STACKS_FOLDER ?? '';
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  },
);

it('A full disk behind the output ends a program with one line', async () => {
  const line = `"${process.execPath}" local/doctor/doctor.ts --stage prod > /dev/full`;
  const { stderr } = await promisify(execFile)('bash', ['-c', `${line}; true`], {
    cwd: PROJECT_DIR,
    env: programEnvironment(),
  });
  expect(stderr).toBe('The output cannot be written (ENOSPC)\n');
});
