import { createSimulatorState } from '../local/simulator/state.ts';
import { type Contacts, seedContacts } from './portal.ts';
import { inMs, type Report } from './report.ts';
import { type Service, startService } from './service.ts';
import { median, quantile } from './statistics.ts';
import { startServerThread } from './workers.ts';

const WARM_UP = 100;
const JANE = 'jane@example.com';

type Scenario = { readonly change: boolean; readonly hubspotMs: number; readonly samples: number };
const SCENARIOS: readonly Scenario[] = [
  { change: true, hubspotMs: 0, samples: 1_000 },
  { change: false, hubspotMs: 0, samples: 1_000 },
  { change: true, hubspotMs: 50, samples: 300 },
  { change: false, hubspotMs: 50, samples: 300 },
];

type Sample = { readonly totalMs: number; readonly waitedMs: number };
type Run = Scenario & { readonly totals: readonly number[]; readonly waits: readonly number[] };

/** How long the warm set handler takes for one execution after another, with both servers on threads of their own. */
export async function reportLatency(report: Report, dynamoDbUrl: string): Promise<void> {
  const runs: Run[] = [];
  for (const scenario of SCENARIOS) runs.push(await measure(scenario, dynamoDbUrl));

  report.heading('Warm latency of the set handler, one execution at a time');
  report.table(
    ['case', 'HubSpot', 'samples', 'p50', 'p95', 'p99', 'max', 'of it waiting, p50'],
    runs.map(({ change, hubspotMs, totals, waits }) => [
      change ? 'change' : 'no change',
      `${hubspotMs} ms`,
      String(totals.length),
      ...[0.5, 0.95, 0.99, 1].map((share) => inMs(quantile(totals, share))),
      inMs(median(waits)),
    ]),
  );
  report.line(
    'Waiting: for the embedded DynamoDB and the HubSpot simulator; the rest is the handler, its log lines included.',
  );
  report.line();
  const budgeted = runs.find(({ change, hubspotMs }) => change && hubspotMs === 0);
  if (budgeted === undefined) throw new Error('the scenario with a budget was not measured');
  const what = 'warm latency, change, HubSpot 0 ms';
  report.budget({ what: `${what}, p50`, limit: 8, measured: median(budgeted.totals), format: inMs });
  report.budget({ what: `${what}, p99`, limit: 25, measured: quantile(budgeted.totals, 0.99), format: inMs });
}

async function measure(scenario: Scenario, dynamoDbUrl: string): Promise<Run> {
  const { change, hubspotMs, samples } = scenario;
  const seed: Contacts = { count: WARM_UP + samples, owner: change ? 'omar' : 'jane' };
  // The simulator's own state is on its thread; this one is alike, to build the executions from.
  const state = createSimulatorState(Date.now);
  const { contacts } = seedContacts(state, seed);

  const hubspot = await startServerThread('./hubspot-thread.ts', { latencyMs: hubspotMs, contacts: seed });
  const service = await startService(dynamoDbUrl, hubspot.url, state);
  try {
    const all: Sample[] = [];
    for (const contact of contacts) all.push(await sample(service, contact, change));
    const counted = all.slice(WARM_UP);
    return { ...scenario, totals: counted.map((each) => each.totalMs), waits: counted.map((each) => each.waitedMs) };
  } finally {
    service.close();
    await hubspot.stop();
  }
}

async function sample(service: Service, contact: string, change: boolean): Promise<Sample> {
  const delivery = service.enroll('set', { objectId: contact, inputFields: { ownerEmail: JANE } });
  const waitedBefore = service.usage.waitedMs;
  const startedAt = performance.now();
  const { verdict } = await service.deliver(delivery);
  const totalMs = performance.now() - startedAt;
  if (verdict !== (change ? 'ASSIGNED' : 'ALREADY_ASSIGNED')) throw new Error(`an execution came to ${verdict}`);
  return { totalMs, waitedMs: service.usage.waitedMs - waitedBefore };
}
