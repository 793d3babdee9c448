import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import { toRefreshDimensions } from '../../lib/observability/report-sync.ts';
import { countedInSources, type Emitted, emitAll, METRICS } from './emitted-metrics.ts';
import { readQuery } from './metric-query.ts';
import type { Packages, ServicePackage } from './service-package.ts';
import { functionsOf, resourcesOf } from './template.ts';

type Dimension = { readonly Name: string; readonly Value: string };
type MetricStat = {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly Dimension[];
  };
};
type Alarm = {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly string[];
  readonly OKActions?: readonly string[];
  readonly TreatMissingData: string;
  readonly Threshold: number;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly Dimension[];
  readonly Period?: number;
  readonly EvaluationPeriods: number;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly Period?: number;
    readonly ReturnData?: boolean;
    readonly MetricStat?: MetricStat;
  }[];
};

/** Metrics of AWS that alarms look at, with the dimensions that AWS gives them (metrics for HTTP APIs, for queues, for functions; AWS guides). */
const OF_AWS: Readonly<Record<string, readonly string[]>> = {
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName'],
  'AWS/SQS ApproximateNumberOfMessagesNotVisible': ['QueueName'],
  'AWS/SQS ApproximateAgeOfOldestMessage': ['QueueName'],
  'AWS/Lambda Errors': ['FunctionName'],
  'AWS/Lambda Throttles': ['FunctionName'],
  'AWS/Lambda Duration': ['FunctionName'],
  'AWS/ApiGateway 4xx': ['ApiId', 'Stage'],
  'AWS/ApiGateway 5xx': ['ApiId', 'Stage'],
  'AWS/ApiGateway Count': ['ApiId', 'Stage'],
};

/** What must not happen unseen. */
const WATCHED = [
  'ConfigInvalid',
  'SecretsUnavailable',
  'StoreUnavailable',
  'HubSpotContractBroken',
  'HubSpotErrorShareHigh',
  'HubSpotDailyLimitReached',
  'HubSpotTokenRejected',
  'OwnerListingRefused',
  'OwnerRefreshes',
  'OAuthClientRefused',
  'TokenCipherFailed',
  'TokenSaveFailed',
  'ExecutionConflict',
  'ExecutionsStranded',
  'ExecutionsLate',
  'QueuedExecutionAgeMs',
  'MessagesUnreadable',
  'RequestUnreadable',
  'SignatureRejected',
  'UnexpectedError',
];

const alarmsOf = ({ evaluated }: ServicePackage) => resourcesOf<Alarm>(evaluated, 'AWS::CloudWatch::Alarm');
const statsOf = ({ Namespace, MetricName, Dimensions = [], Metrics = [] }: Alarm): MetricStat['Metric'][] => [
  ...(Namespace === undefined || MetricName === undefined ? [] : [{ Namespace, MetricName, Dimensions }]),
  ...Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric])),
];
const queriesOf = ({ Metrics = [] }: Alarm) =>
  Metrics.flatMap(({ Expression = '' }) => (Expression.startsWith('SELECT') ? [readQuery(Expression)] : []));

