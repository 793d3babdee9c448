import type { Alias, AliasName } from '../domain/alias.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { OwnerId, PortalId, UserId, UserRecordId } from '../domain/ids.ts';
import type { OutcomeCounts } from '../domain/outcome-counts.ts';
import type { Owner } from '../domain/owner.ts';
import type { ListedOwners, OwnerDiff } from '../domain/owner-diff.ts';
import type { OwnerSync } from '../domain/owner-listing.ts';
import type { RefreshReport, RefreshState } from '../domain/owner-sync.ts';
import type { PauseReason, Priority, RateLimit } from '../domain/rate-limit.ts';
import type { UnresolvedEmail } from '../domain/unresolved-email.ts';

/** Every owner HubSpot had under one email when it was last asked; an empty list is a remembered absence. */
export type CachedOwners = { readonly owners: readonly Owner[]; readonly confirmedAtEpochMs: number };
/** One owner as last seen; without an owner, the remembered absence of its id. */
export type CachedOwner = { readonly owner: Owner | undefined; readonly confirmedAtEpochMs: number };

/** Owners as last seen, per portal. Each find is one key read. Nothing found in one portal is ever visible in another. */
export type OwnerCache = {
  /** Names and teams may be missing where one of them has had another email: that stays known when they left. */
  findByEmail(portalId: PortalId, email: OwnerEmail): Promise<CachedOwners | undefined>;
  findByOwnerId(portalId: PortalId, ownerId: OwnerId): Promise<CachedOwner | undefined>;
  /** The same as the table has it now, whatever a container remembers: for whoever writes the owner again. */
  findStoredOwner(portalId: PortalId, ownerId: OwnerId): Promise<CachedOwner | undefined>;
  findByUserId(portalId: PortalId, userId: UserId): Promise<CachedOwner | undefined>;
  /** By the id of their record in the users object, which only syncs of portals that granted its scope know. */
  findByUserRecordId(portalId: PortalId, recordId: UserRecordId): Promise<CachedOwner | undefined>;
  /** Replaces what is known under `email` with `owners`, which must be everything HubSpot has there. Safe to repeat. */
  rememberEmail(portalId: PortalId, email: OwnerEmail, cached: CachedOwners): Promise<void>;
  /** Stores one owner, or its absence, under its ids. Leaves its email alone, because others may share it. Safe to repeat. */
  rememberOwner(portalId: PortalId, ownerId: OwnerId, cached: CachedOwner): Promise<void>;
};

/** What the cache knows under many emails. Those of which it knows nothing are left out. */
export type FindByEmails = (
  portalId: PortalId,
  emails: readonly OwnerEmail[],
) => Promise<ReadonlyMap<OwnerEmail, CachedOwners>>;

/**
 * Whose records go to whom when somebody leaves, as an operator said: owner ids only, per portal. Unlike the cache this is
 * known nowhere else, so an outage throws.
 */
export type Successors = {
  /** One key read, which sees every write that was answered before it. */
  findSuccessorId(portalId: PortalId, leaverId: OwnerId): Promise<OwnerId | undefined>;
  /** Replaces who was named before. Safe to repeat: naming the same one again changes nothing, not even the time. */
  setSuccessor(portalId: PortalId, leaverId: OwnerId, successorId: OwnerId, setAtEpochMs: number): Promise<void>;
  /** Safe to repeat. */
  removeSuccessor(portalId: PortalId, leaverId: OwnerId): Promise<void>;
};

/**
 * Addresses and former domains that lead to somebody because an operator or an admin said so, per portal. Like successors they
 * are known nowhere else, so an outage throws.
 */
export type Aliases = {
  /** One, as it is now: a change that was answered counts from the next execution on. */
  find(portalId: PortalId, name: AliasName): Promise<Alias | undefined>;
  /** All of them, as they are now. */
  list(portalId: PortalId): Promise<readonly Alias[]>;
  /** Replaces where it led before. Safe to repeat: saying the same again changes nothing, not even the time. */
  set(portalId: PortalId, alias: Alias): Promise<void>;
  /** Safe to repeat. */
  remove(portalId: PortalId, name: AliasName): Promise<void>;
};

/** Which portals have ever signed with v3. Only proved signatures count. */
export type SignatureVersions = {
  /** Safe to repeat. It does not throw when the table is unavailable: the next request notes it again. */
  noteV3(portalId: PortalId): Promise<void>;
  /** Sees every note that was answered before it. An outage throws. */
  hasSentV3(portalId: PortalId): Promise<boolean>;
};

