import type { AliasName } from '../domain/alias.ts';
import type { CrmUser, UsersReading } from '../domain/crm-user.ts';
import type { Deadline } from '../domain/deadline.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { AppError } from '../domain/errors.ts';
import type { FinishedExecution, QueuedExecution, SetOwnerCommand } from '../domain/execution.ts';
import type { HeldOwner } from '../domain/held-owner.ts';
import type { ObjectId, OwnerId, PortalId } from '../domain/ids.ts';
import type { ActionResult, RecordRefusal } from '../domain/outcome.ts';
import type { Owner } from '../domain/owner.ts';
import type { CompleteOwnerListing } from '../domain/owner-listing.ts';
import type { PropertyRef } from '../domain/owner-property.ts';
import type { AliasTarget, OwnerRef } from '../domain/owner-ref.ts';
import type { Renewal, TokenRevision } from '../domain/portal.ts';
import type { RecordGroup, RecordPlan } from '../domain/record-group.ts';
import type { Requeued } from '../domain/requeue.ts';
import type { Resolution } from '../domain/resolution.ts';
import type { BatchRefused } from './hubspot.ts';
import type { Purged } from './portals.ts';
import type { DelayedExecution } from './queue.ts';

/** The value to write to the record, if any, and the execution's result after that. */
export type OwnerDecision = { readonly result: ActionResult; readonly write?: OwnerId | '' };

/** The records of one type to read, each with the earliest first-seen moment of its executions. */
export type RecordsAsked = PropertyRef & { readonly firstSeen: ReadonlyMap<ObjectId, number> };

export type Updated = {
  readonly results: ReadonlyMap<QueuedExecution, ActionResult>;
  /** Why executions have no result. Of several reasons, an exhausted limit, or else the first. */
  readonly stoppedBy: AppError | undefined;
};

/** `open`: their records could not be read, and there is time left for another try. */
export type Resolved = { readonly finished: readonly FinishedExecution[]; readonly open: readonly QueuedExecution[] };

export type CompletionLimits = {
  /** Nothing new is started after that; the rest is requeued. */
  readonly stopAt: Deadline;
  readonly deadline: Deadline;
  /**
   * Finds the callbacks that HubSpot waits for now, at any number of calls: an earlier delivery may have completed some and
   * crashed, or their time is short.
   */
  readonly isUrgent: boolean;
  /** Each is tried in this run, because executions that are put back return unchanged. */
  readonly triesAll?: boolean;
};

export type FindOwnerCommand = { readonly portalId: PortalId; readonly ownerEmail: string };

export type UsersRead = {
  readonly reading: UsersReading;
  /** The listing, with the users added to its owners. */
  readonly listing: CompleteOwnerListing;
  /** All users of the users object, also those without an owner. */
  readonly users: readonly CrmUser[];
  /** How many rows could not be read. */
  readonly oddUsers: number;
  readonly calls: number;
};

export type FoundElsewhere = { readonly portalId: PortalId; readonly owner: Owner };

export type GrantToSave = {
  readonly portalId: PortalId;
  readonly holderId: string;
  /** The tokens that the grant replaces. */
  readonly seen: TokenRevision;
  readonly grant: Renewal;
  readonly issuedAtEpochMs: number;
  /** After it, no try is started except the first. */
  readonly deadline: Deadline;
};

/** `replaced`: somebody else changed the tokens first. `failed`: only this container has HubSpot's grant. */
export type SaveOutcome = 'saved' | 'replaced' | 'failed';

/** By `purge-portal`. */
export type PurgePortal = (portalId: PortalId, mayGoOn: () => boolean) => Promise<Purged>;

