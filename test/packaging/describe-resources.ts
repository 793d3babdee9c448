import { MAX_RECEIVES } from '../support/scripted-queue.ts';
import { createSchemaCheck } from './resource-schema.ts';
import type { Packages, ServicePackage } from './service-package.ts';
import { functionsOf, type Properties, resourcesOf } from './template.ts';

type Queue = {
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod: number;
  readonly SqsManagedSseEnabled: boolean;
  readonly RedrivePolicy?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
};
type Mapping = {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly BatchSize: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly FunctionResponseTypes: readonly string[];
  readonly ScalingConfig: { readonly MaximumConcurrency: number };
};

/** How long HubSpot waits for a paused execution (custom workflow actions guide, read 2026-11-23). */
const PAUSED_FOR_SECONDS = 7 * 86_400;
/** What AWS advises at least, because throttled invocations count (using Lambda with SQS, Lambda guide, read 2026-11-26). */
const FEWEST_RECEIVES = 5;
/** The longest that SQS keeps a message. */
const LONGEST_SECONDS = 14 * 86_400;
/** API Gateway's own time-out of an HTTP API. */
const API_SECONDS = 30;

const queuesOf = ({ evaluated }: ServicePackage) => resourcesOf<Queue>(evaluated, 'AWS::SQS::Queue');
const mappingsOf = ({ evaluated }: ServicePackage) => [
  ...resourcesOf<Mapping>(evaluated, 'AWS::Lambda::EventSourceMapping').values(),
];
const deadLettersOf = (service: ServicePackage) =>
  [...queuesOf(service).values()].flatMap(({ RedrivePolicy }) => RedrivePolicy?.deadLetterTargetArn ?? []);

/** What AWS calls a resource by, where we say it. */
function physicalNames({ evaluated }: ServicePackage): string[] {
  return evaluated.resources.flatMap(({ type, properties }) =>
    Object.entries(properties).flatMap(([key, value]) => {
      const ownName = `${type.split('::')[2]}Name`;
      const isName = /^(Name|AliasName|LogGroupName|DashboardName)$/.test(key) || key === ownName;
      return isName && type !== 'AWS::ApiGatewayV2::DomainName' && type !== 'AWS::ApiGatewayV2::Stage'
        ? [String(value)]
        : [];
    }),
  );
}

