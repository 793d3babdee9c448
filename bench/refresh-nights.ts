import { SQSClient } from '@aws-sdk/client-sqs';
import { createQueue, startEmbeddedSqs } from '../local/embedded-sqs.ts';
import { type PortalSet, tokensOf } from './refresh-portals.ts';
import { reportCost } from './refresh-prices.ts';
import { type Night, runNight } from './refresh-queue.ts';
import { writeListingsOnly } from './refresh-seeding.ts';
import { type RefreshServers, startRefreshService } from './refresh-service.ts';
import { inSeconds, type Report } from './report.ts';
import { startServerThread } from './workers.ts';

const ALL: PortalSet = { firstPortalId: 23_000_001, portals: 1_000, active: 180, archived: 20 };
/** First refreshes write each owner five times, which the embedded engine cannot do for all of them in a bench's time. */
const NEW: PortalSet = { ...ALL, firstPortalId: 24_000_001, portals: 5 };
const HUBSPOT_MS = 50;
const BUDGET_MS = 120_000;
/** How long is waited at most, so that the bench ends. */
const LIMIT_MS = 180_000;

type Named = { readonly name: string; readonly set: PortalSet; readonly changed: number; readonly night: Night };

/** Many portals, from the schedule to the last one. */
export async function reportNights(report: Report, dynamoDbUrl: string): Promise<void> {
  const first = await withServers(dynamoDbUrl, NEW, async (servers) => [
    { name: 'first refresh', set: NEW, changed: ownersOf(NEW), night: await night(servers, NEW) },
  ]);
  const second = await withServers(dynamoDbUrl, ALL, async (servers, change) => {
    await night(servers, ALL, writeListingsOnly);
    const unchanged = await night(servers, ALL);
    const changed = await change();
    return [
      { name: 'later night, nothing changed', set: ALL, changed: 0, night: unchanged },
      { name: 'later night, 1 % changed', set: ALL, changed, night: await night(servers, ALL) },
    ];
  });
  print(report, [...first, ...second]);
  const ordinary = second[1];
  if (ordinary === undefined) throw new Error('the night with a budget was not measured');
  const what = `refresh of ${ALL.portals} portals × ${ownersOf(ALL) / ALL.portals} owners, 1 % changed, HubSpot ${HUBSPOT_MS} ms`;
  report.budget({ what, limit: BUDGET_MS, measured: ordinary.night.tookMs, format: inSeconds });
  reportCost(report, ordinary.night, ALL.portals);
}

async function withServers(
  dynamoDbUrl: string,
  set: PortalSet,
  measure: (servers: RefreshServers, change: () => Promise<number>) => Promise<Named[]>,
): Promise<Named[]> {
  const hubspot = await startServerThread('./refresh-hubspot-thread.ts', { latencyMs: HUBSPOT_MS, set });
  const sqs = await startEmbeddedSqs();
  try {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new SQSClient({ endpoint: sqs.endpoint, region: 'eu-central-1', credentials });
    const queueUrl = await createQueue(client, { name: 'refresh', visibilityTimeoutSeconds: 300 });
    client.destroy();
    const queue = { url: sqs.endpoint, queueUrl };
    const servers = { dynamoDbUrl, hubspotUrl: hubspot.url, sqs: queue };
    return await measure(servers, async () => Number(await hubspot.ask('change')));
  } finally {
    await sqs.close();
    await hubspot.stop();
  }
}

/** In containers of its own. */
async function night(
  servers: RefreshServers,
  set: PortalSet,
  prepareTable?: Parameters<typeof startRefreshService>[2],
): Promise<Night> {
  const service = await startRefreshService(servers, tokensOf(set), prepareTable);
  try {
    return await runNight(service, servers.sqs?.queueUrl ?? '', LIMIT_MS);
  } finally {
    service.close();
  }
}

function print(report: Report, nights: readonly Named[]): void {
  report.line();
  report.line(
    `Many portals of ${ownersOf(ALL) / ALL.portals} owners, ten runs at once, from the schedule to the last:`,
  );
  report.table(
    ['night', 'portals', 'changed owners', 'writes', 'reads', 'HubSpot calls', 'SQS requests', 'Lambda', 'took'],
    nights.map(({ name, set, changed, night: { used, invokedMs, tookMs } }) => [
      name,
      String(set.portals),
      String(changed),
      String(used.writes),
      String(used.reads),
      String(used.calls),
      String(used.sqsRequests),
      inSeconds(invokedMs),
      inSeconds(tookMs),
    ]),
  );
  report.line(
    `First refreshes are measured on ${NEW.portals} portals. Of the ${ALL.portals} only the listings were in the table before.`,
  );
  report.line();
}

function ownersOf({ portals, active, archived }: PortalSet): number {
  return portals * (active + archived);
}
