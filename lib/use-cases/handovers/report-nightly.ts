import type { PortalId } from '../../domain/ids.ts';
import { type NightlyHandover, reportLastNight } from '../../domain/nightly-handover.ts';
import type { Handovers, NightlyHandovers } from '../../ports/handovers.ts';
import type { Now } from '../../ports/telemetry.ts';

export type ReportNightlyDeps = {
  readonly handovers: Pick<Handovers, 'list'> & Pick<NightlyHandovers, 'listNightly'>;
  readonly now: Now;
};

/** The results of the nightly handovers of the last day by leaver, and the leavers for whom none was started. */
export function createReportNightly({ handovers, now }: ReportNightlyDeps) {
  return async function reportNightly(portalId: PortalId): Promise<readonly NightlyHandover[]> {
    const [all, leaverIds] = await Promise.all([handovers.list(portalId), handovers.listNightly(portalId)]);
    return reportLastNight(all, leaverIds, now());
  };
}