export function describeResources(packages: () => Packages): void {
  it('The template contains only resources and properties that AWS publishes, each of the right type', () => {
    const check = createSchemaCheck();
    for (const service of Object.values(packages())) expect(check(service.evaluated)).toEqual([]);
  });

  it('The template depends on nothing that does not exist', () => {
    const { Resources } = packages().full.template;
    const waited = Object.values(Resources).flatMap((resource) => ('DependsOn' in resource ? resource.DependsOn : []));
    expect(waited.flat().filter((name) => !(String(name) in Resources))).toEqual([]);
  });

  it('[C3] The visibility timeout of a queue is six times the timeout of its function, plus the batch window', () => {
    const service = packages().full;
    const functions = resourcesOf<{ Timeout: number }>(service.evaluated, 'AWS::Lambda::Function');
    const queues = queuesOf(service);
    const mappings = mappingsOf(service);
    expect(mappings.map(({ EventSourceArn }) => EventSourceArn).sort()).toEqual([
      'AssignDeadLetterQueue.Arn',
      'AssignQueue.Arn',
      'RefreshQueue.Arn',
    ]);
    for (const { EventSourceArn, FunctionName, MaximumBatchingWindowInSeconds: window = 0 } of mappings) {
      const timeout = functions.get(FunctionName.replace('.Arn', ''))?.Timeout ?? Number.NaN;
      const hidden = queues.get(EventSourceArn.replace('.Arn', ''))?.VisibilityTimeout;
      expect([EventSourceArn, hidden]).toEqual([EventSourceArn, 6 * timeout + window]);
    }
  });

  it('[C3] No function behind the API runs longer than the API waits, and no action longer than HubSpot waits', () => {
    const { evaluated } = packages().full;
    const functions = functionsOf(evaluated);
    const integrations = resourcesOf<{ IntegrationUri: string }>(evaluated, 'AWS::ApiGatewayV2::Integration');
    expect(integrations.size).toBe(7);
    for (const name of integrations.keys()) {
      const named = name.replace('HttpApiIntegration', '');
      const timeout = functions.get(`${named[0]?.toLowerCase()}${named.slice(1)}`)?.Timeout ?? Number.NaN;
      expect(timeout).toBeLessThan(API_SECONDS);
    }
    // The work's own limit is 8 seconds; HubSpot gives up after about 20.
    expect(functions.get('setOwnerByEmail')?.Timeout).toBeGreaterThan(8);
    expect(functions.get('setOwnerByEmail')?.Timeout).toBeLessThan(20);
  });

  it('[C4] What an asynchronous source cannot deliver is kept', () => {
    const service = packages().full;
    const deadLetters = deadLettersOf(service);
    const queues = queuesOf(service);
    for (const { EventSourceArn, FunctionResponseTypes } of mappingsOf(service)) {
      const redrive = queues.get(EventSourceArn.replace('.Arn', ''))?.RedrivePolicy;
      // What fails in the dead-letter queue's own function stays there.
      if (!deadLetters.includes(EventSourceArn))
        expect(redrive?.maxReceiveCount).toBeGreaterThanOrEqual(FEWEST_RECEIVES);
      expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
    expect(deadLetters.filter((arn) => !queues.has(arn.replace('.Arn', '')))).toEqual([]);

    const [schedule] = resourcesOf(service.evaluated, 'AWS::Scheduler::Schedule').values();
    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: {
        Arn: 'ScheduleOwnerRefreshLambdaFunction.Arn',
        RoleArn: 'SchedulerRole.Arn',
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 },
        DeadLetterConfig: { Arn: 'ScheduleDeadLetterQueue.Arn' },
      },
    });
    const [invocations] = resourcesOf(service.evaluated, 'AWS::Lambda::EventInvokeConfig').values();
    expect(invocations).toMatchObject({
      FunctionName: 'ScheduleOwnerRefreshLambdaFunction',
      DestinationConfig: { OnFailure: { Destination: 'ScheduleDeadLetterQueue.Arn' } },
    });
  });

  it('[Q6] Lambda lets messages come back to the functions that queue them again, as often as they do', () => {
    const service = packages().plain;
    // All that take from a queue send to one of these, too. By default, about sixteen copies in a row are the end.
    const functions = resourcesOf(service.evaluated, 'AWS::Lambda::Function');
    const takers = mappingsOf(service).map(({ FunctionName }) => FunctionName.replace('.Arn', ''));
    const allowed = [...functions].flatMap(([name, { RecursiveLoop }]) => (RecursiveLoop === 'Allow' ? [name] : []));
    expect(allowed.sort()).toEqual(takers.sort());
  });

  it('[W7] A message of an execution is tried as often as in the tests before its workflow gets the failure', () => {
    const { RedrivePolicy } = queuesOf(packages().full).get('AssignQueue') ?? {};
    expect(RedrivePolicy).toEqual({ deadLetterTargetArn: 'AssignDeadLetterQueue.Arn', maxReceiveCount: MAX_RECEIVES });
  });

  it('[C4, Q14] Messages are kept longer than HubSpot waits for an execution, and are encrypted', () => {
    for (const [name, { MessageRetentionPeriod, SqsManagedSseEnabled }] of queuesOf(packages().full)) {
      expect([name, MessageRetentionPeriod, SqsManagedSseEnabled]).toEqual([name, LONGEST_SECONDS, true]);
    }
    expect(LONGEST_SECONDS).toBeGreaterThanOrEqual(2 * PAUSED_FOR_SECONDS);
  });

  it('[C4] The logs of every function are kept, for no longer than configured', () => {
    for (const [{ evaluated }, days] of [
      [packages().plain, 30],
      [packages().full, 90],
    ] as const) {
      const groups = resourcesOf(evaluated, 'AWS::Logs::LogGroup');
      expect([...groups.values()].map(({ RetentionInDays }) => RetentionInDays)).toEqual(Array(groups.size).fill(days));
      expect([...groups.values()].map(({ LogGroupName }) => LogGroupName).sort()).toEqual(
        [...functionsOf(evaluated).values()].map(({ FunctionName }) => `/aws/lambda/${FunctionName}`).sort(),
      );
    }
  });

  it('[C4] The table is encrypted, restorable and protected, with expiry on the attribute that items have', () => {
    const { template, evaluated } = packages().plain;
    expect(template.Resources.Table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(template.Resources.TokenKey).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(resourcesOf(evaluated, 'AWS::KMS::Key').get('TokenKey')).toMatchObject({ EnableKeyRotation: true });
    expect(resourcesOf<Properties>(evaluated, 'AWS::DynamoDB::Table').get('Table')).toMatchObject({
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

  it('[C9] Every name contains the stage, so that two stages in an account share nothing', () => {
    const [one, other] = [packages().plain, packages().full].map((service) => {
      const names = physicalNames(service);
      expect(names.length).toBeGreaterThan(50);
      expect(
        names.filter(
          (name) =>
            !name.includes(`set-owner-by-email-${service.stage}`) && name !== `${service.stage}-set-owner-by-email`,
        ),
      ).toEqual([]);
      return new Set(names);
    });
    expect([...(one ?? [])].filter((name) => other?.has(name))).toEqual([]);
    const namespaces = Object.values(packages()).map(
      ({ evaluated }) =>
        functionsOf(evaluated).get('setOwnerByEmail')?.Environment?.Variables.POWERTOOLS_METRICS_NAMESPACE,
    );
    expect(namespaces).toEqual(['SetOwnerByEmail/check', 'SetOwnerByEmail/other']);
  });

  it('[Q16] The number of workers is limited at their queues, and the action separately if the AWS account has room', () => {
    const limits = (service: ServicePackage) =>
      [...functionsOf(service.evaluated)].flatMap(([name, { ReservedConcurrentExecutions: limit }]) =>
        limit === undefined ? [] : [[name, limit]],
      );
    // A new account may run ten functions at a time and lets none be reserved.
    expect(limits(packages().plain)).toEqual([]);
    expect(limits(packages().full)).toEqual([['setOwnerByEmail', 50]]);
    expect(
      mappingsOf(packages().full).map(({ FunctionName, BatchSize, ScalingConfig: { MaximumConcurrency } }) => [
        FunctionName,
        BatchSize,
        MaximumConcurrency,
      ]),
    ).toEqual([
      ['AssignOwnersLambdaFunction.Arn', 500, 5],
      ['FailStrandedLambdaFunction.Arn', 100, 2],
      ['RefreshOwnersLambdaFunction.Arn', 1, 10],
    ]);
  });

  it('[X7] A flood of foreign requests reaches no function beyond the rate that HubSpot itself sends', () => {
    const limitsOf = ({ evaluated }: ServicePackage) =>
      resourcesOf(evaluated, 'AWS::ApiGatewayV2::Stage').get('HttpApiStage');
    expect(limitsOf(packages().plain)).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 400, ThrottlingBurstLimit: 800 },
    });
  });

  it('Every function is traced', () => {
    for (const { TracingConfig } of functionsOf(packages().full.evaluated).values()) {
      expect(TracingConfig).toEqual({ Mode: 'Active' });
    }
  });

  it('The API answers under its own domain when one is configured', () => {
    const [plain, full] = [packages().plain, packages().full].map(({ evaluated }) => ({
      domains: [...resourcesOf(evaluated, 'AWS::ApiGatewayV2::DomainName').values()],
      mappings: [...resourcesOf(evaluated, 'AWS::ApiGatewayV2::ApiMapping').values()],
      target: evaluated.outputs.DomainTarget,
    }));
    expect(plain).toEqual({ domains: [], mappings: [], target: undefined });
    expect(full).toMatchObject({
      domains: [{ DomainName: 'owner.example.com', DomainNameConfigurations: [{ SecurityPolicy: 'TLS_1_2' }] }],
      mappings: [{ DomainName: 'ApiDomain', ApiId: 'HttpApi', Stage: '$default' }],
      target: 'ApiDomain.RegionalDomainName',
    });
  });
}
