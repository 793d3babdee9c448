import type { Deadline } from '../domain/deadline.ts';
import type {
  BatchWrites,
  Handover,
  HandoverBatch,
  HandoverCounts,
  HandoverTarget,
  OpenPart,
  UnreadablePart,
} from '../domain/handover.ts';
import type { ObjectId, OwnerId, PortalId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { PropertyRef } from '../domain/owner-property.ts';

/**
 * HubSpot's search. It lags behind the records by seconds, so a found record is read before it is written. `undefined`: HubSpot
 * refuses to search the type by this property, permanently.
 */
export type RecordSearch = {
  /**
   * Records of the type whose property holds the owner, with IDs above `after`: the lowest of them, each once, by ID. Empty if
   * there are none.
   * @throws {MissingScopesError}
   */
  findOwned(
    ref: PropertyRef,
    ownerId: OwnerId,
    after: ObjectId | undefined,
    deadline: Deadline,
  ): Promise<readonly ObjectId[] | undefined>;
  /** Their number, as far as one call shows. */
  countOwned(ref: PropertyRef, ownerId: OwnerId, deadline: Deadline): Promise<number | undefined>;
};

export type StoredHandover = Handover & { readonly version: number };

/** A batch of a handover, by its number. */
export type BatchRef = { readonly portalId: PortalId; readonly handoverId: string; readonly number: number };

/** Handovers of a portal and their batches. Reads are consistent. */
export type Handovers = {
  /** @returns the one that has the ID already, if there is one */
  create(portalId: PortalId, handover: Handover): Promise<StoredHandover>;
  read(portalId: PortalId, id: string): Promise<StoredHandover | undefined>;
  /** The newest first. */
  list(portalId: PortalId): Promise<readonly StoredHandover[]>;
  /** @returns undefined if somebody saved it meanwhile; a write whose reply was lost counts as ours */
  save(portalId: PortalId, handover: StoredHandover): Promise<StoredHandover | undefined>;
  /**
   * Saves a batch unless another one has its number, except `replaced`.
   * @returns the batch that has the number now
   */
  saveBatch(ref: BatchRef, batch: HandoverBatch, replaced?: HandoverBatch): Promise<HandoverBatch>;
  readBatch(ref: BatchRef): Promise<HandoverBatch | undefined>;
  /** The records of a batch that were about to be written, by the move or the undo. */
  readWrites(ref: BatchRef, kind: WriteKind): Promise<BatchWrites | undefined>;
  /** Adds records. Safe to repeat, and for several runs at once: none removes what another added. */
  addWrites(ref: BatchRef, kind: WriteKind, ids: readonly ObjectId[], atEpochMs: number): Promise<void>;
  /** Whether it still has this status, and nobody has stopped it. */
  isStill(portalId: PortalId, id: string, status: Handover['status']): Promise<boolean>;
};

/** Leavers with a nightly handover. */
export type NightlyHandovers = {
  listNightly(portalId: PortalId): Promise<readonly OwnerId[]>;
  /** Safe to repeat. */
  setNightly(portalId: PortalId, leaverId: OwnerId, isNightly: boolean): Promise<void>;
};

export type WriteKind = 'moved' | 'undone';

export type HandoverJob = {
  readonly portalId: PortalId;
  readonly handoverId: string;
  /** It only counts what a stopped handover wrote. */
  readonly isCount?: true;
};

type PartsListed = {
  readonly parts: readonly OpenPart[];
  readonly unreadable: readonly UnreadablePart[];
  readonly calls: number;
};

/** By `list-parts`. */
export type ListParts = (portalId: PortalId, deadline: Deadline) => Promise<PartsListed>;

/** Undefined if the leaver has no active successor. By `find-target`. */
export type FindTarget = (portalId: PortalId, leaverId: OwnerId, deadline: Deadline) => Promise<OwnerId | undefined>;

/** An owner as the active listing has them now; `odd` if it has somebody of an unknown type. */
export type FindListed = (
  portalId: PortalId,
  ownerId: OwnerId,
  deadline: Deadline,
) => Promise<Owner | 'odd' | undefined>;

/** The records that get another owner, and the conditions. */
export type Rewrite = {
  readonly portalId: PortalId;
  readonly batch: HandoverBatch;
  readonly from: HandoverTarget;
  readonly to: HandoverTarget;
  /** Whether an owner who was set at this time may be replaced. */
  readonly mayReplace: (setAtEpochMs: number) => boolean;
  /** If a record did not change since then, its history is not read. */
  readonly unchangedSinceEpochMs: number;
  /** Set for an undo. Records that have the new owner since before this time were never moved, so they are not counted. */
  readonly movedSinceEpochMs?: number;
  /** Records that some run was about to write. Called after the records were read, because every run notes a write before it. */
  readonly findBegun: () => Promise<ReadonlySet<ObjectId>>;
  /** How often in a row it failed before. */
  readonly failures: number;
  readonly deadline: Deadline;
};

type Rewritten = {
  readonly counts: HandoverCounts;
  readonly calls: number;
  /** Records that already have the new owner, although no run of this rewrite gave it to them. */
  readonly unbegun: number;
};

/** By `rewrite-batch`. `noteWrites` is awaited before any write. If it throws, nothing is written. */
export type RewriteBatch = (
  rewrite: Rewrite,
  noteWrites: (ids: readonly ObjectId[]) => Promise<void>,
) => Promise<Rewritten>;

/** One step of a handover. @returns the handover after it, which the caller saves. By `plan-page` and `move-batch`. */
export type HandoverStep = (portalId: PortalId, handover: Handover, deadline: Deadline) => Promise<Handover>;
