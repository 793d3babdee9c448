import type { ObjectId, ObjectTypeId, OwnerId } from './ids.ts';
import { LOWEST_LIMIT, paceOf } from './rate-limit.ts';

/** Who gets the records; `''` clears the property. */
export type HandoverTarget = OwnerId | '';

/** The records of one object type whose owner property holds the leaver. */
export type HandoverPart = {
  readonly objectType: ObjectTypeId;
  readonly property: string;
  /** As people see it in HubSpot. */
  readonly label: string;
  readonly records: number;
};

export type OpenPart = Omit<HandoverPart, 'records'>;

/**
 * Why the records of an owner property are not part of a plan: HubSpot cannot search by it, it may hold several people, or HubSpot
 * describes it in an unknown way.
 */
type LeftOutFor = 'notSearchable' | 'severalOwners' | 'unclear';

/** What could not be read, and so is not part of the plan. */
export type UnreadablePart = {
  readonly objectType: ObjectTypeId;
  /** What is missing for the whole object type; empty where HubSpot does not say, and where a property is named. */
  readonly scopes: readonly string[];
  /** Where it is one owner property and not the whole type. */
  readonly property?: string;
  readonly label?: string;
  readonly why?: LeftOutFor;
};

/**
 * `planning` → `planned` → `moving` → `moved` → `undoing` → `undone`. Somebody may stop it while it moves or undoes, and go on
 * later. `failed`: it can never continue, for the reason that is given.
 */
type HandoverStatus = 'planning' | 'planned' | 'moving' | 'moved' | 'undoing' | 'undone' | 'failed';

/** What became of the records of a plan, or of an undo. They add up to the records that were looked at. */
export type HandoverCounts = {
  /** They hold the target, or the leaver again. */
  readonly done: number;
  /** Somebody changed their owner meanwhile, so they stay as they are. */
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
  /** A code, where it failed or stopped without anybody asking for it. */
  readonly reason?: string;
  /** The moment that the plan stands for: what changes after it is left alone. */
  readonly plannedAtEpochMs: number;
  /** The user of HubSpot who asked for it; empty for operators. */
  readonly requestedBy: string;
  /** It starts when it is planned, and makes at most so many calls. */
  readonly maxCalls?: number;
  readonly parts: readonly HandoverPart[];
  readonly unreadable: readonly UnreadablePart[];
  /** What is left to look through while it is planned; undefined until the owner properties are listed. */
  readonly openParts: readonly OpenPart[] | undefined;
  /** Owner properties that the leaver had no records in when it was planned. Older rows and nightly handovers have none. */
  readonly emptyParts?: readonly OpenPart[];
  /** How often in a row HubSpot failed. Absent after a step that worked. */
  readonly failures?: number;
  /** The last record of the first open part that was found, and how many were found in that part. */
  readonly found: { readonly lastId?: ObjectId; readonly records: number };
  /** How many batches the plan has, and how many of them are moved or undone. */
  readonly batches: number;
  readonly position: number;
  readonly moved: HandoverCounts;
  readonly undone: HandoverCounts;
  /** How many owner properties were looked at for `remaining`, and how many records they gave so far. */
  readonly counting?: { readonly parts: number; readonly records: number };
  /** Records that the leaver still owned when all was moved: they came after the plan, or were left out by it. */
  readonly remaining?: number;
  readonly calls: number;
};

/** One batch of a plan, of records of one type. Numbers count from 0 in the order in which they are moved. */
export type HandoverBatch = {
  readonly objectType: ObjectTypeId;
  readonly property: string;
  readonly ids: readonly ObjectId[];
};

/** Records that were about to be written, between two moments. Some of them may never have been. */
export type BatchWrites = {
  readonly ids: readonly ObjectId[];
  readonly firstAtEpochMs: number;
  readonly lastAtEpochMs: number;
};

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

/** What a digest of a plan is made of: whoever applies a plan by it means these records and no others. */
export function describePlan({ leaverId, target, parts, plannedAtEpochMs }: Handover): string {
  const rows = parts.map(({ objectType, property, records }) => [objectType, property, records]);
  return JSON.stringify([leaverId, target, plannedAtEpochMs, rows]);
}

export function countRecords(parts: readonly HandoverPart[]): number {
  return parts.reduce((sum, { records }) => sum + records, 0);
}

/** One call reads a batch and one writes it. */
export const BATCH_CALLS = 2;

/** What moving it takes at least: calls to HubSpot, and minutes under the lowest limit if nothing else slows it down. */
export function estimate(batches: number): { readonly calls: number; readonly minutes: number } {
  const { intervalMs } = paceOf(LOWEST_LIMIT);
  const calls = batches * BATCH_CALLS;
  return { calls, minutes: Math.ceil((calls * intervalMs) / 60_000) };
}

/** Allowed next states, by what somebody asks for. */
export function canStart({ status, isStopped }: Handover): boolean {
  return status === 'planned' || ((status === 'moving' || status === 'undoing') && isStopped);
}

export function canUndo({ status, isStopped }: Handover): boolean {
  return status === 'moved' || (status === 'moving' && isStopped);
}

export function isWorking({ status, isStopped }: Handover): boolean {
  return !isStopped && (status === 'planning' || status === 'moving' || status === 'undoing');
}
