import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAws } from '../../../local/doctor/aws.ts';
import {
  checkConcurrency,
  listFunctionNames,
  mergeVariables,
  readDeployment,
} from '../../../local/doctor/deployment.ts';
import { checkTokenKey } from '../../../local/doctor/token-key.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { isSigned } from '../../support/aws-signature.ts';

const lambda = (answers: Readonly<Record<string, { status: number; body: object }>>) => ({
  getLambda: async (path: string) => {
    const name = /-prod-(\w+)\/configuration$/.exec(path)?.[1] ?? '';
    const { status, body } = answers[name] ?? { status: 404, body: {} };
    return { status, body: { ...body } };
  },
});
const active = (variables: Readonly<Record<string, string>>) => ({
  status: 200,
  body: { State: 'Active', LastUpdateStatus: 'Successful', Timeout: 10, Environment: { Variables: variables } },
});

it('The doctor knows the functions of serverless.yml by their files', () => {
  const template = readFileSync(join(PROJECT_DIR, 'serverless.yml'), 'utf8');
  const deployed = [...template.matchAll(/^ {2,4}(\w+):\n {4,6}handler: functions\//gm)].map((match) => match[1]);
  for (const name of deployed) expect(listFunctionNames(PROJECT_DIR)).toContain(name);
});

it('The doctor reads the variables of the functions of a stage', async () => {
  const answers = { health: active({ TABLE_NAME: 'table' }), setOwnerByEmail: active({ ALLOW_V2: 'true' }) };

  const deployment = await readDeployment(lambda(answers), 'prod', ['health', 'setOwnerByEmail']);

  expect(deployment.environment).toEqual({ TABLE_NAME: 'table', ALLOW_V2: 'true' });
  expect(deployment.functions.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([10, 10]);
  expect(deployment.findings).toMatchObject([{ verdict: 'good', detail: '2 of 2 are deployed and active' }]);
});

it.each([
  { why: 'was never deployed', answer: { status: 404, body: {} }, wrong: /is not deployed/ },
  { why: 'may not be looked at', answer: { status: 403, body: {} }, wrong: /lambda:GetFunctionConfiguration/ },
  {
    why: 'failed to start',
    answer: { status: 200, body: { State: 'Failed', StateReason: 'its key is gone' } },
    wrong: /is Failed: its key is gone/,
  },
  {
    why: 'was not updated',
    answer: { status: 200, body: { State: 'Active', LastUpdateStatus: 'Failed' } },
    wrong: /last update failed/,
  },
])('The doctor reports a function that $why', async ({ answer, wrong }) => {
  const { findings } = await readDeployment(lambda({ health: answer }), 'prod', ['health']);

  expect(findings).toMatchObject([{ verdict: 'wrong', detail: expect.stringMatching(wrong) }]);
});

it('The doctor reports a variable that was changed for one function only, without its values', () => {
  const functions = ['https://owner.example.com', 'https://old.example.com'].map((url, index) => ({
    name: `function${index}`,
    timeoutSeconds: 10,
    variables: { PUBLIC_BASE_URL: url, LOG_LEVEL: `level-${index}` },
  }));

  const { findings } = mergeVariables(functions);

  expect(findings).toMatchObject([{ verdict: 'wrong', subject: 'PUBLIC_BASE_URL' }]);
  expect(JSON.stringify(findings)).not.toContain('example.com');
});

describe('calls to AWS', () => {
  const received: { method: string; path: string; signed: boolean }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ method, path, signed: isSigned({ method, path, headers, body }, 'local') });
      response.end(JSON.stringify({ KeyMetadata: { Enabled: path === '/', KeyState: 'Enabled' } }));
    });
  });
  const variables = ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL_KMS', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const before = variables.map((name) => process.env[name]);

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const name of variables) process.env[name] = name.includes('URL') ? url : 'local';
  });
  afterAll(() => {
    for (const [index, name] of variables.entries()) {
      const value = before[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    server.close();
    server.closeAllConnections();
  });

  it('Calls to AWS are signed, with and without a query or a body', async () => {
    const aws = createAws({ region: 'eu-central-1' });
    await aws.getLambda('/2015-03-31/functions/set-owner-by-email-prod-health/configuration');
    await aws.getLambda('/2015-03-31/event-source-mappings/', { EventSourceArn: 'arn:aws:sqs:eu-central-1:1:refresh' });
    const key = await checkTokenKey(aws, 'key-1');

    expect(received.map(({ method, signed }) => `${method} ${signed}`)).toEqual(['GET true', 'GET true', 'POST true']);
    expect(key.verdict).toBe('good');
  });
});

it.each([
  { status: 200, body: { KeyMetadata: { Enabled: false, KeyState: 'PendingDeletion' } }, wrong: /PendingDeletion/ },
  { status: 400, body: { __type: 'com.amazonaws.kms#NotFoundException' }, wrong: /400 NotFoundException/ },
])('The doctor reports that tokens cannot be read: $wrong', async ({ status, body, wrong }) => {
  const finding = await checkTokenKey({ callKms: async () => ({ status, body }) }, 'key-1');

  expect(finding).toMatchObject({ verdict: 'wrong', detail: expect.stringMatching(wrong) });
});

it.each([
  { limit: 10, verdict: 'skipped', why: 'a new account’s' },
  { limit: 1_000, verdict: 'good', why: 'the usual one' },
])('The doctor reports the limit of concurrent functions: $limit, $why', async ({ limit, verdict }) => {
  const getLambda = async () => ({ status: 200, body: { AccountLimit: { ConcurrentExecutions: limit } } });

  expect(await checkConcurrency({ getLambda })).toMatchObject({
    verdict,
    detail: expect.stringContaining(String(limit)),
  });
});
