import { basename } from 'node:path';

/**
 * AWS list prices of eu-central-1 in US dollars, written down on 2026-11-25. docs/costs.md says which of them are confirmed, and
 * by what. No free tier and no discount is counted.
 */
const PRICES = {
  /** Lambda arm64, first tier: a GB-second, and a million requests. */
  lambdaGbSecond: 0.0000133334,
  lambdaMillionRequests: 0.2,
  /** API Gateway, HTTP API: a million requests of up to 512 kB, first 300 million. */
  apiMillionRequests: 1.2,
  /** DynamoDB on demand: a million write and read request units; a GB of table and of its continuous backup a month. */
  tableMillionWrites: 0.7625,
  tableMillionReads: 0.1525,
  tableGbMonth: 0.306,
  backupGbMonth: 0.2448,
  /** SQS, standard queues: a million requests. */
  queueMillionRequests: 0.4,
  /** KMS: a key a month, and a million requests. */
  keyMonth: 1,
  keyMillionRequests: 3,
  /** CloudWatch: a GB of log taken in; a custom metric, and a metric that an alarm looks at, a month. */
  logGb: 0.63,
  metricMonth: 0.3,
  alarmMetricMonth: 0.1,
  /** X-Ray: a million traces recorded. */
  traceMillion: 5,
} as const;

/** What one execution and one portal use. The budgets of the benchmarks bound the first four; the rest is assumed. */
const USAGE = {
  /** 200 ms of 512 MB: one call to HubSpot of 120 ms, and what is ours. */
  gbSecondsPerExecution: 0.1,
  /**
   * Ledger: begun and answered. One for the rate budget: permits are taken five at a time but are good for a second, so that
   * a single execution takes five and uses one.
   */
  writesPerExecution: 3,
  readsPerExecution: 1,
  /** One log line of the function, the metrics, and Lambda's own three lines. */
  logKbPerExecution: 2.5,
  /** A ledger row of 0.6 kB for nine days of thirty. */
  storedKbPerExecution: 0.6 * (9 / 30),
  /** More for an execution that is queued: sent one by one, received and deleted by tens. */
  queueRequestsPerQueued: 1.2,
  /** Its result in the ledger; of two calls that do a hundred, their permits, and the note on the callbacks that the second one completes. */
  writesPerQueued: 1.15,
  /** Whether it has a result, read consistently; the owner by email; the owner's name. */
  readsPerQueued: 2,
  gbSecondsPerQueued: 0.02,
  /** A portal's month: thirty nights of a refresh, and its tokens decrypted by a few containers now and then. */
  gbSecondsPerPortal: 30 * 0.5,
  writesPerPortal: 30 * 2,
  readsPerPortal: 30 * 20,
  queueRequestsPerPortal: 30 * 3,
  keyRequestsPerPortal: 30 * 20,
  /** 500 owners, five rows of half a kB each. */
  storedKbPerPortal: 500 * 5 * 0.5,
  /** Lambda looks into each of three queues with five pollers, every 20 seconds, whether or not something is there. */
  idleQueueRequests: 3 * 5 * 3 * 60 * 24 * 30,
  /** Series that are alive in a month, and metrics that the alarms look at. */
  metrics: 60,
  alarmMetrics: 50,
} as const;

export type Month = {
  readonly executions: number;
  readonly portals: number;
  /** Of the executions, 0 to 1. */
  readonly queuedShare: number;
  /** Portals install the app, so that their tokens are encrypted with the KMS key, which is there in any case. */
  readonly isOAuth: boolean;
};

const MILLION = 1_000_000;
const KB_PER_GB = 1_000_000;

/** Dollars a month, by what they are paid for. */
export function monthlyCost({ executions, portals, queuedShare, isOAuth }: Month): ReadonlyMap<string, number> {
  const queued = executions * queuedShare;
  const sum = (perExecution: number, perQueued: number, perPortal: number) =>
    executions * perExecution + queued * perQueued + portals * perPortal;
  const gbSeconds = sum(USAGE.gbSecondsPerExecution, USAGE.gbSecondsPerQueued, USAGE.gbSecondsPerPortal);
  const writes = sum(USAGE.writesPerExecution, USAGE.writesPerQueued, USAGE.writesPerPortal);
  const reads = sum(USAGE.readsPerExecution, USAGE.readsPerQueued, USAGE.readsPerPortal);
  const queueRequests = USAGE.idleQueueRequests + sum(0, USAGE.queueRequestsPerQueued, USAGE.queueRequestsPerPortal);
  const storedGb = sum(USAGE.storedKbPerExecution, 0, USAGE.storedKbPerPortal) / KB_PER_GB;
  const keyRequests = portals * USAGE.keyRequestsPerPortal;
  return new Map([
    ['Lambda', gbSeconds * PRICES.lambdaGbSecond + (executions / MILLION) * PRICES.lambdaMillionRequests],
    ['API Gateway', (executions / MILLION) * PRICES.apiMillionRequests],
    [
      'DynamoDB',
      (writes * PRICES.tableMillionWrites + reads * PRICES.tableMillionReads) / MILLION +
        storedGb * (PRICES.tableGbMonth + PRICES.backupGbMonth),
    ],
    ['SQS', (queueRequests / MILLION) * PRICES.queueMillionRequests],
    ['KMS', PRICES.keyMonth + (isOAuth ? (keyRequests / MILLION) * PRICES.keyMillionRequests : 0)],
    ['CloudWatch logs', ((executions * USAGE.logKbPerExecution) / KB_PER_GB) * PRICES.logGb],
    [
      'CloudWatch metrics and alarms',
      USAGE.metrics * PRICES.metricMonth + USAGE.alarmMetrics * PRICES.alarmMetricMonth,
    ],
    ['X-Ray', (executions / MILLION) * PRICES.traceMillion],
  ]);
}

type Column = { readonly title: string; readonly month: Month };
const ONE_PORTAL = { portals: 1, queuedShare: 0, isOAuth: false };
const COLUMNS: readonly Column[] = [
  { title: '10,000', month: { ...ONE_PORTAL, executions: 10_000 } },
  { title: '100,000', month: { ...ONE_PORTAL, executions: 100_000 } },
  { title: '1,000,000', month: { ...ONE_PORTAL, executions: 1_000_000 } },
  {
    title: '1,000,000, 100 portals, half queued',
    month: { executions: 1_000_000, portals: 100, queuedShare: 0.5, isOAuth: true },
  },
];

/** The table of docs/costs.md; a test holds the two together. */
export function costTable(): string {
  const costs = COLUMNS.map(({ month }) => monthlyCost(month));
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const dollars = (value: number) => value.toFixed(2);
  const names = [...(costs[0] ?? new Map<string, number>()).keys()];
  const totals = costs.map((cost) => [...cost.values()].reduce((sum, value) => sum + value, 0));
  return [
    row(['$ a month', ...COLUMNS.map(({ title }) => title)]),
    row(['---', ...COLUMNS.map(() => '---:')]),
    ...names.map((name) => row([name, ...costs.map((cost) => dollars(cost.get(name) ?? 0))])),
    row(['**Together**', ...totals.map((total) => `**${dollars(total)}**`)]),
  ].join('\n');
}

if (basename(process.argv[1] ?? '') === 'monthly-cost.ts') process.stdout.write(`${costTable()}\n`);
