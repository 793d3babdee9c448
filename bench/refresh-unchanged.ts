import { type PortalSet, tokensOf, toPortalId } from './refresh-portals.ts';
import { startRefreshService } from './refresh-service.ts';
import { usedSince } from './refresh-usage.ts';
import type { Report } from './report.ts';
import { startServerThread } from './workers.ts';

const SET: PortalSet = { firstPortalId: 21_000_001, portals: 1, active: 700, archived: 300 };
/** The most owners HubSpot lists in one call (owners OpenAPI 2026-09, read 2026-11-23). */
const PAGE = 500;

/** What a night costs in which nothing happened. */
export async function reportUnchanged(report: Report, dynamoDbUrl: string): Promise<void> {
  const hubspot = await startServerThread('./refresh-hubspot-thread.ts', { latencyMs: 0, set: SET });
  const service = await startRefreshService({ dynamoDbUrl, hubspotUrl: hubspot.url }, tokensOf(SET));
  try {
    const portalId = toPortalId(SET.firstPortalId);
    const first = await service.refresh(portalId);
    const before = { ...service.usage };
    await service.refresh(portalId);
    const used = usedSince(before, service.usage);

    report.line(
      `One portal, ${SET.active} active and ${SET.archived} archived owners, first refresh: ${first.writes} writes.`,
    );
    report.line(`The refresh after it, nothing changed: ${used.reads} reads (${used.readUnits} units).`);
    const calls = Math.ceil(SET.active / PAGE) + Math.ceil(SET.archived / PAGE);
    const what = 'refresh, unchanged portal';
    report.budget({ what: `${what}, HubSpot calls`, limit: calls, measured: used.calls, format: String });
    // The report, and one block of permits.
    report.budget({ what: `${what}, DynamoDB writes`, limit: 2, measured: used.writes, format: String });
  } finally {
    service.close();
    await hubspot.stop();
  }
}
