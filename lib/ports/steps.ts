import type { AliasName } from '../domain/alias.ts';
import type { CrmUser, UsersReading } from '../domain/crm-user.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { AppError } from '../domain/errors.ts';
import type { FinishedExecution, QueuedExecution, SetOwnerCommand } from '../domain/execution.ts';
import type { HeldOwner } from '../domain/held-owner.ts';
import type { ObjectId, ObjectTypeId, OwnerId, PortalId } from '../domain/ids.ts';
import type { ActionResult, RecordRefusal } from '../domain/outcome.ts';
import type { Owner } from '../domain/owner.ts';
import type { CompleteOwnerListing } from '../domain/owner-listing.ts';
import type { AliasTarget, OwnerRef } from '../domain/owner-ref.ts';
import type { Renewal, TokenRevision } from '../domain/portal.ts';
import type { RecordGroup, RecordPlan } from '../domain/record-group.ts';
import type { Requeued } from '../domain/requeue.ts';
import type { Resolution } from '../domain/resolution.ts';
import type { BatchRefused } from './hubspot.ts';
import type { DelayedExecution } from './queue.ts';

/** What the record must be given, if anything, and what the execution comes to once it has been. */
export type OwnerDecision = { readonly result: ActionResult; readonly write?: OwnerId | '' };

/** The records of one type whose owners are looked at, each with the earliest moment that one of its executions stands for. */
export type RecordsAsked = {
  readonly portalId: PortalId;
  readonly objectType: ObjectTypeId;
  readonly property: string;
  readonly firstSeen: ReadonlyMap<ObjectId, number>;
};

export type Updated = {
  readonly results: ReadonlyMap<QueuedExecution, ActionResult>;
  /** Why the executions without a result have none; the first reason, where there were several. */
  readonly stoppedBy: AppError | undefined;
};

/** `open`: nobody could look at their records, and there is time left to look later. */
export type Resolved = { readonly finished: readonly FinishedExecution[]; readonly open: readonly QueuedExecution[] };

export type CompletionLimits = {
  /** Nothing new is begun after that; what is left comes again soon. */
  readonly stopAtEpochMs: number;
  readonly deadlineEpochMs: number;
  /**
   * Whoever waits is found now, whatever it costs: a delivery before this one may have completed some of them and died, or their
   * time is short.
   */
  readonly isUrgent: boolean;
  /** Each is tried in this run, because what is put back comes again as it was. */
  readonly triesAll?: boolean;
};

type FindOwnerCommand = { readonly portalId: PortalId; readonly ownerEmail: string };

export type UsersRead = {
  readonly reading: UsersReading;
  /** The listing with what is known of users beside its owners. */
  readonly listing: CompleteOwnerListing;
  /** Everybody the users object listed, those without an owner too. */
  readonly users: readonly CrmUser[];
  /** How many rows could not be read. */
  readonly oddUsers: number;
  readonly calls: number;
};

export type FoundElsewhere = { readonly portalId: PortalId; readonly owner: Owner };

export type GrantToSave = {
  readonly portalId: PortalId;
  readonly holderId: string;
  /** What the grant is to replace. */
  readonly seen: TokenRevision;
  readonly grant: Renewal;
  readonly issuedAtEpochMs: number;
  /** No try is begun after it, but the first. */
  readonly deadlineEpochMs: number;
};

/** `replaced`: somebody else changed the tokens first. `failed`: only this container has what HubSpot granted. */
export type SaveOutcome = 'saved' | 'replaced' | 'failed';

export type Purged = { readonly deleted: number; readonly isDone: boolean };

/** What an email or an owner id stands for in a portal. By `resolve-owner` and, with successors, `substitute-leavers`. */
export type OwnerResolver = {
  resolveEmail(portalId: PortalId, input: string, deadlineEpochMs: number): Promise<Resolution>;
  /** The owner with this id, active or not; undefined when nobody ever saw one. */
  resolveOwnerId(portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number): Promise<Owner | undefined>;
  /** False for an id that the portal does not have; `unknown` for an owner of a type that we do not know. */
  isActiveOwner(portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number): Promise<boolean | 'unknown'>;
  /**
   * Asks HubSpot and stores the answer, however young the row in the cache is.
   * @param input what the workflow gave, in which the address may be spelled in a way of its own
   */
  lookUpLive(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number, input?: string): Promise<Resolution>;
  /** The same for an owner id. */
  lookUpOwnerLive(portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number): Promise<Owner | undefined>;
  /** HubSpot refused the id: its owner is not assigned until HubSpot is asked again, a minute from now. */
  invalidateOwner(portalId: PortalId, ownerId: OwnerId): Promise<void>;
};

