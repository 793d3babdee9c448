import type { ObjectId, ObjectTypeId, OwnerId } from './ids.ts';
import { LOWEST_LIMIT, paceOf } from './rate-limit.ts';

/** Who gets the records; `''` clears the property. */
export type HandoverTarget = OwnerId | '';

/** The records of one object type whose owner property holds the leaver. */
export type HandoverPart = {
  readonly objectType: ObjectTypeId;
  readonly property: string;
  /** The name that HubSpot shows. */
  readonly label: string;
  readonly records: number;
};

export type OpenPart = Omit<HandoverPart, 'records'>;

/**
 * Why the records of an owner property are not part of a plan: HubSpot cannot search by it, it may hold several people, or its
 * description is in an unknown form.
 */
type LeftOutFor = 'notSearchable' | 'severalOwners' | 'unclear';

/** A part that the plan leaves out, because it could not be read. */
export type UnreadablePart = {
  readonly objectType: ObjectTypeId;
  /** The missing scopes of the whole object type. Empty if HubSpot does not say, or if `property` is set. */
  readonly scopes: readonly string[];
  /** Set if only this owner property could not be read. */
  readonly property?: string;
  readonly label?: string;
  readonly why?: LeftOutFor;
};

/**
 * `planning` → `planned` → `moving` → `moved` → `undoing` → `undone`. It can be stopped and continued while it moves or undoes.
 * `failed`: it can never continue, for the given reason.
 */
type HandoverStatus = 'planning' | 'planned' | 'moving' | 'moved' | 'undoing' | 'undone' | 'failed';

/** The results for the records of a plan, or of an undo. They add up to the records that were read. */
export type HandoverCounts = {
  /** They hold the target, or the leaver again. */
  readonly done: number;
  /** Somebody changed their owner meanwhile, so they are not changed. */
  readonly leftAlone: number;
  /** HubSpot does not have them under this ID any more: deleted, or merged into another. */
  readonly missing: number;
  /** HubSpot refuses to change them. */
  readonly refused: number;
};

export type Handover = {
  readonly id: string;
  readonly leaverId: OwnerId;
  readonly target: HandoverTarget;
  readonly status: HandoverStatus;
  readonly isStopped: boolean;
  /** A code, if it failed or stopped without a request. */
  readonly reason?: string;
  /** When it was planned. An owner that was set after that is not changed. */
  readonly plannedAtEpochMs: number;
  /** HubSpot's user ID of the requester; empty for operators. */
  readonly requestedBy: string;
  /** The IDs of the page's requests that changed it, the last ones. */
  readonly requestIds?: readonly string[];
  /** Set for a handover that starts right after its plan: the maximum number of calls. */
  readonly maxCalls?: number;
  readonly parts: readonly HandoverPart[];
  readonly unreadable: readonly UnreadablePart[];
  /** The owner properties that are still to be searched while it is planned; undefined until they are listed. */
  readonly openParts: readonly OpenPart[] | undefined;
  /** Owner properties that the leaver had no records in when it was planned. Older rows and nightly handovers have none. */
  readonly emptyParts?: readonly OpenPart[];
  /** How often in a row HubSpot failed. Absent after a successful step. */
  readonly failures?: number;
  /** The last record that was found in the first open part, and the number found in that part. */
  readonly found: { readonly lastId?: ObjectId; readonly records: number };
  /** How many batches the plan has, and how many of them are moved or undone. */
  readonly batches: number;
  readonly position: number;
  readonly moved: HandoverCounts;
  readonly undone: HandoverCounts;
  /** It was stopped, and no run has counted yet how many records of the batches after `position` were written. */
  readonly isUncounted?: boolean;
  /** If it was stopped: records of the batches after `position` that were written. The next step counts them again. */
  readonly ahead?: number;
  /** How many owner properties were counted for `remaining`, and how many records they had so far. */
  readonly counting?: { readonly parts: number; readonly records: number };
  /** Records that the leaver still owned at the end: they came after the plan, or the plan left them out. */
  readonly remaining?: number;
  readonly calls: number;
};

