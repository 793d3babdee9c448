import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createPortals } from '../../../lib/store/portals.ts';
import { listFunctionNames } from '../../../local/doctor/deployment.ts';
import { queueVariables } from '../../../local/doctor/queues.ts';
import { createTable, type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { createQueue, type EmbeddedSqs, startEmbeddedSqs } from '../../../local/embedded-sqs.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { toPortalId } from '../../builders/ids.ts';
import { actionsOf, readStatements } from '../../support/policies.ts';
import { PORTAL_ID, TOKEN, useSimulator } from '../simulator/use-simulator.ts';
import { type GuardedAccount, startGuardedAccount } from './guarded-account.ts';

const running = useSimulator();
const TABLE = 'set-owner-by-email-prod';
const SECRET = '/set-owner-by-email/prod/hubspot-client-secret';
const ACCESS = '/set-owner-by-email/prod/hubspot-access-token';
const KEY_ARN = 'arn:aws:kms:eu-central-1:111111111111:key/1234';

let engine: EmbeddedDynamoDb;
let queues: EmbeddedSqs;
let account: GuardedAccount;
let variables: Readonly<Record<string, string>>;

beforeAll(async () => {
  engine = await startEmbeddedDynamoDb();
  queues = await startEmbeddedSqs();
  const client = new DynamoDBClient({ endpoint: engine.endpoint });
  await createTable(client, TABLE);
  const tokens = { ciphertext: 'any', issuedAtEpochMs: 1, expiresAtEpochMs: 2 };
  const portals = createPortals({ client, tableName: TABLE }, Date.now);
  await portals.connect(toPortalId(PORTAL_ID), { scopes: [], tokens }, Date.now());
  client.destroy();
});

beforeEach(async () => {
  account = await startGuardedAccount(readStatements('doctor'), {
    dynamodb: engine.endpoint,
    sqs: queues.endpoint,
    answer,
  });
});

afterEach(() => account.close());
afterAll(async () => {
  await engine.close();
  await queues.close();
});

function answer(action: string, body: string): object {
  if (action === 'ssm:GetParameters') {
    const { Names } = JSON.parse(body) as { Names: string[] };
    return { Parameters: Names.map((Name) => ({ Name, Value: Name === ACCESS ? TOKEN : 'secret-test-current' })) };
  }
  if (action === 'kms:DescribeKey') return { KeyMetadata: { Enabled: true, KeyState: 'Enabled' } };
  if (action === 'lambda:GetAccountSettings') return { AccountLimit: { ConcurrentExecutions: 1_000 } };
  if (action === 'lambda:ListEventSourceMappings') return { EventSourceMappings: [] };
  if (action === 'dynamodb:DescribeTimeToLive') return { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } };
  if (action === 'dynamodb:DescribeContinuousBackups') return { ContinuousBackupsDescription: {} };
  return { State: 'Active', Timeout: 10, Environment: { Variables: variables } };
}

/** The queues of the stage, each at the address of the guarded account. */
async function makeQueues(): Promise<Readonly<Record<string, string>>> {
  const client = new SQSClient({ endpoint: queues.endpoint });
  const made: Record<string, string> = {};
  for (const variable of queueVariables()) {
    const name = `${TABLE}-${variable.replace('_QUEUE_URL', '').toLowerCase()}`;
    const deadLetter = { name: `${name}-dead`, maxReceiveCount: 3 };
    const url = await createQueue(client, { name, visibilityTimeoutSeconds: 360, deadLetter });
    made[variable] = new URL(new URL(url).pathname, account.url).href;
  }
  client.destroy();
  return made;
}

/** What the program prints, whatever its exit code. */
async function runDoctor(): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: account.url,
    AWS_ENDPOINT_URL_LAMBDA: account.url,
    AWS_ENDPOINT_URL_KMS: account.url,
    AWS_MAX_ATTEMPTS: '1',
  };
  const args = ['local/doctor/doctor.ts', '--stage', 'prod', '--region', 'eu-central-1'];
  return promisify(execFile)(process.execPath, args, { cwd: PROJECT_DIR, env }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr }) => `${stdout}${stderr}`,
  );
}

async function examine(mode: Readonly<Record<string, string>>): Promise<string> {
  variables = {
    PUBLIC_BASE_URL: 'https://127.0.0.1:9',
    HUBSPOT_API_BASE_URL: running().simulator.url,
    HUBSPOT_CLIENT_SECRET: `ssm:${SECRET}`,
    TABLE_NAME: TABLE,
    ...(await makeQueues()),
    ...mode,
  };
  return runDoctor();
}

it('The doctor’s policy allows all its calls for a deployment with many accounts, and no others', async () => {
  const output = await examine({ HUBSPOT_CLIENT_ID: 'client-1', TOKEN_KMS_KEY_ID: KEY_ARN });

  expect(output).toContain(`✓ functions: ${listFunctionNames(PROJECT_DIR).length} of `);
  expect(output).toContain('✓ token key: is enabled');
  expect(output).toMatch(new RegExp(`owners of account ${PORTAL_ID}: were never refreshed`));
  expect(output).not.toMatch(/your AWS credentials|AccessDenied|status 403/);
  expect([...account.asked].sort()).toEqual(actionsOf(readStatements('doctor')).sort());
});

it('The doctor’s policy allows all its calls for a deployment with one account', async () => {
  const output = await examine({ HUBSPOT_ACCESS_TOKEN: `ssm:${ACCESS}`, HUBSPOT_PORTAL_ID: String(PORTAL_ID) });

  expect(output).toContain(`✓ account ${PORTAL_ID}: the token opens it`);
  expect(output).not.toMatch(/your AWS credentials|AccessDenied|status 403/);
});
