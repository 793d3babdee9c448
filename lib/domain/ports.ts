import type { OwnerEmail } from './email.ts';
import type { OwnerReading } from './held-owner.ts';
import type { ObjectId, ObjectTypeId, OwnerId, PortalId, UserId, UserRecordId } from './ids.ts';
import type { ActionResult } from './outcome.ts';
import type { Owner } from './owner.ts';

/** Milliseconds since the epoch. */
export type Now = () => number;
/** Resolves after `ms`, or rejects as soon as `signal` aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Every owner HubSpot had under one email when it was last asked; an empty list is a remembered absence. */
export type CachedOwners = { readonly owners: readonly Owner[]; readonly confirmedAtEpochMs: number };
/** One owner as last seen; without an owner, the remembered absence of its id. */
export type CachedOwner = { readonly owner: Owner | undefined; readonly confirmedAtEpochMs: number };

/** Owners as last seen, per portal. Each find is one key read. Nothing found in one portal is ever visible in another. */
export type OwnerCache = {
  findByEmail(portalId: PortalId, email: OwnerEmail): Promise<CachedOwners | undefined>;
  findByOwnerId(portalId: PortalId, ownerId: OwnerId): Promise<CachedOwner | undefined>;
  findByUserId(portalId: PortalId, userId: UserId): Promise<CachedOwner | undefined>;
  /** By the id of their record in the users object, which only sweeps of portals that granted its scope know. */
  findByUserRecordId(portalId: PortalId, recordId: UserRecordId): Promise<CachedOwner | undefined>;
  /** Replaces what is known under `email` with `owners`, which must be everything HubSpot has there. Safe to repeat. */
  rememberEmail(portalId: PortalId, email: OwnerEmail, cached: CachedOwners): Promise<void>;
  /** Stores one owner, or its absence, under its ids. Leaves its email alone, because others may share it. Safe to repeat. */
  rememberOwner(portalId: PortalId, ownerId: OwnerId, cached: CachedOwner): Promise<void>;
};

