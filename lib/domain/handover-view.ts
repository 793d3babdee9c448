import {
  canStart,
  canUndo,
  countRecords,
  estimate,
  type Handover,
  type HandoverCounts,
  type HandoverPart,
  isUndo,
  isWorking,
  resultsOf,
  type UnreadablePart,
} from './handover.ts';

/** A handover as people see it: IDs, counts and codes, no emails. */
export type HandoverView = {
  readonly handoverId: string;
  readonly status: Handover['status'];
  readonly isStopped: boolean;
  readonly isWorking: boolean;
  /** It was stopped, and what the last step did is still to be counted. */
  readonly isCounting?: true;
  readonly reason?: string;
  readonly leaverOwnerId: string;
  /** Empty if the property is cleared. */
  readonly targetOwnerId: string;
  /** HubSpot's user ID of the requester; empty for operators. */
  readonly requestedBy: string;
  /** ISO 8601. */
  readonly plannedAt: string;
  /** Required by `start`, which then starts exactly this plan. Absent until it is planned. */
  readonly digest?: string;
  readonly records: number;
  readonly parts: readonly HandoverPart[];
  readonly unreadable: readonly UnreadablePart[];
  /** The minimum number of calls for the move. */
  readonly calls: number;
  readonly minutes: number;
  /** Of the plan, the move or the undo: records, and minutes at the pace of bulk work. */
  readonly progress: { readonly done: number; readonly total: number; readonly minutesLeft: number };
  readonly moved: HandoverCounts;
  readonly undone: HandoverCounts;
  /** Records that the leaver still owned after the move. */
  readonly remaining?: number;
  readonly canStart: boolean;
  readonly canUndo: boolean;
};

export function viewHandover(handover: Handover, digest: string): HandoverView {
  const { id, status, isStopped, reason, leaverId, target, requestedBy, plannedAtEpochMs, remaining } = handover;
  const { parts, unreadable, found, batches, position, isUncounted } = handover;
  const { moved, undone } = resultsOf(handover);
  const isPlanning = status === 'planning';
  const records = countRecords(parts) + found.records;
  const isGivenBack = isUndo(status);
  const done = sumOf(isGivenBack ? undone : moved);
  return {
    handoverId: id,
    status,
    isStopped,
    isWorking: isWorking(handover),
    ...(isUncounted && { isCounting: true as const }),
    ...(reason !== undefined && { reason }),
    leaverOwnerId: leaverId,
    targetOwnerId: target,
    requestedBy,
    plannedAt: new Date(plannedAtEpochMs).toISOString(),
    ...(!isPlanning && { digest }),
    records,
    parts,
    unreadable,
    ...estimate(batches),
    progress: {
      done,
      total: isGivenBack ? Math.max(moved.done, done) : records,
      minutesLeft: estimate(batches - position).minutes,
    },
    moved,
    undone,
    ...(remaining !== undefined && { remaining }),
    canStart: canStart(handover),
    canUndo: canUndo(handover),
  };
}

function sumOf({ done, leftAlone, missing, refused }: HandoverCounts): number {
  return done + leftAlone + missing + refused;
}
