import type { CrmUser } from '../domain/crm-user.ts';
import type { Deadline } from '../domain/deadline.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { AppError } from '../domain/errors.ts';
import type { OwnerReading } from '../domain/held-owner.ts';
import type { ObjectId, ObjectTypeId, OwnerId, PortalId, UserId, UserRecordId } from '../domain/ids.ts';
import type { RecordRefusal } from '../domain/outcome.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerPage } from '../domain/owner-listing.ts';
import type { DescribedProperty, PropertyRef, RecordProperty } from '../domain/owner-property.ts';

/** HubSpot's Owners API. `deadline` is when the caller stops waiting. */
export type OwnersApi = {
  listByEmail(portalId: PortalId, email: string, listing: OwnerListing, deadline: Deadline): Promise<Owner[]>;
  /** `odd`: the listing has an owner with this id, of a type that we do not know or, where they left, in any other form. */
  findById(
    portalId: PortalId,
    ownerId: OwnerId,
    listing: OwnerListing,
    deadline: Deadline,
  ): Promise<Owner | 'odd' | undefined>;
  /** By user id, which nobody may write to a record. */
  findByUserId(
    portalId: PortalId,
    userId: UserId,
    listing: OwnerListing,
    deadline: Deadline,
  ): Promise<Owner | undefined>;
};

/** HubSpot's `archived` parameter is exclusive: either the active owners or the archived ones, never both. */
export type OwnerListing = 'active' | 'archived';

/** `survivorId`: the remaining record, if the requested one was merged into it. */
type Written = { readonly kind: 'written'; readonly survivorId?: ObjectId };

export type ReadOptions = {
  /** Also reads from the history when the property changed; 50 records at most. */
  readonly withHistory?: boolean;
};

/** The owner properties of the CRM's records. */
export type CrmRecords = {
  /** Sets the property to an owner ID, or clears it with `''`. Safe to repeat: the same value again changes nothing. */
  writeOwner(
    target: RecordProperty,
    value: OwnerId | '',
    deadline: Deadline,
    /** Nothing is sent after that, because the record may have changed. */
    sendUntil?: Deadline,
  ): Promise<Written | RecordRefusal>;
  readOwner(
    target: RecordProperty,
    deadline: Deadline,
    options?: ReadOptions,
  ): Promise<({ readonly kind: 'read' } & OwnerReading) | RecordRefusal>;
};

export type CallbackCompletion = {
  readonly callbackId: string;
  /** Every declared output, and the state. */
  readonly outputFields: Readonly<Record<string, string>>;
};

/**
 * `answered`: the callbacks that the answer confirms. `unknown`: HubSpot does not know at least one of them (not yet, or no
 * longer). `invalid`: it refuses the call for another reason. `failed`: no call was made, or it had no answer.
 */
export type CompletionAnswer = (
  | { readonly kind: 'answered'; readonly completed: ReadonlySet<string> }
  | { readonly kind: 'unknown' }
  /** `reason`: a fixed text for the log. */
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'failed'; readonly cause: AppError }
) & {
  /** A try of this call had no answer, and may have had an effect. */
  readonly mayBeDone: boolean;
};

export type WorkflowCallbacks = {
  /** From 1 to 100. HubSpot does not document which of them a refused call completes. */
  complete(
    portalId: PortalId,
    completions: readonly CallbackCompletion[],
    deadline: Deadline,
  ): Promise<CompletionAnswer>;
};

/** HubSpot refused a whole batch, so nothing was done. */
export type BatchRefused = {
  readonly kind: 'refused';
  /** The reason, if it is the same for all records: their type or the property. */
  readonly shared?: RecordRefusal;
};

/** The CRM's records, up to 100 of one type at a time. IDs are distinct. Safe to repeat. */
export type RecordBatches = {
  /**
   * Sets `property` of each record to an owner ID, or clears it with `''`.
   * @returns the records that have their value now; the others are unknown
   */
  writeOwners(
    ref: PropertyRef,
    values: ReadonlyMap<ObjectId, OwnerId | ''>,
    deadline: Deadline,
    /** Nothing is sent after that, because the records may have changed. */
    sendUntil?: Deadline,
  ): Promise<{ readonly kind: 'answered'; readonly written: ReadonlySet<ObjectId> } | BatchRefused>;
  /** @returns the owners of the records; missing records are unknown */
  readOwners(
    ref: PropertyRef,
    ids: readonly ObjectId[],
    deadline: Deadline,
    options?: ReadOptions,
  ): Promise<{ readonly kind: 'answered'; readonly owners: ReadonlyMap<ObjectId, OwnerReading> } | BatchRefused>;
};

/** The users object, page by page. */
export type UsersApi = {
  /** @throws {MissingScopesError} if the portal did not grant `crm.objects.users.read` */
  listUsers(portalId: PortalId, after: string | undefined, deadline: Deadline): Promise<CrmUserPage>;
  /** @throws {MissingScopesError} as above */
  findUser(portalId: PortalId, recordId: UserRecordId, deadline: Deadline): Promise<CrmUser | undefined>;
};

type CrmUserPage = {
  readonly users: readonly CrmUser[];
  /** How many rows could not be read. */
  readonly odd?: number;
  readonly after: string | undefined;
};

/** HubSpot's description of the owner properties of an object. `deadline` is when the caller stops waiting. */
export type OwnerProperties = {
  /** The writable ones, in any order; empty if the object has none, or HubSpot does not know its type. */
  listOwnerProperties(
    portalId: PortalId,
    objectType: ObjectTypeId,
    deadline: Deadline,
  ): Promise<readonly DescribedProperty[]>;
};

export type CustomObjectTypes = {
  /**
   * `undefined` stands for an object whose row does not identify it.
   * @throws {MissingScopesError} if the portal did not grant `crm.schemas.custom.read`
   */
  listTypes(portalId: PortalId, deadline: Deadline): Promise<readonly (ObjectTypeId | undefined)[]>;
};

/** HubSpot's owners, page by page; 500 of them at most. */
export type OwnerPagesApi = {
  listPage(
    portalId: PortalId,
    listing: OwnerListing,
    after: string | undefined,
    deadline: Deadline,
  ): Promise<OwnerPage>;
};

/** A user in the account's settings: no owner ID, and no active state. */
export type SettingsUser = {
  readonly userId: UserId;
  readonly superAdmin: boolean;
  readonly roleIds: readonly string[];
  readonly primaryTeamId: string;
  readonly secondaryTeamIds: readonly string[];
  readonly seatNames: readonly string[];
};

export type SettingsUsers = {
  /** @throws {MissingScopesError} if the portal granted neither `settings.users.read` nor `crm.objects.users.read` */
  findByEmail(portalId: PortalId, email: OwnerEmail, deadline: Deadline): Promise<SettingsUser | undefined>;
  /** Undefined if the portal has no such user. Throws like `findByEmail`. */
  findById(portalId: PortalId, userId: UserId, deadline: Deadline): Promise<SettingsUser | undefined>;
};
