import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { RefreshReport } from '../../lib/domain/refresh.ts';
import { toRefreshDimensions } from '../../lib/observability/report-refresh.ts';
import { createTelemetry } from '../../lib/observability/telemetry.ts';
import { PROJECT_DIR } from '../architecture/imports.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';

type Template = { readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: never }>> };
type FunctionProperties = {
  readonly Handler: string;
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly Timeout: number;
  readonly Environment?: { readonly Variables: Readonly<Record<string, unknown>> };
};

let folder: string;
let template: Template;

/** Packages as a user does, with no AWS account in reach. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...environment } = process.env;
  expect([AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]).toEqual(['local', 'local']);
  await promisify(execFile)(
    process.execPath,
    [require.resolve('serverless/bin/serverless.js'), 'package', '--package', folder, '--stage', 'check'],
    { cwd: PROJECT_DIR, env: { ...environment, PUBLIC_BASE_URL: 'https://owner.example.com', HUBSPOT_PORTAL_ID: '1' } },
  );
  template = JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8')) as Template;
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function resourcesOf<T>(type: string): [string, T][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([name, resource]) => [name, resource.Properties]);
}

/** In the order of serverless.yml. */
const FUNCTIONS = [
  'setOwnerByEmail',
  'findOwnerByEmail',
  'listOwnerProperties',
  'scheduleOwnerRefresh',
  'refreshOwners',
  'setSuccessor',
  'explainOwner',
  'resolveOwners',
  'forgetPortal',
  'startInstall',
  'finishInstall',
  'health',
];

it('packages one function per handler, for arm64 and Node 24', () => {
  const functions = resourcesOf<FunctionProperties>('AWS::Lambda::Function').map(([name, properties]) => ({
    name,
    handler: properties.Handler,
    runtime: properties.Runtime,
    architectures: properties.Architectures,
  }));
  const runtime = 'nodejs24.x';
  const architectures = ['arm64'];
  expect(functions).toEqual(
    FUNCTIONS.map((name) => ({
      name: `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`,
      handler: `functions/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.handler`,
      runtime,
      architectures,
    })),
  );
});

it('serves the routes that HubSpot is given', () => {
  const routes = resourcesOf<{ RouteKey: string }>('AWS::ApiGatewayV2::Route').map(([, { RouteKey }]) => RouteKey);
  expect(routes.sort()).toEqual([
    'GET /health',
    'GET /oauth/callback',
    'GET /oauth/install',
    'POST /actions/find-owner-by-email',
    'POST /actions/set-owner-by-email',
    'POST /options/owner-properties',
  ]);
});

it('lets a function run longer than its work and shorter than HubSpot waits', () => {
  const functions = new Map(resourcesOf<FunctionProperties>('AWS::Lambda::Function'));
  expect(functions.get('SetOwnerByEmailLambdaFunction')?.Timeout).toBeGreaterThan(8);
  expect(functions.get('SetOwnerByEmailLambdaFunction')?.Timeout).toBeLessThan(20);
});

it('refreshes every night in UTC, message by message, and keeps what fails three times', () => {
  const [[, schedule] = []] = resourcesOf<Record<string, unknown>>('AWS::Scheduler::Schedule');
  expect(schedule).toMatchObject({
    ScheduleExpression: 'cron(0 2 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
  });
  const [[, mapping] = []] = resourcesOf<Record<string, unknown>>('AWS::Lambda::EventSourceMapping');
  expect(mapping).toMatchObject({
    BatchSize: 1,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 10 },
  });
  const queues = new Map(resourcesOf<Record<string, unknown>>('AWS::SQS::Queue'));
  const { Timeout = 0 } =
    new Map(resourcesOf<FunctionProperties>('AWS::Lambda::Function')).get('RefreshOwnersLambdaFunction') ?? {};
  expect(queues.get('RefreshQueue')).toMatchObject({
    VisibilityTimeout: 6 * Timeout,
    MessageRetentionPeriod: 14 * 86_400,
    RedrivePolicy: { maxReceiveCount: 3 },
  });
});