/** The owner of an email or an owner ID in a portal. By `resolve-owner`, and with aliases and successors by `redirect`. */
export type OwnerResolver = {
  resolveEmail(portalId: PortalId, input: string, deadline: Deadline): Promise<Resolution>;
  /** The owner with this ID, active or not; undefined if the ID is unknown. */
  resolveOwnerId(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<Owner | undefined>;
  /** The same, but a leaver who is back with another owner ID, as the same user, is found with that one. */
  resolvePresentOwner(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<Owner | undefined>;
  /** False for an ID that the portal does not have; `unknown` for an owner of an unknown type. */
  isActiveOwner(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<boolean | 'unknown'>;
  /**
   * Asks HubSpot and stores the answer, however fresh the cache is.
   * @param input the workflow's text, which may spell the address differently
   */
  lookUpLive(portalId: PortalId, email: OwnerEmail, deadline: Deadline, input?: string): Promise<Resolution>;
  /** The same for an owner ID. */
  lookUpOwnerLive(portalId: PortalId, ownerId: OwnerId, deadline: Deadline): Promise<Owner | undefined>;
  /** HubSpot refused the ID: its owner is not assigned until HubSpot is asked again, after a minute. */
  invalidateOwner(portalId: PortalId, ownerId: OwnerId): Promise<void>;
};

/** By `find-owner`. */
export type FindOwner = (command: FindOwnerCommand, deadline: Deadline) => Promise<ActionResult>;

/** By `set-owner`. */
export type SetOwner = (command: SetOwnerCommand, deadline: Deadline) => Promise<ActionResult>;

/** By `decide-owner`. */
export type DecideOwner = (
  command: SetOwnerCommand,
  held: HeldOwner | undefined,
  deadline: Deadline,
) => Promise<OwnerDecision & { readonly resolution?: Resolution }>;

/** Undefined if the property may be written. By `check-owner-property`. */
export type CheckOwnerProperty = (ref: PropertyRef, deadline: Deadline) => Promise<RecordRefusal | undefined>;

/** By `read-record-owners`. */
export type ReadRecordOwners = (
  asked: RecordsAsked,
  deadline: Deadline,
) => Promise<{ readonly kind: 'answered'; readonly owners: ReadonlyMap<ObjectId, HeldOwner> } | BatchRefused>;

/** By `read-record-owners`. */
export type ReadRecordOwner = (
  command: SetOwnerCommand,
  deadline: Deadline,
) => Promise<HeldOwner | RecordRefusal | undefined>;

/** By `plan-record`. */
export type PlanRecord = (
  executions: readonly QueuedExecution[],
  held: HeldOwner,
  deadline: Deadline,
) => Promise<RecordPlan>;

/** By `update-records`. */
export type UpdateRecords = (group: RecordGroup, deadline: Deadline) => Promise<Updated>;

/** By `resolve-expired`. */
export type ResolveExpired = (executions: readonly QueuedExecution[], deadline: Deadline) => Promise<Resolved>;

/** By `complete-callbacks`. @returns the executions that are not completed, and why */
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
  deadline: Deadline,
) => Promise<readonly DelayedExecution[]>;

/** By `read-users`. */
export type ReadUsers = (
  portalId: PortalId,
  listing: CompleteOwnerListing,
  known: ReadonlyMap<OwnerId, Owner>,
  last: UsersReading | undefined,
  stopAt: Deadline,
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

export type SetSuccessorCommand = {
  readonly portalId: PortalId;
  readonly leaver: OwnerRef;
  /** `nobody` removes the successor. */
  readonly successor: OwnerRef | 'nobody';
};

/** By `set-successor`. */
export type SetSuccessor = (
  command: SetSuccessorCommand,
  deadline: Deadline,
) => Promise<Said & { readonly successorOwnerId?: OwnerId }>;

export type SetAliasCommand = {
  readonly portalId: PortalId;
  readonly alias: AliasName;
  /** `nobody` removes the alias. */
  readonly to: AliasTarget | 'nobody';
};

/** By `set-alias`. */
export type SetAlias = (
  command: SetAliasCommand,
  deadline: Deadline,
) => Promise<Said & { readonly ownerId?: OwnerId; readonly toDomain?: string }>;

export type FoundPerson =
  | { readonly kind: 'found'; readonly owner: Owner }
  | { readonly kind: 'absent'; readonly by: OwnerRef['kind'] }
  | { readonly kind: 'ambiguous'; readonly ownerIds: readonly OwnerId[] };

/** By `find-person`. */
export type FindPerson = (portalId: PortalId, ref: OwnerRef, deadline: Deadline) => Promise<FoundPerson>;
