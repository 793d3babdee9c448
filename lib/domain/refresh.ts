import type { UsersReading } from './crm-user.ts';
import type { PortalId } from './ids.ts';
import type { ListedOwners, OwnerChanges, OwnerDiff } from './owner-diff.ts';
import type { BrokenListingError, OwnerPage, OwnerSweep } from './owner-listing.ts';
import type { OwnerListing } from './ports.ts';
import type { ExplainedEmail, FormerEmail } from './unresolved.ts';

/** One portal's refresh. A run that stops for lack of time goes on under the same `runId`. */
export type RefreshOrder = {
  readonly portalId: PortalId;
  readonly runId: string;
  /** When the refresh was asked for: a run that began later than this has done it already. */
  readonly requestedAtEpochMs: number;
  /** The operator says that a listing which lost most of its owners is meant. */
  readonly force: boolean;
  /** How many times this run was put down and taken up again. */
  readonly continuations: number;
};

/** How many owners a report names of each change: enough to look them up, few enough for one item of the table. */
export const MAX_REPORTED_OWNERS = 100;
/** The most frequent unresolved emails and former addresses that a report tells, of each. */
export const MAX_REPORTED_EMAILS = 200;

/** Each list names the first 100 owners; `totals` counts them all. */
export type RefreshReport = OwnerChanges & {
  readonly totals: Readonly<Record<keyof OwnerChanges, number>>;
  readonly runId: string;
  readonly startedAtEpochMs: number;
  readonly durationMs: number;
  readonly active: number;
  readonly archived: number;
  /** Owners that cannot be found by email: those without one. */
  readonly withoutEmail: number;
  readonly queues: number;
  /** Active people without a user id. */
  readonly withoutUser: number;
  /** Emails that more than one active person has: nobody can be assigned by them. */
  readonly sharedEmails: number;
  readonly users: UsersReading;
  /** What workflows asked for in vain since the report before, the most frequent first. */
  readonly unresolved: readonly ExplainedEmail[];
  readonly unresolvedTotal: number;
  /** Addresses that led to somebody who only had them, the most frequent first. */
  readonly formerEmails: readonly FormerEmail[];
  readonly formerEmailsTotal: number;
  /** Rows of owners and users that could not be read and were left out. */
  readonly oddRows: number;
  readonly hubspotCalls: number;
  readonly writes: number;
};

export type RefreshOutcome =
  | { readonly kind: 'done'; readonly report: RefreshReport }
  /** Out of time: the sweep is parked, and this order has to be queued to go on. */
  | { readonly kind: 'toBeContinued'; readonly order: RefreshOrder }
  | { readonly kind: 'skipped'; readonly reason: 'done_already' | 'another_run' | 'not_connected' }
  /** Nothing was applied, because the listing cannot be believed. */
  | { readonly kind: 'refused'; readonly reason: 'shrunk' | BrokenListingError['reason'] };

/** What is known of a portal's runs. `fence` grows with every sweep that was allowed to write. */
export type RefreshState = {
  readonly fence: number;
  /** When the last complete sweep began; 0 before the first. */
  readonly lastCompleteStartedAtEpochMs: number;
  readonly report: RefreshReport | undefined;
};

/** Portals that the app is connected to, page by page. */
export type ConnectedPortals = { listConnected(): AsyncIterable<readonly PortalId[]> };

export type RefreshQueue = {
  /** Queues orders; each is delivered `delaySeconds` (0–900) from now or later, at least once. */
  send(orders: readonly { readonly order: RefreshOrder; readonly delaySeconds: number }[]): Promise<void>;
  /** Queues the deletion of everything that is kept of portals which left long ago, or are forgotten. */
  sendPurges(portalIds: readonly PortalId[], delaySeconds?: number): Promise<void>;
};

export type Lease = { readonly fence: number; readonly endsAtEpochMs: number };

/** HubSpot's owners, page by page; 500 of them at most. */
export type OwnerPages = {
  listPage(
    portalId: PortalId,
    listing: OwnerListing,
    after: string | undefined,
    deadlineEpochMs: number,
  ): Promise<OwnerPage>;
};

export type RefreshStore = {
  readState(portalId: PortalId): Promise<RefreshState>;
  /** What the sweeps before wrote. What was learned between sweeps is not in it. */
  listKnown(portalId: PortalId): Promise<ListedOwners>;
  /**
   * Takes the right to write for a sweep. Undefined when a later sweep has had it, or another run holds it now.
   * Taking it again for the same run succeeds, with a new fence.
   */
  acquire(
    portalId: PortalId,
    runId: string,
    sweepStartedAtEpochMs: number,
    leaseMs: number,
  ): Promise<Lease | undefined>;
  /**
   * Writes a diff, each item under the fence, and never over something that was learned after the sweep began. Safe to
   * repeat. Stops early when `mayGoOn` says so.
   * @returns the number of writes, and whether everything was written
   */
  apply(
    portalId: PortalId,
    diff: OwnerDiff,
    lease: Lease,
    sweepStartedAtEpochMs: number,
    mayGoOn: () => boolean,
  ): Promise<{ readonly writes: number; readonly isDone: boolean }>;
  /** Records that every row is confirmed as of the sweep. False when a later run was recorded meanwhile. */
  recordRun(portalId: PortalId, fence: number, report: RefreshReport): Promise<boolean>;
  /** Puts a sweep down for its continuation. */
  park(portalId: PortalId, runId: string, sweep: OwnerSweep): Promise<void>;
  takeUp(portalId: PortalId, runId: string): Promise<OwnerSweep | undefined>;
};
