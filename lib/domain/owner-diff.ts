import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import { type KnownOwners, type ListedOwners, rememberOwners, reportedOf, versionsOf } from './known-owners.ts';
import { addressesOf, isAssignable, type Owner } from './owner.ts';
import { type CompleteOwnerListing, isNamed } from './owner-listing.ts';

/** What to write so that the cache equals the listing. If nothing changed, only `owners` is not empty. */
export type OwnerDiff = {
  /** Everybody in the cache after the write: listed owners, and owners who are remembered by a former address. */
  readonly owners: KnownOwners;
  /** Owners that are new or differ. */
  readonly changed: readonly Owner[];
  /** Owners that HubSpot no longer knows, active or archived, and that no address leads to. */
  readonly removed: readonly Owner[];
  /** For each present or former email of those owners: everybody who has or had it. */
  readonly emails: ReadonlyMap<OwnerEmail, readonly Owner[]>;
  /** Those owners and earlier versions of them: an ID that led to one of them may now lead to somebody else, or to nobody. */
  readonly touched: readonly Owner[];
  /** The version of each changed owner in the last report. It is kept until the change is reported. */
  readonly reported: KnownOwners;
};

/**
 * Owners who left, came or got another email since the last sync. Executions may have stored them under an address that no sync
 * read. Before the first sync only those who left, because everybody is new then, and nobody else can be assigned wrongly.
 */
export function findMoved({ synced }: ListedOwners, { owners }: CompleteOwnerListing): OwnerId[] {
  if (synced.size === 0) return [...owners.values()].filter(({ archived }) => archived).map(({ id }) => id);
  const moved = [...owners.values()].filter(({ id, email, archived }) => {
    const before = synced.get(id);
    return before === undefined || before.email !== email || (archived && !before.archived);
  });
  const gone = [...synced.values()].filter(({ id, archived }) => !owners.has(id) && !archived);
  return [...moved, ...gone].map(({ id }) => id);
}

/**
 * Needs a complete listing: an owner who is not in it is removed, or remembered by a former address. After the diff is applied, a
 * second comparison gives an empty diff. Takes time and memory in proportion to the owners.
 */
export function diffOwners(known: ListedOwners, listing: CompleteOwnerListing): OwnerDiff {
  const { synced, pending, leftOver = [] } = known;
  const { owners, removed } = rememberOwners(known, listing);
  removed.push(...leftOver.filter(({ id }) => !owners.has(id)));
  const changed = [...owners.values()].filter((owner) => pending.has(owner.id) || !isSame(synced.get(owner.id), owner));
  const touched = [...changed, ...leftOver, ...[...changed, ...removed].flatMap(({ id }) => versionsOf(known, id))];
  const emails = new Map<OwnerEmail, Owner[]>(touched.flatMap(addressesOf).map((email) => [email, []]));
  for (const owner of owners.values()) for (const email of addressesOf(owner)) emails.get(email)?.push(owner);
  const reported = new Map(changed.flatMap(({ id }) => reportedOf(known, id) ?? []).map((owner) => [owner.id, owner]));
  return { owners, changed, removed, emails, touched, reported };
}

export function isEmptyDiff(diff: OwnerDiff): boolean {
  return diff.changed.length === 0 && diff.removed.length === 0;
}

/** Below this number of known owners, losing half of them is normal. */
const MIN_OWNERS_TO_GUARD = 5;

/**
 * True if a listing lost so many active owners that it is probably wrong: it has fewer than half of those known. Then nothing is
 * applied, unless the operator confirms it.
 */
export function isSuspiciouslySmall(known: KnownOwners, listing: CompleteOwnerListing): boolean {
  const knownActive = countActive(known);
  return knownActive >= MIN_OWNERS_TO_GUARD && countActive(listing.owners) * 2 < knownActive;
}

/**
 * True if nobody is active any more. That is possible in small accounts and worth a second look, because somebody installed the
 * app.
 */
export function hasLostEverybody(known: KnownOwners, listing: CompleteOwnerListing): boolean {
  return countActive(known) > 0 && countActive(listing.owners) === 0;
}

/**
 * True if somebody is in neither list. They may only have moved while the pages were read: to the other list, or to another page
 * because others left.
 */
export function hasLostSomebody(known: KnownOwners, { owners, oddIds }: CompleteOwnerListing): boolean {
  return [...known.values()].some(({ id, unlisted }) => unlisted !== true && !owners.has(id) && !isNamed(oddIds, id));
}

function countActive(owners: KnownOwners): number {
  return [...owners.values()].filter(isAssignable).length;
}

function isSame(before: Owner | undefined, owner: Owner): boolean {
  return (
    before !== undefined &&
    before.type === owner.type &&
    before.archived === owner.archived &&
    before.userId === owner.userId &&
    before.email === owner.email &&
    before.firstName === owner.firstName &&
    before.lastName === owner.lastName &&
    before.unlisted === owner.unlisted &&
    before.formerEmails?.join() === owner.formerEmails?.join() &&
    before.lostEmails?.join() === owner.lostEmails?.join() &&
    JSON.stringify(userOf(before)) === JSON.stringify(userOf(owner)) &&
    hasSameTeams(before, owner)
  );
}

function userOf({ user }: Owner) {
  return user && [user.recordId, user.internalUserId, user.availability];
}

/** The order of teams in HubSpot's reply has no meaning. */
export function hasSameTeams(before: Owner, owner: Owner): boolean {
  return teamsOf(before) === teamsOf(owner);
}

function teamsOf({ teams }: Owner): string {
  return JSON.stringify(teams.map(({ id, name, primary }) => [id, name, primary]).sort());
}
