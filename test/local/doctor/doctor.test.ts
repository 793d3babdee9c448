import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { askForEngine } from '../../support/ask-for-engine.ts';
import { type FakeSsm, startFakeSsm } from '../../support/fake-ssm.ts';
import { PORTAL_ID, TOKEN, useSimulator } from '../simulator/use-simulator.ts';

const running = useSimulator();
const run = promisify(execFile);
const SECRET = '/set-owner-by-email/prod/hubspot-client-secret';
const ACCESS = '/set-owner-by-email/prod/hubspot-access-token';

let ssm: FakeSsm;
let lambda: Server;
let variables: Record<string, string>;

beforeEach(async () => {
  ssm = await startFakeSsm();
  lambda = createServer((request, response) => {
    if (request.url?.includes('failStranded')) response.writeHead(404);
    response.end(JSON.stringify({ State: 'Active', Timeout: 10, Environment: { Variables: variables } }));
  });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await ssm.close();
  lambda.close();
  lambda.closeAllConnections();
});

/** Output and exit code of the program, whatever the code. */
async function doctor(args: readonly string[]): Promise<{ readonly output: string; readonly code: number }> {
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_SSM: ssm.url,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_DYNAMODB: await askForEngine('dynalite'),
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
  };
  const options = { cwd: PROJECT_DIR, env };
  return run(process.execPath, ['local/doctor/doctor.ts', ...args], options).then(
    ({ stdout }) => ({ output: stdout, code: 0 }),
    ({ stdout, stderr, code }) => ({ output: `${stdout}${stderr}`, code }),
  );
}

it('The doctor examines a stage with the variables of its functions, exits with 1, and prints no secret', async () => {
  ssm.parameters.set(SECRET, 'secret-test-current');
  ssm.parameters.set(ACCESS, TOKEN);
  variables = {
    PUBLIC_BASE_URL: 'https://127.0.0.1:9',
    HUBSPOT_API_BASE_URL: running().simulator.url,
    HUBSPOT_CLIENT_SECRET: `ssm:${SECRET}`,
    HUBSPOT_ACCESS_TOKEN: `ssm:${ACCESS}`,
    HUBSPOT_PORTAL_ID: String(PORTAL_ID),
    TABLE_NAME: 'not-there',
  };

  const { output, code } = await doctor(['--stage', 'prod', '--region', 'eu-central-1']);

  expect(code).toBe(1);
  expect(output).toMatch(/^✓ functions: \d+ of \d+ are deployed and active$/m);
  expect(output).toContain(`✓ parameter ${SECRET}: can be read`);
  expect(output).toContain(`✓ account ${PORTAL_ID}: the token opens it`);
  expect(output).toContain('✗ table not-there: does not exist');
  expect(output).toContain('✗ queue REFRESH_QUEUE_URL: the variable is missing');
  expect(output).not.toMatch(/secret-test|token-of-the-portal/);
});

it('The doctor prints how it is used when it does not know an option', async () => {
  const { output, code } = await doctor(['--stge', 'prod']);

  expect(code).toBe(2);
  expect(output).toContain('Unknown option --stge. Did you mean --stage?');
});
