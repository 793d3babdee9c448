import type { NightlyCounts } from '../../domain/digest.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { Handovers } from '../../ports/handovers.ts';
import type { Now } from '../../ports/telemetry.ts';

/** A little more than a day: a night's refresh does not begin to the minute. */
const SINCE_MS = 26 * 3_600_000;

export type CountNightlyDeps = { readonly handovers: Pick<Handovers, 'list'>; readonly now: Now };

/** How many records the nightly handovers that began in the last day moved, and of how many leavers. */
export function createCountNightly({ handovers, now }: CountNightlyDeps) {
  return async function countNightly(portalId: PortalId): Promise<NightlyCounts> {
    const since = now() - SINCE_MS;
    const moved = (await handovers.list(portalId)).filter(
      ({ maxCalls, plannedAtEpochMs, moved: { done } }) =>
        maxCalls !== undefined && plannedAtEpochMs > since && done > 0,
    );
    return {
      records: moved.reduce((sum, { moved: { done } }) => sum + done, 0),
      leavers: new Set(moved.map(({ leaverId }) => leaverId)).size,
    };
  };
}
