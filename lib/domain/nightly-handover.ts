import { farthestEpochMs } from './ages.ts';
import { countRecords, type Handover } from './handover.ts';
import type { OwnerId } from './ids.ts';

/** What came of one leaver's handover in the last night: IDs, counts and codes, no emails. */
export type NightlyHandover = {
  readonly leaverOwnerId: OwnerId;
  /** `notStarted`: the leaver is active again, no successor of theirs is active, or there was no refresh since it was asked for. */
  readonly status: Handover['status'] | 'notStarted';
  readonly isStopped: boolean;
  readonly reason?: string;
  /** Absent where none was started. */
  readonly handoverId?: string;
  readonly planned: number;
  readonly moved: number;
  readonly leftAlone: number;
  readonly missing: number;
  readonly refused: number;
  /** Object types and owner properties that could not be read. */
  readonly unreadable: number;
  /** It had made all the calls that it may make in a night: the next one moves what is left. */
  readonly isCapped: boolean;
};

/** A little more than a day: a night's refresh does not begin to the minute. */
const SINCE_MS = 26 * 3_600_000;

/** The reason of a handover that had made all of its calls. */
export const CALLS_SPENT = 'CALLS_SPENT';

function toNightly(handover: Handover): NightlyHandover {
  const { id, leaverId, status, isStopped, reason, parts, found, moved, unreadable } = handover;
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

/** @param leaverIds whose records go over every night */
export function ofLastNight(
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

/** A whole night: of how many leavers records were moved, and at how many handovers somebody has to look. */
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

/** The rest of a capped one is moved the next night. */
export function hasFailed({ status, isStopped, isCapped }: NightlyHandover): boolean {
  return status === 'notStarted' || status === 'failed' || (isStopped && !isCapped);
}
