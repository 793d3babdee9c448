import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../../local/run-program.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

/** A stage that nobody sets up in this folder. */
const STAGE = 'nobody-has-this-stage';
const ANSWERS = [
  '--auth=oauth',
  '--portal-id=4000001',
  '--support-email=help@acme.test',
  '--documentation-url=https://acme.test/docs',
  '--support-url=https://acme.test/help',
];

/** As their npm scripts do, with no ID in the environment. */
function run(file: string, args: readonly string[]) {
  return runProgram({
    command: process.execPath,
    args: [`local/${file}`, ...args],
    cwd: PROJECT_DIR,
    environment: { HUBSPOT_PORTAL_ID: '', HUBSPOT_CLIENT_ID: '' },
    output: 'keep',
  });
}

it('The setup with --dry-run prints the steps and writes nothing', async () => {
  const { exitCode, output } = await run('setup/setup.ts', ['--stage', STAGE, '--dry-run', ...ANSWERS]);

  expect(output).toMatch(/ {2}1\. Deploy to AWS, to get the address\n[\s\S]* {2}7\. Install the app/);
  expect(exitCode).toBe(0);
  expect(existsSync(join(PROJECT_DIR, 'deploy', `${STAGE}.env`))).toBe(false);
});

it('The setup names what is missing when it cannot ask a person', async () => {
  const { exitCode, output } = await run('setup/setup.ts', ['--stage', STAGE, '--auth', 'static']);

  expect(output).toContain('--portal-id is missing');
  expect(exitCode).toBe(1);
});

it('The command npm run deploy refuses to start without an ID', async () => {
  const { exitCode, output } = await run('deploy/deploy.ts', ['--stage', STAGE]);

  expect(output).toContain('HUBSPOT_PORTAL_ID or HUBSPOT_CLIENT_ID is missing');
  expect(exitCode).toBe(1);
});
