import type { Alias, AliasName } from '../domain/alias.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { OwnerId, PortalId, UserId, UserRecordId } from '../domain/ids.ts';
import type { ListedOwners } from '../domain/known-owners.ts';
import type { OutcomeCounts } from '../domain/outcome-counts.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerDiff } from '../domain/owner-diff.ts';
import type { OwnerSync } from '../domain/owner-listing.ts';
import type { RefreshReport, RefreshState } from '../domain/owner-sync.ts';
import type { PauseReason, Priority, RateLimit } from '../domain/rate-limit.ts';
import type { UnresolvedEmail } from '../domain/unresolved-email.ts';

/** Every owner HubSpot had for one email at the last request; an empty list means that it had none. */
export type CachedOwners = { readonly owners: readonly Owner[]; readonly confirmedAtEpochMs: number };
/** One owner as last seen; without an owner, the ID is known to belong to nobody. */
export type CachedOwner = { readonly owner: Owner | undefined; readonly confirmedAtEpochMs: number };

/** Owners as last seen, for each portal. Each find is one key read. Data of one portal is never visible in another. */
export type OwnerCache = {
  /** Names and teams may be missing if one of the owners has had another email, because such a row is kept after they left. */
  findByEmail(portalId: PortalId, email: OwnerEmail): Promise<CachedOwners | undefined>;
  findByOwnerId(portalId: PortalId, ownerId: OwnerId): Promise<CachedOwner | undefined>;
  /** The present row of the table, regardless of the container's memory, for callers that write the owner again. */
  findStoredOwner(portalId: PortalId, ownerId: OwnerId): Promise<CachedOwner | undefined>;
  findByUserId(portalId: PortalId, userId: UserId): Promise<CachedOwner | undefined>;
  /** By the ID of their record in the users object. Only syncs of portals that granted its scope know it. */
  findByUserRecordId(portalId: PortalId, recordId: UserRecordId): Promise<CachedOwner | undefined>;
  /** Replaces the data of `email` with `owners`, which must be everything HubSpot has for it. Safe to repeat. */
  rememberEmail(portalId: PortalId, email: OwnerEmail, cached: CachedOwners): Promise<void>;
  /**
   * Stores one owner, or its absence, under its IDs. Does not change the row of its email, because others may share it. Safe to
   * repeat.
   */
  rememberOwner(portalId: PortalId, ownerId: OwnerId, cached: CachedOwner): Promise<void>;
};

/** What the cache knows under many emails. Those of which it knows nothing are left out. */
export type FindByEmails = (
  portalId: PortalId,
  emails: readonly OwnerEmail[],
) => Promise<ReadonlyMap<OwnerEmail, CachedOwners>>;

/** An owner as the last sync wrote them; `sinceEpochMs` is when a sync first found them in this state. */
export type FindListedOwner = (
  portalId: PortalId,
  ownerId: OwnerId,
) => Promise<{ readonly owner: Owner; readonly sinceEpochMs: number } | undefined>;

/**
 * Who gets a leaver's records, as an operator or an admin said: owner IDs only, for each portal. Unlike the cache, this data
 * exists nowhere else, so an outage throws.
 */
export type Successors = {
  /** One consistent key read. */
  findSuccessorId(portalId: PortalId, leaverId: OwnerId): Promise<OwnerId | undefined>;
  /** Replaces the former successor. Safe to repeat: naming the same one again changes nothing, not even the time. */
  setSuccessor(portalId: PortalId, leaverId: OwnerId, successorId: OwnerId, setAtEpochMs: number): Promise<void>;
  /** Safe to repeat. */
  removeSuccessor(portalId: PortalId, leaverId: OwnerId): Promise<void>;
};

/**
 * Addresses and former domains that lead to somebody because an operator or an admin said so, for each portal. This data exists
 * nowhere else, so an outage throws.
 */
export type Aliases = {
  /** The present alias: a change that was answered counts from the next execution on. */
  find(portalId: PortalId, name: AliasName): Promise<Alias | undefined>;
  /** All present aliases. */
  list(portalId: PortalId): Promise<readonly Alias[]>;
  /** Replaces the former target. Safe to repeat: setting the same again changes nothing, not even the time. */
  set(portalId: PortalId, alias: Alias): Promise<void>;
  /** Safe to repeat. */
  remove(portalId: PortalId, name: AliasName): Promise<void>;
};

