import { parsePortalId } from '../lib/domain/ids.ts';
import type { RefreshReport } from '../lib/domain/refresh.ts';
import { createRefreshState } from '../lib/store/refresh-state.ts';
import { localDynamoDbClient } from './clients.ts';
import type { Environment } from './environment.ts';

/** What the last refresh of the configured portal found, from the table; undefined before the first. */
export async function readRefreshReport(environment: Environment): Promise<RefreshReport | undefined> {
  const portalId = parsePortalId(environment.HUBSPOT_PORTAL_ID);
  if (portalId === undefined) return undefined;
  const client = localDynamoDbClient(environment);
  try {
    const state = createRefreshState({ client, tableName: environment.TABLE_NAME ?? '' }, Date.now);
    return (await state.readState(portalId)).report;
  } finally {
    client.destroy();
  }
}

export function formatRefreshReport(report: RefreshReport): string {
  const { active, archived, queues, withoutEmail, joined, deactivated, removed, hubspotCalls, writes, durationMs } =
    report;
  return [
    `Owner refresh: ${active} active, ${archived} archived, ${queues} queue(s), ${withoutEmail} without an e-mail`,
    `  ${joined.length} new, ${deactivated.length} deactivated, ${removed.length} gone`,
    `  ${hubspotCalls} HubSpot calls, ${writes} writes, ${durationMs} ms`,
  ].join('\n');
}
