import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localDynamoDbClient } from '../../../local/clients.ts';
import { createHasTable, type DeployedStack } from '../../../local/deploy/deployed-stack.ts';
import { runDeploy } from '../../../local/deploy/run-deploy.ts';
import { packageFolder } from '../../../local/deploy/serverless-cli.ts';
import { createTable, type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';

const TABLE = 'set-owner-by-email-prod';
const REGION = 'eu-central-1';
const Table = { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', Properties: { TableName: TABLE } };
const Bucket = { Type: 'AWS::S3::Bucket' };
const stackOf = (Resources: DeployedStack['template']['Resources']): DeployedStack => ({
  status: 'UPDATE_ROLLBACK_COMPLETE',
  template: { Resources },
  resources: new Set(Object.keys(Resources)),
  outputs: {},
});

let projectDir: string;
let engine: EmbeddedDynamoDb;
let commands: string[];
const before = { ...process.env };
beforeAll(async () => {
  engine = await startEmbeddedDynamoDb();
  process.env.AWS_ENDPOINT_URL_DYNAMODB = engine.endpoint;
});
afterAll(async () => {
  process.env = before;
  await engine.close();
});
beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'leftover-'));
  mkdirSync(join(projectDir, 'infra'));
  writeFileSync(join(projectDir, 'serverless.yml'), '');
  symlinkSync(join(PROJECT_DIR, 'node_modules'), join(projectDir, 'node_modules'));
  commands = [];
});
afterEach(() => rmSync(projectDir, { recursive: true, force: true }));

/** Everything but CloudFormation and the Serverless CLI is as it is in the world. */
async function deploy(stack: DeployedStack | undefined) {
  const inputs = { environment: { HUBSPOT_PORTAL_ID: '4000001' }, params: {} };
  const target = { projectDir, stage: 'prod', region: REGION, inputs, allowedLosses: [] };
  return runDeploy(target, {
    readStack: async () => stack,
    hasTable: createHasTable(REGION),
    tell: () => {},
    async run({ args }) {
      const [, command = ''] = args;
      commands.push(command);
      const folder = packageFolder(projectDir, 'prod');
      mkdirSync(folder, { recursive: true });
      const template = JSON.stringify({ Resources: { Table, Bucket } });
      writeFileSync(join(folder, 'cloudformation-template-update-stack.json'), template);
      return { exitCode: 0, output: '' };
    },
  });
}

it('A first deployment goes through where there is no table', async () => {
  expect(await deploy(undefined)).toBe('deployed');
});

describe('With a table that an earlier stack left behind', () => {
  beforeAll(async () => {
    const client = localDynamoDbClient({ AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint, AWS_REGION: REGION });
    await createTable(client, TABLE);
    client.destroy();
  });

  it.each([
    { after: 'a stack that was removed', stack: undefined },
    { after: 'a first deployment that was rolled back', stack: stackOf({ Bucket }) },
  ])(
    'A deployment after $after says how to delete the table, which CloudFormation cannot make again',
    async ({ stack }) => {
      await expect(deploy(stack)).rejects.toThrow(`aws dynamodb delete-table --region ${REGION} --table-name ${TABLE}`);
      expect(commands).toEqual(['package']);
    },
  );

  it('A deployment of a stack that has the table goes through', async () => {
    expect(await deploy(stackOf({ Bucket, Table }))).toBe('deployed');
  });
});
