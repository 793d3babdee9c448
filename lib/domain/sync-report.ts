import type { CrmUser, UsersReading } from './crm-user.ts';
import { leadsFrom, type OwnerEmail } from './email.ts';
import { withinBytes } from './item-size.ts';
import { type ListedOwners, reportedOf } from './known-owners.ts';
import { isAssignable, type Owner } from './owner.ts';
import { hasSameTeams, type OwnerDiff } from './owner-diff.ts';
import type { CompleteOwnerListing } from './owner-listing.ts';
import { MAX_REPORTED_EMAILS, MAX_REPORTED_OWNERS, type OwnerChanges, type RefreshReport } from './owner-sync.ts';
import { byFrequency, createCauseFinder, type ExplainedEmail, type UnresolvedEmail } from './unresolved-email.ts';

export type RunFacts = {
  readonly runId: string;
  readonly known: ListedOwners;
  readonly diff: OwnerDiff;
  readonly listing: CompleteOwnerListing;
  readonly reading: UsersReading;
  readonly users: readonly CrmUser[];
  readonly oddUsers: number;
  readonly unresolved: readonly UnresolvedEmail[];
  readonly hubspotCalls: number;
  readonly writes: number;
  readonly endedAtEpochMs: number;
};

/** Part of the 400 KB of an item (DynamoDB quotas, read 2026-11-23). The rest is for the owners. */
const MAX_UNRESOLVED_BYTES = 250_000;
const MAX_FORMER_BYTES = 100_000;

/** The results of a run, small enough for one item of the table. */
export function makeReport(run: RunFacts): RefreshReport {
  const { listing, reading } = run;
  const unresolved = run.unresolved.filter(({ formerOf }) => formerOf === undefined);
  const former = run.unresolved.flatMap(({ formerOf, ...asked }) =>
    formerOf === undefined ? [] : { ...asked, ownerId: formerOf },
  );
  const changes = describeChanges(run.known, run.diff);
  return {
    ...mapChanges(changes, (ids) => ids.slice(0, MAX_REPORTED_OWNERS)),
    totals: mapChanges(changes, (ids) => ids.length),
    ...countListing(listing),
    users: reading,
    unresolved: explain(run, unresolved),
    unresolvedTotal: unresolved.length,
    formerEmails: withinBytes(mostFrequent(former), MAX_FORMER_BYTES),
    formerEmailsTotal: former.length,
    oddRows: listing.oddRows + run.oddUsers,
    runId: run.runId,
    startedAtEpochMs: listing.startedAtEpochMs,
    durationMs: run.endedAtEpochMs - listing.startedAtEpochMs,
    hubspotCalls: run.hubspotCalls,
    writes: run.writes,
  };
}

/** The changes since the last report, including what an interrupted run wrote before. */
export function describeChanges(known: ListedOwners, { owners, changed, removed }: OwnerDiff): OwnerChanges {
  const written = [...(known.unreported?.keys() ?? [])].flatMap((id) => owners.get(id) ?? []);
  const pairs = [...new Map([...written, ...changed].map((owner) => [owner.id, owner])).values()].map((owner) => {
    return { before: reportedOf(known, owner.id), owner };
  });
  const ids = (matches: (pair: { before: Owner | undefined; owner: Owner }) => boolean) =>
    pairs.filter(matches).map(({ owner }) => owner.id);
  return {
    joined: ids(({ before, owner }) => before === undefined && !owner.archived),
    deactivated: ids(({ before, owner }) => before?.archived === false && owner.archived && !owner.unlisted),
    reactivated: ids(({ before, owner }) => before?.archived === true && !owner.archived),
    // Deactivation can blank an email. That is not a change of address.
    emailChanged: ids(({ before, owner }) => before !== undefined && !owner.archived && before.email !== owner.email),
    teamChanged: ids(({ before, owner }) => before !== undefined && !owner.archived && !hasSameTeams(before, owner)),
    removed: [
      ...ids(({ before, owner }) => owner.unlisted === true && isListed(before)),
      ...removed.flatMap(({ id }) => (isListed(reportedOf(known, id)) ? id : [])),
    ],
  };
}

/** In an earlier report, and not as somebody who was gone. */
function isListed(before: Owner | undefined): boolean {
  return before !== undefined && before.unlisted !== true;
}

function mapChanges<T>(changes: OwnerChanges, map: (ids: OwnerChanges['joined']) => T): Record<keyof OwnerChanges, T> {
  const { joined, deactivated, reactivated, emailChanged, teamChanged, removed } = changes;
  return {
    joined: map(joined),
    deactivated: map(deactivated),
    reactivated: map(reactivated),
    emailChanged: map(emailChanged),
    teamChanged: map(teamChanged),
    removed: map(removed),
  };
}

function countListing({ owners }: CompleteOwnerListing) {
  const all = [...owners.values()];
  const active = all.filter(isAssignable);
  return {
    active: active.length,
    archived: all.filter((owner) => owner.archived).length,
    withoutEmail: all.filter((owner) => owner.email === undefined).length,
    queues: all.filter((owner) => owner.type === 'QUEUE').length,
    withoutUser: active.filter((owner) => owner.userId === undefined).length,
    sharedEmails: countShared(active),
  };
}

function countShared(active: readonly Owner[]): number {
  const people = new Map<OwnerEmail, number>();
  for (const { email } of active) if (email !== undefined) people.set(email, (people.get(email) ?? 0) + 1);
  return [...people.values()].filter((count) => count > 1).length;
}

function explain({ diff, users }: RunFacts, unresolved: readonly UnresolvedEmail[]): readonly ExplainedEmail[] {
  const userEmails = new Set(users.flatMap(({ email }) => (email === undefined ? [] : leadsFrom(email))));
  const findCause = createCauseFinder(diff.owners.values(), userEmails);
  const explained = mostFrequent(unresolved).map((asked) => ({ ...asked, cause: findCause(asked.email) }));
  return withinBytes(explained, MAX_UNRESOLVED_BYTES);
}

function mostFrequent<T extends Pick<UnresolvedEmail, 'count' | 'email'>>(asked: readonly T[]): T[] {
  return asked.toSorted(byFrequency).slice(0, MAX_REPORTED_EMAILS);
}