it('[R15] raises an alarm when no refresh was completed in 26 hours, on the very metric that a completed one writes', () => {
  const earlier = CAPTURED_LINES.length;
  const [[, { Environment }] = [undefined, {} as FunctionProperties]] = resourcesOf<FunctionProperties>(
    'AWS::Lambda::Function',
  ).filter(([name]) => name === 'RefreshOwnersLambdaFunction');
  const namespace = String(Environment?.Variables.POWERTOOLS_METRICS_NAMESPACE);
  const before = process.env.POWERTOOLS_METRICS_NAMESPACE;
  process.env.POWERTOOLS_METRICS_NAMESPACE = namespace;
  try {
    const telemetry = createTelemetry('refreshOwners');
    telemetry.metrics.count('OwnerRefreshes', toRefreshDimensions({ kind: 'done', report: {} as RefreshReport }));
    telemetry.flush();
  } finally {
    if (before === undefined) delete process.env.POWERTOOLS_METRICS_NAMESPACE;
    else process.env.POWERTOOLS_METRICS_NAMESPACE = before;
  }
  const emf = JSON.parse(CAPTURED_LINES.slice(earlier).find((line) => line.includes('_aws')) ?? '{}');
  const [directive] = emf._aws.CloudWatchMetrics;
  const [[, alarm] = []] = resourcesOf<Record<string, unknown>>('AWS::CloudWatch::Alarm');
  const dimensions = directive.Dimensions[0].map((name: string) => ({ Name: name, Value: emf[name] }));
  const byName = (list: { Name: string }[]) => [...list].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  expect(byName(alarm?.Dimensions as { Name: string }[])).toEqual(byName(dimensions));
  expect(alarm).toMatchObject({
    Namespace: directive.Namespace,
    MetricName: directive.Metrics[0].Name,
    Period: 3600,
    EvaluationPeriods: 26,
    TreatMissingData: 'breaching',
  });
});

it('puts references to secrets into the environment, never secrets', () => {
  for (const [, { Environment }] of resourcesOf<FunctionProperties>('AWS::Lambda::Function')) {
    expect(Environment?.Variables).toMatchObject({
      HUBSPOT_CLIENT_SECRET: 'ssm:/set-owner-by-email/check/hubspot-client-secret',
      HUBSPOT_ACCESS_TOKEN: 'ssm:/set-owner-by-email/check/hubspot-access-token',
      TABLE_NAME: 'set-owner-by-email-check',
    });
  }
});

it('keeps the table: encrypted, restorable, protected, with expiry on the attribute that items carry', () => {
  const [[, table] = []] = resourcesOf<Record<string, unknown>>('AWS::DynamoDB::Table');
  expect(table).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    SSESpecification: { SSEEnabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAtEpochSeconds', Enabled: true },
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
});

describe.each(FUNCTIONS)('the package of %s', (name) => {
  it('is one file below the size budget', async () => {
    const zip = await readFile(join(folder, `${name}.zip`));
    const headers = zip.toString('latin1').split('PK\x01\x02').length - 1;
    expect(headers).toBe(1);
    expect((await stat(join(folder, `${name}.zip`))).size).toBeLessThan(250 * 1024);
  });
});

it('bundles nothing of the local stack or the tests, and no SDK by its root', async () => {
  const { outputFileExtension, exclude, ...settings } = JSON.parse(
    await readFile(join(PROJECT_DIR, 'esbuild.config.json'), 'utf8'),
  );
  expect([outputFileExtension, exclude]).toEqual(['.cjs', []]);
  const { metafile } = await build({
    ...settings,
    absWorkingDir: PROJECT_DIR,
    entryPoints: ['functions/*.ts'],
    outdir: folder,
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile?.inputs ?? {});
  expect(inputs).toContain('lib/domain/assignment.ts');
  expect(inputs.filter((path) => /^(local|test|bench)\//.test(path))).toEqual([]);
  expect(inputs.filter((path) => path.includes('lib/action/labels/'))).toEqual([]);
  expect(inputs.filter((path) => /@hubspot\/api-client\/lib\/(index|src\/client)/.test(path))).toEqual([]);
  expect(inputs.filter((path) => /node_modules\/(form-data|mime-db|@aws-sdk\/client-ssm)\//.test(path))).toEqual([]);
});
