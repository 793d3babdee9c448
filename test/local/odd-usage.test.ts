import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findFreePort } from '../../local/ports.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { programEnvironment, runProgram, startProgram, stopPrograms } from './start-program.ts';

jest.setTimeout(60_000);
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
])('The smoke test with a wrong %s (%s) says so once and sends no request', async (variable, value, output) => {
  expect(await runProgram('smoke.ts', [], { ...DEPLOYMENT, [variable]: value })).toEqual({ code: 2, output });
});

it('The smoke test says why an address gives no answer, and ignores a line break after a variable', async () => {
  const PUBLIC_BASE_URL = `http://127.0.0.1:${await findFreePort()}\n`;
  const { code, output } = await runProgram('smoke.ts', [], { ...DEPLOYMENT, PUBLIC_BASE_URL });
  expect(output).toContain('✗ is up: no answer: nothing listens there (ECONNREFUSED)\n');
  expect(code).toBe(1);
});

it.each([
  [['--stage', 'prod', '--region', 'eu central'], '--region must be a region such as eu-central-1\n'],
  [['--stage', ''], '--stage must begin with a letter and have letters, digits and hyphens only\n'],
  [['--stage', 'prod', '--port', '3000'], '--stage and --port: give one of them\n'],
])('The doctor refuses %j before it sends a request: %s', async (args, output) => {
  expect(await runProgram('doctor/doctor.ts', args)).toEqual({ code: 1, output });
});

it('A demo that is stopped ends with the exit code of an interrupted program, not with that of a good one', async () => {
  const program = startProgram('demo.ts', {});
  await program.until(/Starting/);
  expect(await program.interrupt()).toBe(130);
  expect(program.output()).toContain('Stopped before the demo ended');
});

it('A reader who has seen enough ends a program without a stack trace', async () => {
  const line = `"${process.execPath}" local/doctor/doctor.ts --stage prod | true`;
  const { stderr } = await promisify(execFile)('bash', ['-c', line], { cwd: PROJECT_DIR, env: programEnvironment() });
  expect(stderr).toBe('');
});
