import type { PortalId } from '../lib/domain/ids.ts';
import { watchHeap } from './heap.ts';
import { type PortalSet, tokensOf, toPortalId } from './refresh-portals.ts';
import { writeListingsOnly } from './refresh-seeding.ts';
import { type RefreshService, startRefreshService } from './refresh-service.ts';
import { usedSince } from './refresh-usage.ts';
import { inSeconds, inTimes, type Report } from './report.ts';
import { startServerThread } from './workers.ts';

/** Ten times as many owners may take this many times as long. */
const MOST_TIMES = 12;
const SMALLER: PortalSet = { firstPortalId: 22_000_001, portals: 1, active: 9_000, archived: 1_000 };
const LARGER: PortalSet = { firstPortalId: 22_000_002, portals: 1, active: 90_000, archived: 10_000 };
const HUBSPOT_MS = 50;

/** Two large portals, in a night after which one owner in a hundred is different. */
export async function reportLarge(report: Report, dynamoDbUrl: string): Promise<void> {
  const nights = [await measureNight(SMALLER, dynamoDbUrl), await measureNight(LARGER, dynamoDbUrl)] as const;
  report.line();
  report.line(`Portals with one archived owner in ten, 1 % changed, HubSpot ${HUBSPOT_MS} ms:`);
  report.table(
    ['owners', 'changed owners', 'writes', 'per changed owner', 'reads', 'calls', 'took', 'heap before', 'heap peak'],
    nights.map(({ owners, changed, used, heap, tookMs }) => [
      String(owners),
      String(changed),
      String(used.writes),
      (used.writes / changed).toFixed(2),
      String(used.reads),
      String(used.calls),
      inSeconds(tookMs),
      inMb(heap.before),
      inMb(heap.peak),
    ]),
  );
  report.line('Heap: of the thread that runs the refresh, garbage included, looked at every 5 ms.');
  const [smaller, larger] = nights;
  const what = `refresh of ${larger.owners} owners, time against ${smaller.owners}`;
  report.budget({ what, limit: MOST_TIMES, measured: larger.tookMs / smaller.tookMs, format: inTimes });
}

async function measureNight(set: PortalSet, dynamoDbUrl: string) {
  const hubspot = await startServerThread('./refresh-hubspot-thread.ts', { latencyMs: HUBSPOT_MS, set });
  const servers = { dynamoDbUrl, hubspotUrl: hubspot.url };
  const first = await startRefreshService(servers, tokensOf(set), writeListingsOnly);
  const service = await startRefreshService(servers, tokensOf(set));
  try {
    const portalId = toPortalId(set.firstPortalId);
    await first.refresh(portalId);
    const changed = Number(await hubspot.ask('change'));
    return { owners: set.active + set.archived, changed, ...(await measure(service, portalId)) };
  } finally {
    first.close();
    service.close();
    await hubspot.stop();
  }
}

async function measure(service: RefreshService, portalId: PortalId) {
  const before = { ...service.usage };
  const heap = watchHeap();
  const startedAt = performance.now();
  await service.refresh(portalId);
  return { tookMs: performance.now() - startedAt, heap: heap.end(), used: usedSince(before, service.usage) };
}

function inMb(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
