import type { PortalId } from '../../domain/ids.ts';
import { type NightlyHandover, notStarted, toNightly } from '../../domain/nightly-handover.ts';
import type { Handovers, NightlyHandovers } from '../../ports/handovers.ts';
import type { Now } from '../../ports/telemetry.ts';

/** A little more than a day: a night's refresh does not begin to the minute. */
const SINCE_MS = 26 * 3_600_000;

export type ReportNightlyDeps = {
  readonly handovers: Pick<Handovers, 'list'> & Pick<NightlyHandovers, 'listNightly'>;
  readonly now: Now;
};

/** What the nightly handovers of the last day came to so far, by leaver, and for which leavers there was none. */
export function createReportNightly({ handovers, now }: ReportNightlyDeps) {
  return async function reportNightly(portalId: PortalId): Promise<readonly NightlyHandover[]> {
    const since = now() - SINCE_MS;
    const [all, leaverIds] = await Promise.all([handovers.list(portalId), handovers.listNightly(portalId)]);
    const recent = all.filter((one) => one.maxCalls !== undefined && one.plannedAtEpochMs > since);
    const begun = new Set(recent.map(({ leaverId }) => leaverId));
    const idle = leaverIds.filter((leaverId) => !begun.has(leaverId));
    return [...recent.map(toNightly), ...idle.map(notStarted)].sort(
      (one, other) => Number(one.leaverOwnerId) - Number(other.leaverOwnerId),
    );
  };
}