export function describeAlarms(packages: () => Packages): void {
  let emitted: ReadonlyMap<string, Emitted>;
  beforeAll(() => {
    emitted = emitAll('SetOwnerByEmail/other');
  });

  it('[C4] Alarms use only metrics that are written, with the dimensions that they are written with', () => {
    for (const [name, alarm] of alarmsOf(packages().full)) {
      const looked = [
        ...queriesOf(alarm).map(({ namespace, metric, dimensions }) => ({ metric, namespace, dimensions })),
        ...statsOf(alarm)
          .filter(({ Namespace }) => !Namespace.startsWith('AWS/'))
          .map(({ Namespace: namespace, MetricName: metric, Dimensions }) => ({
            metric,
            namespace,
            dimensions: Dimensions.map((dimension) => dimension.Name).sort(),
          })),
      ];
      for (const { metric, ...look } of looked) {
        const unit = metric.endsWith('Ms') ? 'Milliseconds' : 'Count';
        expect([name, metric, emitted.get(metric)]).toEqual([name, metric, { ...look, unit }]);
      }
    }
  });

  it('[C4] Alarms on AWS metrics use the dimensions that AWS gives them', () => {
    for (const alarm of alarmsOf(packages().full).values()) {
      for (const { Namespace, MetricName, Dimensions } of statsOf(alarm)) {
        if (!Namespace.startsWith('AWS/')) continue;
        const dimensions = Dimensions.map(({ Name }) => Name);
        expect([Namespace, MetricName, dimensions]).toEqual([
          Namespace,
          MetricName,
          OF_AWS[`${Namespace} ${MetricName}`],
        ]);
      }
    }
  });

  it('A metric has the same dimensions wherever it is counted', () => {
    const sorted = (dimensions: readonly string[] = []) => [...dimensions].sort();
    for (const { name, dimensions } of countedInSources()) {
      expect([name, sorted(dimensions)]).toEqual([name, sorted(METRICS[name as keyof typeof METRICS])]);
    }
  });

  it('Every metric that has a name is counted', () => {
    expect([...new Set(countedInSources().map(({ name }) => name))].sort()).toEqual(Object.keys(METRICS).sort());
  });

  it('[C4, C10] An alarm watches everything that must not happen unnoticed', () => {
    const alarms = [...alarmsOf(packages().plain).values()];
    const watched = alarms.flatMap((alarm) => [
      ...queriesOf(alarm).map(({ metric }) => metric),
      ...statsOf(alarm).flatMap(({ Namespace, MetricName }) => (Namespace.startsWith('AWS/') ? [] : [MetricName])),
    ]);
    expect([...new Set(watched)].sort()).toEqual([...WATCHED].sort());
    const mismatch = alarmsOf(packages().plain).get('SignatureMismatchAlarm');
    expect(mismatch === undefined ? [] : queriesOf(mismatch)).toMatchObject([{ where: { reason: 'mismatch' } }]);
  });

  it('[C4] An alarm watches every queue of failed messages, and how long work has waited', () => {
    const service = packages().full;
    const queues = [...resourcesOf(service.evaluated, 'AWS::SQS::Queue').keys()];
    const looked = (metric: string) =>
      [...alarmsOf(service).values()]
        .flatMap(statsOf)
        .filter(({ MetricName }) => MetricName === metric)
        .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => Value.replace('.QueueName', '')));
    const isDead = (name: string) => name.endsWith('DeadLetterQueue');
    expect(looked('ApproximateNumberOfMessagesVisible').sort()).toEqual(queues.filter(isDead).sort());
    // What a function takes from a queue is in flight; most of the time it is nowhere else.
    const sources = resourcesOf<{ EventSourceArn: string }>(service.evaluated, 'AWS::Lambda::EventSourceMapping');
    const taken = [...sources.values()].map(({ EventSourceArn }) => EventSourceArn.replace('.Arn', ''));
    expect(looked('ApproximateNumberOfMessagesNotVisible')).toEqual(taken.filter(isDead));
    expect(looked('ApproximateAgeOfOldestMessage').sort()).toEqual(queues.filter((name) => !isDead(name)).sort());
  });

  it.each(['Errors', 'Throttles'])(
    '[C4] An alarm watches the %s of every function that no operator invokes',
    (metric) => {
      const service = packages().full;
      const looked = [...alarmsOf(service).values()].flatMap((alarm) =>
        statsOf(alarm).filter(({ Namespace, MetricName }) => Namespace === 'AWS/Lambda' && MetricName === metric),
      );
      // Whoever invokes a function by hand sees that it failed.
      const watched = [...functionsOf(service.evaluated)].flatMap(([name, { Description }]) =>
        Description.startsWith('By invoke only') ? [] : [name],
      );
      expect(looked.flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => Value)).sort()).toEqual(
        watched.map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`).sort(),
      );
    },
  );

  it('[R15] An alarm is raised when no refresh was completed in 26 hours, by the metric that a completed one writes', () => {
    const { outcome, reason } = toRefreshDimensions({ kind: 'done', report: {} as RefreshReport });
    expect(alarmsOf(packages().full).get('OwnerRefreshOverdueAlarm')).toMatchObject({
      Namespace: 'SetOwnerByEmail/other',
      MetricName: 'OwnerRefreshes',
      Dimensions: [
        { Name: 'service', Value: 'set-owner-by-email' },
        { Name: 'functionName', Value: 'refreshOwners' },
        { Name: 'outcome', Value: outcome },
        { Name: 'reason', Value: reason },
      ],
      Period: 3600,
      EvaluationPeriods: 26,
      TreatMissingData: 'breaching',
    });
  });

  it('Every alarm says what happened and why it has its threshold, and notifies the given address', () => {
    const plain = [...alarmsOf(packages().plain).values()];
    expect(plain.length).toBe(alarmsOf(packages().full).size);
    for (const { AlarmDescription } of plain) expect(AlarmDescription).toMatch(/^[A-Z].{20,}[.] ?[A-Z].{15,}[.]$/);
    expect(plain.flatMap(({ AlarmActions = [], OKActions = [] }) => [...AlarmActions, ...OKActions])).toEqual([]);
    for (const { AlarmActions, OKActions } of alarmsOf(packages().full).values()) {
      expect([AlarmActions, OKActions]).toEqual([['AlarmTopic'], ['AlarmTopic']]);
    }
    const [subscription] = resourcesOf(packages().full.evaluated, 'AWS::SNS::Subscription').values();
    expect(subscription).toEqual({ TopicArn: 'AlarmTopic', Protocol: 'email', Endpoint: 'ops@example.com' });
  });

  it('Every alarm requests one result, for no more time than CloudWatch looks back', () => {
    for (const [name, { Metrics = [], Period = 300, EvaluationPeriods }] of alarmsOf(packages().full)) {
      if (Metrics.length > 0)
        expect([name, Metrics.filter(({ ReturnData }) => ReturnData !== false)]).toHaveProperty('1.length', 1);
      expect(Metrics.length).toBeLessThanOrEqual(10);
      // A day, or a week where the period is an hour or more (PutMetricAlarm, CloudWatch API reference).
      expect(Period * EvaluationPeriods).toBeLessThanOrEqual(Period < 3600 ? 86_400 : 604_800);
    }
  });
}