/** How many executions of a portal came to which outcome, by day. Numbers only. */
export type OutcomeLog = {
  add(portalId: PortalId, day: string, counts: OutcomeCounts): Promise<void>;
};

export type Lease = { readonly fence: number; readonly endsAtEpochMs: number };

export type OwnerSyncStore = {
  readState(portalId: PortalId): Promise<RefreshState>;
  /** What the syncs before wrote. What was learned between syncs is not in it. */
  listKnown(portalId: PortalId): Promise<ListedOwners>;
  /** Those of the owners whom executions learned since a sync wrote them, as they learned them. */
  listLearned(portalId: PortalId, ownerIds: readonly OwnerId[]): Promise<readonly Owner[]>;
  /**
   * Takes the right to write for a sync. Undefined when a later sync has had it, or another run holds it now.
   * Taking it again for the same run succeeds, with a new fence.
   */
  acquire(portalId: PortalId, runId: string, syncStartedAtEpochMs: number, leaseMs: number): Promise<Lease | undefined>;
  /**
   * Writes a diff, each item under the fence, and never over something that was learned after the sync began. Safe to
   * repeat. Stops early when `mayGoOn` says so.
   * @returns the number of writes, and whether everything was written
   */
  apply(
    portalId: PortalId,
    diff: OwnerDiff,
    lease: Lease,
    syncStartedAtEpochMs: number,
    mayGoOn: () => boolean,
  ): Promise<{ readonly writes: number; readonly isDone: boolean }>;
  /** Records that every row is confirmed as of the sync. False when a later run was recorded meanwhile. */
  recordRun(portalId: PortalId, fence: number, report: RefreshReport): Promise<boolean>;
  /** True once for each run: whoever gets it may send the digest. */
  claimDigest(portalId: PortalId, runId: string): Promise<boolean>;
  /** Puts a sync down for its continuation. */
  saveCheckpoint(portalId: PortalId, runId: string, sync: OwnerSync): Promise<void>;
  resume(portalId: PortalId, runId: string): Promise<OwnerSync | undefined>;
};

/** What became of asking for permits. Refused ones may be asked for again in `waitMs`. */
export type PermitAnswer =
  | { readonly kind: 'granted'; readonly limit: RateLimit }
  | {
      readonly kind: 'refused';
      readonly waitMs: number;
      readonly pausedFor: PauseReason | undefined;
      /** So much waits in the queue that this had better wait there, too. */
      readonly isBacklog?: boolean;
      readonly limit: RateLimit;
    };

/** The permits of every portal, shared by all containers. Nothing one portal does is ever felt by another. */
export type RateBudget = {
  /** Takes `count` permits or none. Never waits. `limit` is what the caller knows; the answer has what all containers know. */
  take(portalId: PortalId, count: number, priority: Priority, limit: RateLimit): Promise<PermitAnswer>;
  /** Shares with all containers the limit that HubSpot's headers named. Safe to repeat. */
  learnLimit(portalId: PortalId, limit: RateLimit): Promise<void>;
  /**
   * Many executions of the portal wait in the queue. Until then, what could be left to the queue gets no permits: a call of
   * its own sets one owner, and a call from the queue a hundred.
   */
  noteBacklog(portalId: PortalId, untilEpochMs: number): Promise<void>;
  /** Nobody gets a permit before the time is over. Of two blocks the longer one stands. */
  pause(portalId: PortalId, untilEpochMs: number, reason: PauseReason): Promise<void>;
};

/** Unresolved emails of a portal: its own data, kept for a while and never logged. */
export type UnresolvedEmails = {
  /** Emails that match nobody and former addresses are counted separately. */
  note(portalId: PortalId, email: OwnerEmail, workflowId: string, atEpochMs: number, formerOf?: OwnerId): Promise<void>;
  /** All of them, or the first 20,000 by email. The others follow when these are removed. */
  list(portalId: PortalId): Promise<readonly UnresolvedEmail[]>;
  /** As many as one read gives, and whether that is all of them. */
  listSome(portalId: PortalId): Promise<{ readonly emails: readonly UnresolvedEmail[]; readonly isAll: boolean }>;
  /** Removes what a report has shown. What was noted since then stays for the next one. */
  removeReported(portalId: PortalId, reported: readonly UnresolvedEmail[]): Promise<void>;
};
