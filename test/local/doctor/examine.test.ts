import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { PortalId } from '../../../lib/domain/ids.ts';
import { createAws } from '../../../local/doctor/aws.ts';
import { examine } from '../../../local/doctor/examine.ts';
import {
  attempt,
  type Finding,
  formatFinding,
  good,
  skipped,
  summarize,
  wrong,
} from '../../../local/doctor/finding.ts';
import { checkFreshness } from '../../../local/doctor/freshness.ts';
import { checkProject } from '../../../local/doctor/project.ts';
import { queueVariables } from '../../../local/doctor/queues.ts';
import { createQueue, type EmbeddedSqs, startEmbeddedSqs } from '../../../local/embedded-sqs.ts';
import { hubspotProjectFiles } from '../../../local/hubspot-project/hubspot-project.ts';
import { readAssets, writeFolder } from '../../../local/hubspot-project/project-folder.ts';
import type { ProjectOptions } from '../../../local/hubspot-project/project-options.ts';
import { PROJECT_DIR } from '../../architecture/imports.ts';
import { makeEmbeddedTable } from '../../support/embedded-table.ts';
import { CLIENT_SECRET } from '../../support/http-events.ts';
import { PORTAL_ID, TOKEN, useSimulator } from '../simulator/use-simulator.ts';
import { type ServedActions, serveActions } from './serve-actions.ts';

const running = useSimulator();
let sqs: EmbeddedSqs;
let served: ServedActions;

beforeAll(async () => {
  sqs = await startEmbeddedSqs();
  served = await serveActions();
});
afterAll(async () => {
  await sqs.close();
  await served.close();
});

async function examineAll(changes: Readonly<Record<string, string>> = {}, stage?: string): Promise<readonly Finding[]> {
  const { client: dynamodb, tableName } = await makeEmbeddedTable();
  const client = new SQSClient({ endpoint: sqs.endpoint });
  const queues = await Promise.all(
    queueVariables().map(async (name) => {
      const deadLetter = { name: `${name}-dead`, maxReceiveCount: 3 };
      return [name, await createQueue(client, { name, visibilityTimeoutSeconds: 60, deadLetter })];
    }),
  );
  const environment = {
    PUBLIC_BASE_URL: served.url,
    HUBSPOT_API_BASE_URL: running().simulator.url,
    HUBSPOT_CLIENT_SECRET: CLIENT_SECRET,
    HUBSPOT_ACCESS_TOKEN: TOKEN,
    HUBSPOT_PORTAL_ID: String(PORTAL_ID),
    TABLE_NAME: tableName,
    ...Object.fromEntries(queues),
    ...changes,
  };
  const { now, sleep } = served.service.clock;
  const aws = { ...createAws(), dynamodb, sqs: client };
  const findings: Finding[] = [];
  const patient = { projectDir: PROJECT_DIR, stage, environment, functions: undefined, aws, now, sleep, fetch };
  for await (const finding of examine(patient)) findings.push(finding);
  client.destroy();
  return findings;
}

const wrongOnes = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'wrong').map(({ subject }) => subject);

it('The doctor finds nothing wrong with a local stack that works', async () => {
  const findings = await examineAll();

  // The served actions have no options route.
  expect(wrongOnes(findings)).toEqual(['/options/owner-properties']);
  expect(findings.length).toBeGreaterThan(8);
});

it.each([
  { stage: undefined, command: /npm run invoke -- --function scheduleOwnerRefresh --data '{"atOnce":true}'$/ },
  {
    stage: 'prod',
    command:
      /npx sls invoke --stage prod --region [a-z0-9-]+ --function scheduleOwnerRefresh --data '{"atOnce":true}'$/,
  },
])('The doctor of stage $stage prints the command that refreshes owners there', async ({ stage, command }) => {
  const findings = await examineAll({}, stage);

  const owners = findings.find(({ subject }) => subject === `owners of account ${PORTAL_ID}`);
  expect(owners?.detail).toMatch(command);
});

it('[W14] The doctor signs for the address that HubSpot calls, however PUBLIC_BASE_URL is spelled', async () => {
  const findings = await examineAll({ PUBLIC_BASE_URL: served.url.replace('http:', 'HTTP:') });

  expect(wrongOnes(findings)).toEqual(['/options/owner-properties']);
});

it.each([
  { variable: 'HUBSPOT_ACCESS_TOKEN', value: 'pat-test-unknown', subject: `account ${PORTAL_ID}` },
  { variable: 'HUBSPOT_CLIENT_SECRET', value: 'secret-test-other', subject: '/actions/set-owner-by-email' },
  { variable: 'TABLE_NAME', value: 'not-there', subject: 'table not-there' },
  { variable: 'PUBLIC_BASE_URL', value: 'http://127.0.0.1:9', subject: 'address' },
  { variable: 'REFRESH_QUEUE_URL', value: 'http://127.0.0.1:9/1/nowhere', subject: 'queue REFRESH_QUEUE_URL' },
])('The doctor runs to the end when $variable is wrong, and prints no secret', async ({ variable, value, subject }) => {
  const findings = await examineAll({ [variable]: value });

  expect(wrongOnes(findings)).toContain(subject);
  expect(findings.at(-1)).toMatchObject({ subject: '.hubspot-project/local' });
  expect(findings.map(formatFinding).join('\n')).not.toMatch(/secret-test|pat-test/);
});

