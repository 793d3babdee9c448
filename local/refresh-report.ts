import type { UsersReading } from '../lib/domain/crm-user.ts';
import { type PortalId, parsePortalId } from '../lib/domain/ids.ts';
import type { RefreshReport } from '../lib/domain/owner-sync.ts';
import { createSyncState } from '../lib/store/owner-sync-state.ts';
import { localDynamoDbClient } from './clients.ts';
import type { Environment } from './environment.ts';
import { formatUnresolved } from './unresolved-table.ts';

/** The portal of the static token; undefined where portals install the app. */
export function configuredPortal({ HUBSPOT_CLIENT_ID, HUBSPOT_PORTAL_ID }: Environment): PortalId | undefined {
  return HUBSPOT_CLIENT_ID === undefined ? parsePortalId(HUBSPOT_PORTAL_ID) : undefined;
}

/** What the last refresh of a portal found, from the table; undefined before the first. */
export async function readRefreshReport(
  environment: Environment,
  portalId: PortalId | undefined,
): Promise<RefreshReport | undefined> {
  if (portalId === undefined) return undefined;
  const client = localDynamoDbClient(environment);
  try {
    const state = createSyncState({ client, tableName: environment.TABLE_NAME ?? '' }, Date.now);
    return (await state.readState(portalId)).report;
  } finally {
    client.destroy();
  }
}

export function formatRefreshReport(report: RefreshReport): string {
  const { active, archived, queues, withoutEmail, withoutUser, sharedEmails, totals } = report;
  const { hubspotCalls, writes, durationMs, oddRows } = report;
  return [
    `Owner refresh: ${active} active, ${archived} archived, ${queues} queue(s), ${withoutEmail} without an email`,
    `  ${totals.joined} new, ${totals.deactivated} deactivated, ${totals.reactivated} reactivated, ${totals.removed} gone`,
    `  ${totals.emailChanged} with another email, ${totals.teamChanged} with other teams`,
    `  ${withoutUser} active without a user, ${sharedEmails} email(s) that several active people share`,
    `  Users: ${formatUsers(report.users)}`,
    ...(oddRows > 0 ? [`  ${oddRows} row(s) could not be read and were left out`] : []),
    `  ${hubspotCalls} HubSpot calls, ${writes} writes, ${durationMs} ms`,
    ...formatUnresolved(report),
  ].join('\n');
}

function formatUsers(users: UsersReading): string {
  switch (users.status) {
    case 'read':
      return `${users.users} read, ${users.withoutOwner} without an owner`;
    case 'not_granted':
      return `not granted (crm.objects.users.read), asked on ${new Date(users.askedAtEpochMs).toISOString().slice(0, 10)}`;
    case 'unavailable':
      return 'HubSpot did not give them; what was known of them stays';
  }
}