/** HubSpot's Owners API. `deadlineEpochMs` is when the caller stops waiting. */
export type OwnerDirectory = {
  listByEmail(portalId: PortalId, email: string, listing: OwnerListing, deadlineEpochMs: number): Promise<Owner[]>;
  /** `otherType`: HubSpot has an owner with this id, of a type that we do not know. */
  findById(
    portalId: PortalId,
    ownerId: OwnerId,
    listing: OwnerListing,
    deadlineEpochMs: number,
  ): Promise<Owner | 'otherType' | undefined>;
  /** By user id, which nobody may write to a record. */
  findByUserId(
    portalId: PortalId,
    userId: UserId,
    listing: OwnerListing,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined>;
};
/** HubSpot's `archived` parameter is exclusive: either the active owners or the archived ones, never both. */
export type OwnerListing = 'active' | 'archived';

export type RecordRef = { readonly objectType: ObjectTypeId; readonly objectId: ObjectId };

/** Why HubSpot refused a read or write of a record for good. */
export type RecordRefusal = {
  readonly kind: 'refused';
  readonly code:
    | 'INVALID_OWNER_ID'
    | 'PROPERTY_HOLDS_SEVERAL'
    | 'PROPERTY_NOT_FOUND'
    | 'PROPERTY_HOLDS_SEVERAL'
    | 'RECORD_NOT_FOUND'
    | 'RECORD_TYPE_UNSUPPORTED'
    | 'RECORD_VALIDATION_FAILED';
  readonly hubspotCorrelationId?: string;
};

/** The CRM's records, as far as their owner properties go. */
export type CrmRecords = {
  /** Sets `property` to an owner id, or clears it with `''`. Safe to repeat: the same value again changes nothing. */
  writeOwner(
    portalId: PortalId,
    record: RecordRef,
    property: string,
    value: OwnerId | '',
    deadlineEpochMs: number,
  ): Promise<{ readonly kind: 'written' } | RecordRefusal>;
  readOwner(
    portalId: PortalId,
    record: RecordRef,
    property: string,
    deadlineEpochMs: number,
    /** Also reads when the property changed. */
    withHistory?: boolean,
  ): Promise<({ readonly kind: 'read' } & OwnerReading) | RecordRefusal>;
};

export type PortalToken = { readonly value: string; readonly issuedAtEpochMs: number | undefined };

/** The access token of a portal. Each call ends before its deadline, with a token or an error. */
export type PortalTokens = {
  /** @throws {PortalNotConnectedError} when nobody has connected the portal, as the table says now */
  getToken(portalId: PortalId, deadlineEpochMs: number): Promise<PortalToken>;
  /**
   * The portal's token after HubSpot refused one; undefined when the portal has no other. Never answered from memory alone.
   * @throws {PortalNotConnectedError | StoreUnavailableError}
   */
  findNewerToken(portalId: PortalId, used: PortalToken, deadlineEpochMs: number): Promise<PortalToken | undefined>;
  /**
   * Has a rejected token refreshed. Callers that lost a race get the newer token.
   * @throws {PortalNotConnectedError} when there is no other token to be had
   */
  renewToken(portalId: PortalId, rejected: PortalToken, deadlineEpochMs: number): Promise<PortalToken>;
};

export type ExecutionKey = { readonly portalId: PortalId; readonly executionId: string };

export type LedgerEntry =
  /** This delivery is the first, or took over from one that failed or died: it must finish with one of the other calls. */
  | { readonly kind: 'started'; readonly firstSeenAtEpochMs: number; readonly isFirstDelivery: boolean }
  | { readonly kind: 'running' }
  /** It waits in the queue, and HubSpot for its callback. */
  | { readonly kind: 'queued'; readonly payloadHash: string }
  | { readonly kind: 'done'; readonly payloadHash: string; readonly result: ActionResult };

/**
 * Remembers each execution's answer, so that a repeated delivery is answered like the first and has no effect.
 * `writerId` is unique to a delivery: it tells a lost reply from a lost race.
 */
export type ExecutionLedger = {
  begin(key: ExecutionKey, delivery: LedgerDelivery): Promise<LedgerEntry>;
  /** Returns the result that stands, which is another delivery's when that one took over and finished first. */
  complete(key: ExecutionKey, writerId: string, payloadHash: string, result: ActionResult): Promise<ActionResult>;
  /**
   * Leaves the execution to the queue until then. Undefined, or the result when the queue was faster: its callback came
   * before HubSpot waited for it, so the result must be told now.
   */
  leaveToQueue(key: ExecutionKey, writerId: string, untilEpochMs: number): Promise<ActionResult | undefined>;
  /**
   * Gives the execution back after a failure that may pass, so that the next delivery starts at once. When it was first seen
   * stays known.
   */
  release(key: ExecutionKey, writerId: string): Promise<void>;
  /** Leaves nothing of the execution behind: it belongs to a portal that was forgotten. */
  forget(key: ExecutionKey, writerId: string): Promise<void>;
};

export type LedgerDelivery = {
  readonly writerId: string;
  readonly payloadHash: string;
  readonly leaseMs: number;
  /** How long the entry is kept. Short where two executions cannot be told apart for sure. */
  readonly lifetimeMs: number;
};

/** Counts and durations for the operator. Names and dimensions are fixed words; no value from outside. */
export type Metrics = {
  count(name: MetricName, dimensions?: Readonly<Record<string, string>>, times?: number): void;
  measure(name: MetricName, milliseconds: number, dimensions?: Readonly<Record<string, string>>): void;
};
export type MetricName =
  | 'BreakerOpened'
  | 'CallbacksCompleted'
  | 'ConfigInvalid'
  | 'ExecutionConflict'
  | 'ExecutionReplayed'
  | 'Executions'
  | 'ExecutionsLate'
  | 'ExecutionsQueued'
  | 'ExecutionsRequeued'
  | 'ExecutionsStranded'
  | 'HubSpotCalls'
  | 'HubSpotContractBroken'
  | 'HubSpotDailyLimitReached'
  | 'HubSpotErrorShareHigh'
  | 'HubSpotPermitsRefused'
  | 'HubSpotPermitWaitMs'
  | 'HubSpotRateLimited'
  | 'HubSpotRowsSkipped'
  | 'HubSpotScopesMissing'
  | 'HubSpotTokenRejected'
  | 'MessagesReturned'
  | 'MessagesUnreadable'
  | 'OAuthClientRefused'
  | 'OwnerDataAgeMs'
  | 'OwnerDataStale'
  | 'OwnerListingRefused'
  | 'OwnerPropertiesListed'
  | 'OwnerRefreshDurationMs'
  | 'OwnerRefreshes'
  | 'PortalDisconnected'
  | 'PortalInstalls'
  | 'QueuedExecutionAgeMs'
  | 'RequestUnreadable'
  | 'SecretsUnavailable'
  | 'SignatureAccepted'
  | 'SignatureRejected'
  | 'StoreUnavailable'
  | 'TokenCipherFailed'
  | 'TokenRefreshes'
  | 'TokenSaveFailed'
  | 'UnexpectedError';

/** Structured log lines. Fields hold ids, codes, counts and durations; never an email, a token or a body. */
export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};
/** Tells an operator of an error where it ends: a line in the log, and what an alarm looks at. */
export type ReportFault = (message: string, error: unknown, fields?: LogFields) => void;
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Whose records go to whom when somebody leaves, as an operator said: owner ids only, per portal. Unlike the cache this is
 * told nowhere else, so an outage throws.
 */
export type Successors = {
  /** One key read, which sees every write that was answered before it. */
  findSuccessorId(portalId: PortalId, leaverId: OwnerId): Promise<OwnerId | undefined>;
  /** Replaces who was named before. Safe to repeat: naming the same one again changes nothing, not even the time. */
  setSuccessor(portalId: PortalId, leaverId: OwnerId, successorId: OwnerId, setAtEpochMs: number): Promise<void>;
  /** Safe to repeat. */
  removeSuccessor(portalId: PortalId, leaverId: OwnerId): Promise<void>;
};

/** Which portals have ever signed with v3. It is told of proved signatures only. */
export type SignatureMemory = {
  /** Safe to repeat. The table's outage is no reason to throw: the next request tells it again. */
  noteV3(portalId: PortalId): Promise<void>;
  /** Sees every note that was answered before it. An outage throws. */
  hasSentV3(portalId: PortalId): Promise<boolean>;
};