it('[W14] The doctor names an address with a slash at its end, with which no function starts', async () => {
  expect(wrongOnes(await examineAll({ PUBLIC_BASE_URL: `${served.url}/` }))).toContain('PUBLIC_BASE_URL');
});

it('The doctor reports a failed check by the kind of the error, never by its text', async () => {
  const findings = await attempt('table', async () => {
    throw new TypeError('fetch failed for jane@example.com');
  });

  expect(findings.map(formatFinding)).toEqual(['✗ table: could not be checked: TypeError']);
});

it.each([
  {
    error: Object.assign(new Error('secret-test-text'), { name: 'AccessDeniedException' }),
    advice: /your AWS credentials/,
  },
  {
    error: Object.assign(new Error('none'), { name: 'CredentialsProviderError' }),
    advice: /Sign in to AWS, or choose a profile/,
  },
  { error: new Error('Region is missing'), advice: /--region/ },
  {
    error: new TypeError('fetch failed', { cause: { code: 'ENOTFOUND', hostname: 'kms.example.com' } }),
    advice: /kms\.example\.com cannot be reached: the host name cannot be resolved \(ENOTFOUND\)/,
  },
])('The doctor says what to do when AWS cannot be asked: $error.name', async ({ error, advice }) => {
  const findings = await attempt('queue', async () => {
    throw error;
  });

  expect(findings).toMatchObject([{ verdict: 'wrong', detail: expect.stringMatching(advice) }]);
  expect(findings[0]?.detail).not.toContain('secret-test');
});

it('The doctor exits with 1 only for what is wrong', () => {
  expect(summarize([good('a', ''), skipped('b', '')])).toMatchObject({ exitCode: 0 });
  expect(summarize([good('a', ''), wrong('b', '')])).toEqual({
    exitCode: 1,
    line: '1 good, 1 to fix, 0 not checked or by choice',
  });
});

describe('the HubSpot project of a stage', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'doctor-'));
    const purpose = { objects: ['deals'], features: [] } as const;
    const options: ProjectOptions = { publicBaseUrl: 'https://owner.acme.test', stage: 'prod', purpose };
    const files = new Map([...hubspotProjectFiles(options), ...readAssets(root)]);
    writeFolder(join(root, '.hubspot-project/prod'), files);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    { stage: 'prod', publicBaseUrl: 'https://owner.acme.test', auth: 'static', verdict: 'good' },
    { stage: 'prod', publicBaseUrl: 'https://another.acme.test', auth: 'static', verdict: 'wrong' },
    { stage: 'prod', publicBaseUrl: 'https://owner.acme.test', auth: 'oauth', verdict: 'wrong' },
    { stage: 'dev', publicBaseUrl: 'https://owner.acme.test', auth: 'static', verdict: 'skipped' },
    { stage: 'local', publicBaseUrl: 'http://127.0.0.1:3000', auth: 'static', verdict: 'skipped' },
  ] as const)(
    'The HubSpot project is $verdict for stage $stage, $publicBaseUrl and $auth',
    ({ stage, publicBaseUrl, auth, verdict }) => {
      expect(checkProject(root, stage, publicBaseUrl, auth)).toMatchObject([
        { verdict, subject: `.hubspot-project/${stage}` },
      ]);
    },
  );

  it('The doctor says how to write a HubSpot project anew when it differs', () => {
    const [finding] = checkProject(root, 'prod', 'https://another.acme.test', 'static');
    expect(finding?.detail).toContain(
      'npm run hubspot:configure -- --stage prod --base-url https://another.acme.test --auth static',
    );
  });
});

it.each([
  { hoursAgo: 3, verdict: 'good' },
  { hoursAgo: 26, verdict: 'good' },
  { hoursAgo: 27, verdict: 'wrong' },
])(
  'The doctor calls owners refreshed $hoursAgo hours ago $verdict, as the alarm does',
  async ({ hoursAgo, verdict }) => {
    const now = 1_790_000_000_000;
    const state = {
      fence: 1,
      firstFence: 0,
      report: undefined,
      lastCompleteStartedAtEpochMs: now - hoursAgo * 3_600_000,
    };

    const finding = await checkFreshness(
      { readState: async () => state },
      '8200001' as PortalId,
      now,
      'npm run invoke',
    );

    expect(finding.verdict).toBe(verdict);
  },
);
