import { readQuery } from './metric-query.ts';

export type Dimensions = Readonly<Record<string, string>>;
/** Values that a metric got within a minute, as CloudWatch keeps them. */
export type Sample = {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Dimensions;
  readonly minute: number;
  readonly values: readonly number[];
};

type MetricStat = {
  readonly Stat: string;
  readonly Period: number;
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  };
};
export type Alarm = {
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly EvaluateLowSampleCountPercentile?: string;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: MetricStat['Metric']['Dimensions'];
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly Period?: number;
    readonly MetricStat?: MetricStat;
  }[];
};

type Value = number | undefined;
/** `tooFew`: a percentile of so few values that an alarm may ignore it. */
type Datapoint = { readonly value: Value; readonly tooFew?: boolean };

/**
 * Whether an alarm is raised at any moment of that many minutes, as CloudWatch decides from the samples: periods, statistics,
 * missing data, the metric math and queries that this service writes (alarm evaluation, metric math, CloudWatch user guide, read
 * 2026-11-26). A metric is only found under the very dimensions that it was written with.
 */
export function isRaised(alarm: Alarm, samples: readonly Sample[], minutes: number): boolean {
  const period = periodOf(alarm);
  const points = Array.from({ length: Math.ceil((minutes * 60) / period) }, (_, index) =>
    datapoint(alarm, samples, (index * period) / 60, period / 60),
  );
  const { EvaluationPeriods: periods, DatapointsToAlarm: needed = periods } = alarm;
  return points.some((_point, last) => {
    if (last + 1 < periods) return false;
    const judged = points.slice(last + 1 - periods, last + 1);
    // Such a period leaves the alarm as it is.
    const isIgnored = alarm.EvaluateLowSampleCountPercentile === 'ignore' && judged.some(({ tooFew }) => tooFew);
    return !isIgnored && judged.filter(({ value }) => isBreaching(alarm, value)).length >= needed;
  });
}

function isBreaching({ ComparisonOperator, Threshold, TreatMissingData }: Alarm, value: Value): boolean {
  if (value === undefined) return TreatMissingData === 'breaching';
  if (ComparisonOperator === 'GreaterThanOrEqualToThreshold') return value >= Threshold;
  if (ComparisonOperator === 'LessThanThreshold') return value < Threshold;
  throw new Error(`unknown comparison ${ComparisonOperator}`);
}

function periodOf({ Period, Metrics = [] }: Alarm): number {
  const periods = new Set([Period, ...Metrics.map((each) => each.Period ?? each.MetricStat?.Period)]);
  periods.delete(undefined);
  const [period] = periods;
  if (period === undefined || periods.size > 1) throw new Error('an alarm has one period');
  return period;
}

function datapoint(alarm: Alarm, samples: readonly Sample[], from: number, minutes: number): Datapoint {
  const inTime = samples.filter(({ minute }) => minute >= from && minute < from + minutes);
  const { Namespace = '', MetricName = '', Dimensions = [], Statistic, ExtendedStatistic, Metrics = [] } = alarm;
  if (Metrics.length === 0) {
    return aggregate(inTime, { Namespace, MetricName, Dimensions }, ExtendedStatistic ?? Statistic ?? '');
  }
  const values = new Map<string, Value>();
  for (const { Id, MetricStat: stat } of Metrics) {
    if (stat !== undefined) values.set(Id, aggregate(inTime, stat.Metric, stat.Stat).value);
  }
  const expression = Metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
  return { value: expression.startsWith('SELECT') ? select(expression, inTime) : compute(expression, values) };
}

function aggregate(samples: readonly Sample[], metric: MetricStat['Metric'], statistic: string): Datapoint {
  const wanted = Object.fromEntries(metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const found = samples.filter(
    (sample) =>
      sample.namespace === metric.Namespace && sample.metric === metric.MetricName && isSame(sample.dimensions, wanted),
  );
  const values = found.flatMap((sample) => sample.values).sort((one, other) => one - other);
  const percentile = /^p(\d+)$/.exec(statistic)?.[1];
  if (percentile === undefined) return { value: summarize(values, statistic) };
  const share = Number(percentile) / 100;
  return { value: values[Math.ceil(values.length * share) - 1], tooFew: values.length < 10 / (1 - share) };
}

function isSame(one: Dimensions, other: Dimensions): boolean {
  const sorted = (dimensions: Dimensions) => JSON.stringify(Object.entries(dimensions).sort());
  return sorted(one) === sorted(other);
}

function summarize(values: readonly number[], statistic: string): Value {
  if (values.length === 0) return undefined;
  if (statistic === 'Sum' || statistic === 'SUM') return values.reduce((sum, value) => sum + value, 0);
  if (statistic === 'Maximum' || statistic === 'MAX') return Math.max(...values);
  throw new Error(`unknown statistic ${statistic}`);
}

/** Metrics Insights: all series that were written with exactly the dimensions that SCHEMA names. */
function select(expression: string, samples: readonly Sample[]): Value {
  const { metric, namespace, dimensions, where } = readQuery(expression);
  const found = samples.filter(
    (sample) =>
      sample.metric === metric &&
      sample.namespace === namespace &&
      JSON.stringify(Object.keys(sample.dimensions).sort()) === JSON.stringify(dimensions) &&
      Object.entries(where).every(([key, value]) => sample.dimensions[key] === value),
  );
  const statistic = /^SELECT (\w+)\(/.exec(expression)?.[1] ?? '';
  return summarize(
    found.flatMap(({ values }) => values),
    statistic,
  );
}

/** Metric math of one period. What is missing makes a result missing, unless it is filled or summed. */
function compute(expression: string, values: ReadonlyMap<string, Value>): Value {
  const functions = {
    FILL: (value: Value, filled: number) => value ?? filled,
    IF: (condition: boolean, yes: Value, no: Value) => (condition ? yes : no),
    METRICS: () => [...values.values()].filter((value) => value !== undefined),
    SUM: (summed: readonly number[]) => summarize(summed, 'Sum'),
  };
  const names = [...Object.keys(functions), ...values.keys()];
  const run = new Function(...names, `return ${expression};`);
  const result: unknown = run(...Object.values(functions), ...values.values());
  return typeof result === 'number' && !Number.isNaN(result) ? result : undefined;
}
