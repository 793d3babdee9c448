import { startHubSpotSimulator } from '../local/simulator/hubspot-simulator.ts';
import { EXECUTION_CASES, type ExecutionCase, type Scene } from './execution-cases.ts';
import { NO_LIMITS, seedStaticPortal } from './portal.ts';
import type { Report } from './report.ts';
import { startService } from './service.ts';
import { mean, median } from './statistics.ts';

const EXECUTIONS = 25;

type Cost = { readonly calls: number; readonly reads: number; readonly writes: number };
type CaseCost = { readonly kind: ExecutionCase; readonly costs: readonly Cost[] };

/** What an execution asks of HubSpot and of DynamoDB. Counted, not timed, so that the simulator may run on this thread. */
export async function reportExecutionCost(report: Report, dynamoDbUrl: string): Promise<void> {
  report.heading(`HubSpot calls and DynamoDB requests per execution: average / max of ${EXECUTIONS}`);
  const simulator = await startHubSpotSimulator(NO_LIMITS);
  const { state, calls } = simulator;
  const people = seedStaticPortal(state);
  const service = await startService(dynamoDbUrl, simulator.url, state);
  const measured: CaseCost[] = [];
  try {
    for (const kind of EXECUTION_CASES) {
      const costs: Cost[] = [];
      for (let index = 0; index < EXECUTIONS; index += 1) {
        costs.push(await countOne(kind, { service, state, people, index }, calls));
      }
      measured.push({ kind, costs });
    }
    if (simulator.violations.length > 0) throw new Error(`HubSpot was called wrongly: ${simulator.violations[0]}`);
  } finally {
    service.close();
    await simulator.close();
  }
  print(report, measured);
}

async function countOne(kind: ExecutionCase, scene: Scene, calls: { mark(): number }): Promise<Cost> {
  const { service, delivery } = await kind.prepare(scene);
  const before = { ...service.usage, calls: calls.mark() };
  const { verdict } = await service.deliver(delivery);
  if (verdict !== kind.verdict) throw new Error(`"${kind.name}" came to ${verdict} instead of ${kind.verdict}`);
  return {
    calls: calls.mark() - before.calls,
    reads: service.usage.reads - before.reads,
    writes: service.usage.writes - before.writes,
  };
}

function print(report: Report, measured: readonly CaseCost[]): void {
  report.table(
    ['case', 'answer', 'HubSpot calls', 'reads', 'writes'],
    measured.map(({ kind, costs }) => [
      kind.name,
      kind.verdict,
      ...(['calls', 'reads', 'writes'] as const).map((what) => averageAndMax(costs.map((cost) => cost[what]))),
    ]),
  );
  report.line(
    'A second delivery reads once more here than on AWS: the embedded engine leaves the old item out of its refusal.',
  );
  report.line();
  const costsOf = (what: keyof Cost, belongs: (kind: ExecutionCase) => boolean) =>
    measured.filter(({ kind }) => belongs(kind)).map(({ costs }) => costs.map((cost) => cost[what]));
  const worst = (...of: Parameters<typeof costsOf>) => Math.max(...costsOf(...of).flat());
  const isNoChange = (kind: ExecutionCase) => kind.promise === 'no change';
  const isChange = (kind: ExecutionCase) => kind.promise === 'change';
  const isWarm = (kind: ExecutionCase) => kind.warmCache;
  // An email that nobody has is noted for the refresh's report: one write more, paid by those executions alone.
  const findsSomebody = (kind: ExecutionCase) => kind.promise !== 'none' && !kind.verdict.startsWith('OWNER_');
  const findsWithoutChange = (kind: ExecutionCase) => isNoChange(kind) && findsSomebody(kind);
  report.line(`An email that nobody has is noted for the report: ${worst('writes', isWarm)} writes at most.`);
  // Permits come in blocks, so some executions pay for others.
  const changeWrites = Math.max(...costsOf('writes', isChange).map(mean));
  // Once a minute, a container reads when the last refresh was.
  const usualReads = Math.max(...costsOf('reads', findsSomebody).map(median));
  const budgets = [
    { what: 'HubSpot calls, owner known and nothing changes', limit: 0, measured: worst('calls', isNoChange) },
    { what: 'HubSpot calls, owner known and it changes', limit: 1, measured: worst('calls', isChange) },
    { what: 'DynamoDB writes, warm, nothing changes', limit: 2, measured: worst('writes', findsWithoutChange) },
    { what: 'DynamoDB writes, warm, a change, on average', limit: 2.3, measured: changeWrites },
    { what: 'DynamoDB reads, warm, somebody found, at the median', limit: 1, measured: usualReads },
  ];
  for (const budget of budgets) report.budget({ ...budget, format });
}

function averageAndMax(values: readonly number[]): string {
  return `${format(mean(values))} / ${Math.max(...values)}`;
}

function format(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(2);
}