/** One batch of a plan, of records of one type. Numbers count from 0 in the order in which they are moved. */
export type HandoverBatch = {
  readonly objectType: ObjectTypeId;
  readonly property: string;
  readonly ids: readonly ObjectId[];
};

/** Records that we were about to write between two moments. Some of them may not have been written. */
export type BatchWrites = {
  readonly ids: readonly ObjectId[];
  readonly firstAtEpochMs: number;
  readonly lastAtEpochMs: number;
};

/** A write reaches HubSpot within the life of the function, which may wait for permits before it. */
export const LIFE_OF_A_RUN_MS = 6 * 60_000;

export const NO_COUNTS: HandoverCounts = { done: 0, leftAlone: 0, missing: 0, refused: 0 };

/** A handover before its first step. */
export function beginHandover(
  begun: Pick<Handover, 'id' | 'leaverId' | 'target' | 'plannedAtEpochMs' | 'requestedBy' | 'maxCalls'>,
): Handover {
  return {
    ...begun,
    status: 'planning',
    isStopped: false,
    parts: [],
    unreadable: [],
    openParts: undefined,
    found: { records: 0 },
    batches: 0,
    position: 0,
    moved: NO_COUNTS,
    undone: NO_COUNTS,
    calls: 0,
  };
}

export function addCounts(one: HandoverCounts, other: HandoverCounts): HandoverCounts {
  return {
    done: one.done + other.done,
    leftAlone: one.leftAlone + other.leftAlone,
    missing: one.missing + other.missing,
    refused: one.refused + other.refused,
  };
}

/** The text that the digest of a plan is computed from. A caller that gives the digest means exactly these records. */
export function describePlan({ leaverId, target, parts, plannedAtEpochMs }: Handover): string {
  const rows = parts.map(({ objectType, property, records }) => [objectType, property, records]);
  return JSON.stringify([leaverId, target, plannedAtEpochMs, rows]);
}

export function countRecords(parts: readonly HandoverPart[]): number {
  return parts.reduce((sum, { records }) => sum + records, 0);
}

/** One call reads a batch, one call writes it. */
export const BATCH_CALLS = 2;

const MAX_REQUEST_IDS = 20;

/** With the ID of the request that changed it, so that the same request is recognized when it is repeated. */
export function addRequestId(handover: Handover, requestId: string | undefined): Handover {
  if (requestId === undefined) return handover;
  return { ...handover, requestIds: [...(handover.requestIds ?? []), requestId].slice(-MAX_REQUEST_IDS) };
}

export function isChangedBy({ requestIds = [] }: Handover, requestId: string | undefined): boolean {
  return requestId !== undefined && requestIds.includes(requestId);
}

/** A step of it may be under way, or may have crashed. */
export function stopped(handover: Handover): Handover {
  return { ...handover, isStopped: true, isUncounted: true };
}

export function isUndo(status: Handover['status']): boolean {
  return status === 'undoing' || status === 'undone';
}

/** The results up to now, for people. */
export function resultsOf({ status, moved, undone, ahead = 0 }: Handover): Pick<Handover, 'moved' | 'undone'> {
  if (!isUndo(status)) return { moved: { ...moved, done: moved.done + ahead }, undone };
  const given = { ...undone, done: undone.done + ahead };
  // An undo that began at once after a stop finds what was not counted.
  return { moved: { ...moved, done: Math.max(moved.done, given.done) }, undone: given };
}

/** What moving it takes at least: calls to HubSpot, and minutes under the lowest limit if nothing else slows it down. */
export function estimate(batches: number): { readonly calls: number; readonly minutes: number } {
  const { intervalMs } = paceOf(LOWEST_LIMIT);
  const calls = batches * BATCH_CALLS;
  return { calls, minutes: Math.ceil((calls * intervalMs) / 60_000) };
}

/** Whether the status allows the request. */
export function canStart({ status, isStopped }: Handover): boolean {
  return status === 'planned' || ((status === 'moving' || status === 'undoing') && isStopped);
}

export function canUndo({ status, isStopped }: Handover): boolean {
  return status === 'moved' || (status === 'moving' && isStopped);
}

export function isWorking({ status, isStopped }: Handover): boolean {
  return !isStopped && (status === 'planning' || status === 'moving' || status === 'undoing');
}