/** By `find-owner`. */
export type FindOwner = (command: FindOwnerCommand, deadlineEpochMs: number) => Promise<ActionResult>;

/** By `set-owner`. */
export type SetOwner = (command: SetOwnerCommand, deadlineEpochMs: number) => Promise<ActionResult>;

/** By `decide-owner`. */
export type DecideOwner = (
  command: SetOwnerCommand,
  held: HeldOwner | undefined,
  deadlineEpochMs: number,
) => Promise<OwnerDecision & { readonly resolution?: Resolution }>;

/** Undefined when the property may be written. By `check-owner-property`. */
export type CheckOwnerProperty = (
  portalId: PortalId,
  objectType: ObjectTypeId,
  property: string,
  deadlineEpochMs: number,
) => Promise<RecordRefusal | undefined>;

/** By `read-record-owners`. */
export type ReadRecordOwners = (
  asked: RecordsAsked,
  deadlineEpochMs: number,
) => Promise<{ readonly kind: 'answered'; readonly owners: ReadonlyMap<ObjectId, HeldOwner> } | BatchRefused>;

/** By `read-record-owners`. */
export type ReadRecordOwner = (
  command: SetOwnerCommand,
  deadlineEpochMs: number,
) => Promise<HeldOwner | RecordRefusal | undefined>;

/** By `plan-record`. */
export type PlanRecord = (
  executions: readonly QueuedExecution[],
  held: HeldOwner,
  deadlineEpochMs: number,
) => Promise<RecordPlan>;

/** By `update-records`. */
export type UpdateRecords = (group: RecordGroup, deadlineEpochMs: number) => Promise<Updated>;

/** By `resolve-expired`. */
export type ResolveExpired = (executions: readonly QueuedExecution[], deadlineEpochMs: number) => Promise<Resolved>;

/** By `complete-callbacks`. @returns those that are not completed, and why */
export type CompleteCallbacks = (
  portalId: PortalId,
  finished: readonly FinishedExecution[],
  limits: CompletionLimits,
) => Promise<readonly Requeued[]>;

/** By `requeue-delay`. */
export type RequeueDelays = (requeued: readonly Requeued[]) => readonly DelayedExecution[];

/** By `process-portal`. @returns the executions to queue again */
export type ProcessPortal = (
  portalId: PortalId,
  executions: readonly QueuedExecution[],
  deadlineEpochMs: number,
) => Promise<readonly DelayedExecution[]>;

/** By `read-users`. */
export type ReadUsers = (
  portalId: PortalId,
  listing: CompleteOwnerListing,
  known: ReadonlyMap<OwnerId, Owner>,
  last: UsersReading | undefined,
  stopAtEpochMs: number,
) => Promise<UsersRead>;

/** By `save-grant`. */
export type SaveGrant = (order: GrantToSave) => Promise<SaveOutcome>;

/** What became of what an operator or an admin said. Nothing is stored unless `status` is `set`. */
export type Said = {
  readonly status: 'set' | 'removed' | 'refused';
  /** A code to branch on, and the same as a sentence. */
  readonly reason?: string;
  readonly message?: string;
};

/** By `set-successor`. */
export type SetSuccessor = (
  command: { readonly portalId: PortalId; readonly leaver: OwnerRef; readonly successor: OwnerRef | 'nobody' },
  deadlineEpochMs: number,
) => Promise<Said & { readonly successorOwnerId?: OwnerId }>;

/** By `set-alias`. */
export type SetAlias = (
  command: { readonly portalId: PortalId; readonly alias: AliasName; readonly to: AliasTarget | 'nobody' },
  deadlineEpochMs: number,
) => Promise<Said & { readonly ownerId?: OwnerId; readonly toDomain?: string }>;

export type FoundPerson =
  | { readonly kind: 'found'; readonly owner: Owner }
  | { readonly kind: 'absent'; readonly by: OwnerRef['kind'] }
  | { readonly kind: 'ambiguous'; readonly ownerIds: readonly OwnerId[] };

/** By `find-person`. */
export type FindPerson = (portalId: PortalId, ref: OwnerRef, deadlineEpochMs: number) => Promise<FoundPerson>;
