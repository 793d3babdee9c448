import { farthestEpochMs } from './ages.ts';
import { countRecords, type Handover, resultsOf } from './handover.ts';
import type { OwnerId } from './ids.ts';

/** The result of one leaver's handover in the last night: IDs, counts and codes, no emails. */
export type NightlyHandover = {
  readonly leaverOwnerId: OwnerId;
  /** `notStarted`: the leaver is active again, they have no active successor, or there was no refresh since the request. */
  readonly status: Handover['status'] | 'notStarted';
  readonly isStopped: boolean;
  readonly reason?: string;
  /** Absent if none was started. */
  readonly handoverId?: string;
  readonly planned: number;
  readonly moved: number;
  readonly leftAlone: number;
  readonly missing: number;
  readonly refused: number;
  /** Object types and owner properties that could not be read. */
  readonly unreadable: number;
  /** It used all the calls of one night. The next night moves the rest. */
  readonly isCapped: boolean;
};

/** A little more than a day, because a refresh does not begin at exactly the same time every night. */
const SINCE_MS = 26 * 3_600_000;

/** The reason of a handover that used all of its calls. */
export const CALLS_SPENT = 'CALLS_SPENT';

function toNightly(handover: Handover): NightlyHandover {
  const { id, leaverId, status, isStopped, reason, parts, found, unreadable } = handover;
  const { moved } = resultsOf(handover);
  return {
    leaverOwnerId: leaverId,
    status,
    isStopped,
    ...(reason !== undefined && { reason }),
    handoverId: id,
    planned: countRecords(parts) + found.records,
    moved: moved.done,
    leftAlone: moved.leftAlone,
    missing: moved.missing,
    refused: moved.refused,
    unreadable: unreadable.length,
    isCapped: reason === CALLS_SPENT,
  };
}

export function notStarted(leaverOwnerId: OwnerId): NightlyHandover {
  const nothing = { planned: 0, moved: 0, leftAlone: 0, missing: 0, refused: 0, unreadable: 0 };
  return { leaverOwnerId, status: 'notStarted', isStopped: false, ...nothing, isCapped: false };
}

/** @param leaverIds the leavers with a nightly handover */
export function reportLastNight(
  all: readonly Handover[],
  leaverIds: readonly OwnerId[],
  nowEpochMs: number,
): readonly NightlyHandover[] {
  const recent = all.filter(({ maxCalls, plannedAtEpochMs }) => {
    const isRecent = plannedAtEpochMs > nowEpochMs - SINCE_MS && plannedAtEpochMs <= farthestEpochMs(nowEpochMs);
    return maxCalls !== undefined && isRecent;
  });
  const begun = new Set(recent.map(({ leaverId }) => leaverId));
  const idle = leaverIds.filter((leaverId) => !begun.has(leaverId));
  return [...recent.map(toNightly), ...idle.map(notStarted)].sort(
    (one, other) => Number(one.leaverOwnerId) - Number(other.leaverOwnerId),
  );
}

/** A whole night: the number of leavers whose records were moved, and of handovers that somebody has to check. */
export type NightlySum = {
  readonly moved: number;
  readonly leftAlone: number;
  readonly leavers: number;
  readonly toCheck: number;
};

export function sumUp(nightly: readonly NightlyHandover[]): NightlySum {
  const handedOver = nightly.filter(({ moved }) => moved > 0);
  return {
    moved: handedOver.reduce((sum, { moved }) => sum + moved, 0),
    leftAlone: nightly.reduce((sum, { leftAlone }) => sum + leftAlone, 0),
    leavers: new Set(handedOver.map(({ leaverOwnerId }) => leaverOwnerId)).size,
    toCheck: nightly.filter((one) => hasFailed(one) || one.unreadable > 0).length,
  };
}

/** A capped one has not failed: the next night moves the rest. */
export function hasFailed({ status, isStopped, isCapped }: NightlyHandover): boolean {
  return status === 'notStarted' || status === 'failed' || (isStopped && !isCapped);
}