/** The portals that ever signed with v3. Only valid signatures count. */
export type SignatureVersions = {
  /** Safe to repeat. Does not throw if the table is unavailable: the next request notes it again. */
  noteV3(portalId: PortalId): Promise<void>;
  /** A consistent read. An outage throws. */
  hasSentV3(portalId: PortalId): Promise<boolean>;
};

/** The number of executions of a portal for each outcome and day. Numbers only. */
export type OutcomeLog = {
  add(portalId: PortalId, day: string, counts: OutcomeCounts): Promise<void>;
};

export type Lease = { readonly fence: number; readonly endsAtEpochMs: number };

export type OwnerSyncStore = {
  readState(portalId: PortalId): Promise<RefreshState>;
  /** The data of earlier syncs, without what executions learned between them. */
  listKnown(portalId: PortalId): Promise<ListedOwners>;
  /** What executions learned about these owners since a sync wrote them. */
  listLearned(portalId: PortalId, ownerIds: readonly OwnerId[]): Promise<readonly Owner[]>;
  /**
   * Takes the right to write for a sync. Undefined if a later sync has had it, or another run holds it now. The same run can take
   * it again, with a new fence.
   */
  acquire(portalId: PortalId, runId: string, syncStartedAtEpochMs: number, leaseMs: number): Promise<Lease | undefined>;
  /**
   * Writes a diff, each item under the fence, and never over data that is newer than the start of the sync. Safe to repeat. Stops
   * early if `mayGoOn` says so.
   * @returns the number of writes, and whether everything was written
   */
  apply(
    portalId: PortalId,
    diff: OwnerDiff,
    lease: Lease,
    syncStartedAtEpochMs: number,
    mayGoOn: () => boolean,
  ): Promise<{ readonly writes: number; readonly isDone: boolean }>;
  /** Records that the sync confirms every row. False if a later run was recorded meanwhile. */
  recordRun(portalId: PortalId, fence: number, report: RefreshReport): Promise<boolean>;
  /** True once for each run: the caller that gets it may send the digest. */
  claimDigest(portalId: PortalId, runId: string): Promise<boolean>;
  /** Saves a sync for its continuation. */
  saveCheckpoint(portalId: PortalId, runId: string, sync: OwnerSync): Promise<void>;
  resume(portalId: PortalId, runId: string): Promise<OwnerSync | undefined>;
};

/** The answer to a request for permits. After a refusal, ask again in `waitMs`. */
export type PermitAnswer =
  | { readonly kind: 'granted'; readonly limit: RateLimit }
  | {
      readonly kind: 'refused';
      readonly waitMs: number;
      readonly pausedFor: PauseReason | undefined;
      /** So many executions wait in the queue that this one should wait there, too. */
      readonly isBacklog?: boolean;
      readonly limit: RateLimit;
    };

/** The permits of every portal, shared by all containers. Portals do not affect each other. */
export type RateBudget = {
  /**
   * Takes `count` permits or none. Never waits. `limit` is the caller's knowledge; the answer has the limit that all containers
   * share.
   */
  take(portalId: PortalId, count: number, priority: Priority, limit: RateLimit): Promise<PermitAnswer>;
  /** Shares the limit of HubSpot's headers with all containers. Safe to repeat. */
  learnLimit(portalId: PortalId, limit: RateLimit): Promise<void>;
  /**
   * Many executions of the portal wait in the queue. Until then, deferrable work gets no permits: its own call sets one owner, a
   * call from the queue sets a hundred.
   */
  noteBacklog(portalId: PortalId, untilEpochMs: number): Promise<void>;
  /** Nobody gets a permit before that time. Of two pauses, the longer one counts. */
  pause(portalId: PortalId, untilEpochMs: number, reason: PauseReason): Promise<void>;
};

/** Unresolved emails of a portal: customer data, kept for a while and never logged. */
export type UnresolvedEmails = {
  /** Emails that match nobody and former addresses are counted separately. */
  note(portalId: PortalId, email: OwnerEmail, workflowId: string, atEpochMs: number, formerOf?: OwnerId): Promise<void>;
  /** All of them, or the first 20,000 by email. The others follow when these are removed. */
  list(portalId: PortalId): Promise<readonly UnresolvedEmail[]>;
  /** As many as one read returns, and whether that is all of them. */
  listSome(portalId: PortalId): Promise<{ readonly emails: readonly UnresolvedEmail[]; readonly isAll: boolean }>;
  /** Removes the emails of a report. Later counts stay for the next report. */
  removeReported(portalId: PortalId, reported: readonly UnresolvedEmail[]): Promise<void>;
};
