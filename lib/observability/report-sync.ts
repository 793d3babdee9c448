import type { RefreshJob, RefreshOutcome } from '../domain/owner-sync.ts';
import type { Telemetry } from './telemetry.ts';

/** The dimensions that the alarm on overdue refreshes uses. */
export function toRefreshDimensions(outcome: RefreshOutcome) {
  return { outcome: outcome.kind, reason: 'reason' in outcome ? outcome.reason : 'none' };
}

/** One structured line a run: counts and IDs of the run, no people. */
export function reportSync({ log, metrics }: Telemetry, job: RefreshJob, outcome: RefreshOutcome): void {
  const { portalId, runId } = job;
  const reason = 'reason' in outcome ? outcome.reason : '';
  metrics.count('OwnerRefreshes', toRefreshDimensions(outcome));
  if (outcome.kind !== 'done') {
    log.info('owner refresh ended', { portalId, runId, outcome: outcome.kind, reason });
    return;
  }
  const { report } = outcome;
  metrics.measure('OwnerRefreshDurationMs', report.durationMs);
  log.info('owner refresh ended', {
    portalId,
    runId,
    outcome: 'done',
    active: report.active,
    archived: report.archived,
    ...report.totals,
    withoutEmail: report.withoutEmail,
    queues: report.queues,
    withoutUser: report.withoutUser,
    sharedEmails: report.sharedEmails,
    users: report.users.status,
    unresolvedEmails: report.unresolvedTotal,
    formerEmails: report.formerEmailsTotal,
    oddRows: report.oddRows,
    hubspotCalls: report.hubspotCalls,
    writes: report.writes,
    durationMs: report.durationMs,
  });
}
