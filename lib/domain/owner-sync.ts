import type { UsersReading } from './crm-user.ts';
import type { OwnerId, PortalId } from './ids.ts';
import type { BrokenListingError } from './owner-listing.ts';
import type { ExplainedEmail, FormerEmail } from './unresolved-email.ts';

/** One portal's refresh. A run that stops for lack of time continues under the same `runId`. */
export type RefreshJob = {
  readonly portalId: PortalId;
  readonly runId: string;
  /** When the refresh was requested. A run that began later has already done it. */
  readonly requestedAtEpochMs: number;
  /** The operator confirms a listing that lost most of its owners. */
  readonly force: boolean;
  /** How many times this run was saved and resumed. */
  readonly continuations: number;
};

/** A refresh that has not begun. */
export function newRefreshJob(asked: Omit<RefreshJob, 'force' | 'continuations'>, force = false): RefreshJob {
  return { ...asked, force, continuations: 0 };
}

/** How many owners a report names of each change: enough to look them up, few enough for one item of the table. */
export const MAX_REPORTED_OWNERS = 100;
/** The most frequent unresolved emails and former addresses that a report lists, of each. */
export const MAX_REPORTED_EMAILS = 200;

/** What happened to people, for the report. One owner may be in several lists. */
export type OwnerChanges = {
  readonly joined: readonly OwnerId[];
  readonly deactivated: readonly OwnerId[];
  readonly reactivated: readonly OwnerId[];
  readonly emailChanged: readonly OwnerId[];
  readonly teamChanged: readonly OwnerId[];
  /** Gone from both listings since the last run. */
  readonly removed: readonly OwnerId[];
};

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
  /** Active people without a user ID. */
  readonly withoutUser: number;
  /** Emails that more than one active person has: nobody can be assigned by them. */
  readonly sharedEmails: number;
  readonly users: UsersReading;
  /** Emails that matched nobody since the last report, the most frequent first. */
  readonly unresolved: readonly ExplainedEmail[];
  readonly unresolvedTotal: number;
  /** Former addresses that workflows still use, the most frequent first. */
  readonly formerEmails: readonly FormerEmail[];
  readonly formerEmailsTotal: number;
  /** Rows of owners and users that were left out because they could not be read. */
  readonly oddRows: number;
  readonly hubspotCalls: number;
  readonly writes: number;
};

export type RefreshOutcome =
  | { readonly kind: 'done'; readonly report: RefreshReport }
  /** Out of time: the sync is saved as a checkpoint, and this job must be queued to continue it. */
  | { readonly kind: 'toBeContinued'; readonly job: RefreshJob }
  | { readonly kind: 'skipped'; readonly reason: 'done_already' | 'another_run' | 'not_connected' }
  /** Nothing was applied, because the listing is not trustworthy. */
  | { readonly kind: 'refused'; readonly reason: 'shrunk' | BrokenListingError['reason'] };

/** The state of a portal's runs. `fence` grows with every sync that was allowed to write. */
export type RefreshState = {
  readonly fence: number;
  /** Rows with a lower fence are from before a deletion of all data, and are ignored. Infinite before the first sync. */
  readonly firstFence: number;
  /** When the last complete sync began; 0 before the first. */
  readonly lastCompleteStartedAtEpochMs: number;
  readonly report: RefreshReport | undefined;
};
