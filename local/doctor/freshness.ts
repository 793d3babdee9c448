import type { PortalId } from '../../lib/domain/ids.ts';
import type { OwnerSyncStore } from '../../lib/ports/store.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';

const HOUR_MS = 3_600_000;
/** The same limit as the alarm's: a nightly run and two hours. */
const OVERDUE_AFTER_MS = 26 * HOUR_MS;

/**
 * When a portal's owners were last compared with HubSpot's, to the last page.
 * @param refreshNow the command that compares them now
 */
export async function checkFreshness(
  store: Pick<OwnerSyncStore, 'readState'>,
  portalId: PortalId,
  nowEpochMs: number,
  refreshNow: string,
): Promise<Finding> {
  const subject = `owners of account ${portalId}`;
  const { lastCompleteStartedAtEpochMs } = await store.readState(portalId);
  if (lastCompleteStartedAtEpochMs === 0) return skipped(subject, `were never refreshed; ${refreshNow}`);
  const ageMs = nowEpochMs - lastCompleteStartedAtEpochMs;
  const age = ageMs < HOUR_MS ? `${Math.round(ageMs / 60_000)} min` : `${Math.round(ageMs / HOUR_MS)} h`;
  if (ageMs <= OVERDUE_AFTER_MS) return good(subject, `were refreshed ${age} ago`);
  return wrong(subject, `were last refreshed ${age} ago; look at the log of refreshOwners, then ${refreshNow}`);
}
