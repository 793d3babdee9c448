import { watchHeap } from './heap.ts';
import { type PortalSet, tokensOf, toPortalId } from './refresh-portals.ts';
import { writeListingsOnly } from './refresh-seeding.ts';
import { type RefreshService, startRefreshService } from './refresh-service.ts';
import { usedSince } from './refresh-usage.ts';
import { inSeconds, type Report } from './report.ts';
import { startServerThread } from './workers.ts';

const SET: PortalSet = { firstPortalId: 22_000_001, portals: 1, active: 9_000, archived: 1_000 };
const HUBSPOT_MS = 50;

/** One large portal, in a night after which one owner in a hundred is different. */
export async function reportLarge(report: Report, dynamoDbUrl: string): Promise<void> {
  const hubspot = await startServerThread('./refresh-hubspot-thread.ts', { latencyMs: HUBSPOT_MS, set: SET });
  const servers = { dynamoDbUrl, hubspotUrl: hubspot.url };
  const first = await startRefreshService(servers, tokensOf(SET), writeListingsOnly);
  const service = await startRefreshService(servers, tokensOf(SET));
  try {
    await first.refresh(toPortalId(SET.firstPortalId));
    const changed = Number(await hubspot.ask('change'));
    const { used, heap, tookMs } = await measure(service);

    report.line();
    report.line(`One portal, ${SET.active} active and ${SET.archived} archived owners, HubSpot ${HUBSPOT_MS} ms:`);
    report.table(
      ['night', 'changed owners', 'writes', 'per changed owner', 'reads', 'calls', 'took', 'heap before', 'heap peak'],
      [
        [
          '1 % changed',
          String(changed),
          String(used.writes),
          (used.writes / changed).toFixed(2),
          String(used.reads),
          String(used.calls),
          inSeconds(tookMs),
          inMb(heap.before),
          inMb(heap.peak),
        ],
      ],
    );
    report.line('Heap: of the thread that runs the refresh, garbage included, looked at every 5 ms.');
  } finally {
    first.close();
    service.close();
    await hubspot.stop();
  }
}

async function measure(service: RefreshService) {
  const before = { ...service.usage };
  const heap = watchHeap();
  const startedAt = performance.now();
  await service.refresh(toPortalId(SET.firstPortalId));
  return { tookMs: performance.now() - startedAt, heap: heap.end(), used: usedSince(before, service.usage) };
}

function inMb(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
