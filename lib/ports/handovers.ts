import type {
  BatchWrites,
  Handover,
  HandoverBatch,
  HandoverCounts,
  HandoverTarget,
  OpenPart,
  UnreadablePart,
} from '../domain/handover.ts';
import type { ObjectId, ObjectTypeId, OwnerId, PortalId } from '../domain/ids.ts';

/**
 * HubSpot's search. It lags behind the records by seconds: what it finds is a hint, and is read before it is written.
 * `undefined`: HubSpot refuses to search the type by this property, today and tomorrow.
 */
export type RecordSearch = {
  /**
   * Records of the type whose property holds the owner, with IDs above `after`: the lowest of them, each once, in the order of
   * their IDs. None where there are none.
   * @throws {MissingScopesError}
   */
  findOwned(
    portalId: PortalId,
    objectType: ObjectTypeId,
    property: string,
    ownerId: OwnerId,
    after: ObjectId | undefined,
    deadlineEpochMs: number,
  ): Promise<readonly ObjectId[] | undefined>;
  /** How many there are, as far as one call shows. */
  countOwned(
    portalId: PortalId,
    objectType: ObjectTypeId,
    property: string,
    ownerId: OwnerId,
    deadlineEpochMs: number,
  ): Promise<number | undefined>;
};

export type StoredHandover = Handover & { readonly version: number };

/** Handovers of a portal and their batches. Reads are consistent. */
export type Handovers = {
  create(portalId: PortalId, handover: Handover): Promise<StoredHandover>;
  read(portalId: PortalId, id: string): Promise<StoredHandover | undefined>;
  /** The newest first. */
  list(portalId: PortalId): Promise<readonly StoredHandover[]>;
  /** @returns undefined when somebody saved it meanwhile; a write whose reply was lost counts as ours */
  save(portalId: PortalId, handover: StoredHandover): Promise<StoredHandover | undefined>;
  /** Safe to repeat: the batches of a page that is found again replace those found before. */
  saveBatches(portalId: PortalId, id: string, first: number, batches: readonly HandoverBatch[]): Promise<void>;
  readBatch(portalId: PortalId, id: string, number: number): Promise<HandoverBatch | undefined>;
  /** What was about to be written of a batch, when it was moved or undone. */
  readWrites(portalId: PortalId, id: string, kind: WriteKind, number: number): Promise<BatchWrites | undefined>;
  /** Adds to it. Safe to repeat, and for several runs at once: none takes away what another one has added. */
  addWrites(
    portalId: PortalId,
    id: string,
    kind: WriteKind,
    number: number,
    ids: readonly ObjectId[],
    atEpochMs: number,
  ): Promise<void>;
  /** Whether it still moves, or still undoes, and nobody has stopped it. */
  isStill(portalId: PortalId, id: string, status: Handover['status']): Promise<boolean>;
};

/** Leavers whose records are handed over every night. */
export type NightlyHandovers = {
  listNightly(portalId: PortalId): Promise<readonly OwnerId[]>;
  /** Safe to repeat. */
  setNightly(portalId: PortalId, leaverId: OwnerId, isNightly: boolean): Promise<void>;
};

export type WriteKind = 'moved' | 'undone';

export type HandoverJob = { readonly portalId: PortalId; readonly handoverId: string };

type PartsListed = {
  readonly parts: readonly OpenPart[];
  readonly unreadable: readonly UnreadablePart[];
  readonly calls: number;
};

/** By `list-parts`. */
export type ListParts = (portalId: PortalId, deadlineEpochMs: number) => Promise<PartsListed>;

/** Undefined where no successor of the leaver is active. By `find-target`. */
export type FindTarget = (
  portalId: PortalId,
  leaverId: OwnerId,
  deadlineEpochMs: number,
) => Promise<OwnerId | undefined>;

/** Which records get another owner, and which of them may. */
export type Rewrite = {
  readonly portalId: PortalId;
  readonly batch: HandoverBatch;
  readonly from: HandoverTarget;
  readonly to: HandoverTarget;
  /** Whether an owner who was set at this moment may be replaced. */
  readonly mayReplace: (setAtEpochMs: number) => boolean;
  /** A record that did not change since this moment needs no look at its history. */
  readonly unchangedSinceEpochMs: number;
  /** Records that some run was about to write. Asked after the records were read: who wrote one has noted it before. */
  readonly findBegun: () => Promise<ReadonlySet<ObjectId>>;
  /** How often in a row it failed before. */
  readonly failures: number;
  readonly deadlineEpochMs: number;
};

type Rewritten = {
  readonly counts: HandoverCounts;
  readonly calls: number;
  /** Records that have the new owner already, which no run of this rewrite gave them. */
  readonly unbegun: number;
};

/** By `rewrite-batch`. `noteWrites` is awaited before anything is written, and nothing is written when it throws. */
export type RewriteBatch = (
  rewrite: Rewrite,
  noteWrites: (ids: readonly ObjectId[]) => Promise<void>,
) => Promise<Rewritten>;

/** One step of a handover. @returns the handover after it, to be saved. By `plan-page` and `move-batch`. */
export type HandoverStep = (portalId: PortalId, handover: Handover, deadlineEpochMs: number) => Promise<Handover>;
