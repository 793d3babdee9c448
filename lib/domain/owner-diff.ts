import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import {
  type Addresses,
  addressesOf,
  gatherTakenSince,
  gatherTakers,
  hasLost,
  isAssignable,
  leadsOf,
  type Owner,
  toUnlisted,
  withHistory,
  withLost,
  withoutTaken,
} from './owner.ts';
import type { CompleteOwnerListing } from './owner-listing.ts';
import { findEarlierIds, findUsersOfSeveral } from './returned-owners.ts';

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

type KnownOwners = ReadonlyMap<OwnerId, Owner>;

/** What earlier syncs stored. */
export type ListedOwners = {
  /** As the last complete sync wrote them. */
  readonly synced: KnownOwners;
  /**
   * Versions of an owner that syncs began to write and did not finish. Any of them may be in the rows that executions read.
   * Oldest first. Such an owner is written again even if the listing equals what the last sync wrote.
   */
  readonly pending: ReadonlyMap<OwnerId, readonly Owner[]>;
  /** Owners that a deletion of all data has not reached: their rows are deleted and nothing of them is remembered. */
  readonly leftOver?: readonly Owner[];
  /** The reported versions of owners whom a later run wrote and did not report. */
  readonly unreported?: ReadonlyMap<OwnerId, Owner | undefined>;
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

/** Adds what executions learned about some owners: versions that are newer than those of the syncs. */
export function withLearned(known: ListedOwners, learned: readonly Owner[]): ListedOwners {
  const pending = new Map(known.pending);
  for (const owner of learned) pending.set(owner.id, [...(pending.get(owner.id) ?? []), owner]);
  return { ...known, pending };
}

/**
 * Needs a complete listing: an owner who is not in it is removed, or remembered by a former address. After the diff is applied, a
 * second comparison gives an empty diff. Takes time and memory in proportion to the owners.
 */
export function diffOwners(known: ListedOwners, listing: CompleteOwnerListing): OwnerDiff {
  const { synced, pending, leftOver = [] } = known;
  const { owners, removed } = remember(known, listing);
  removed.push(...leftOver.filter(({ id }) => !owners.has(id)));
  const changed = [...owners.values()].filter((owner) => pending.has(owner.id) || !isSame(synced.get(owner.id), owner));
  const touched = [...changed, ...leftOver, ...[...changed, ...removed].flatMap(({ id }) => versionsOf(known, id))];
  const emails = new Map<OwnerEmail, Owner[]>(touched.flatMap(addressesOf).map((email) => [email, []]));
  for (const owner of owners.values()) for (const email of addressesOf(owner)) emails.get(email)?.push(owner);
  const reported = new Map(changed.flatMap(({ id }) => reportedOf(known, id) ?? []).map((owner) => [owner.id, owner]));
  return { owners, changed, removed, emails, touched, reported };
}

/** The listing, with former addresses and the people who are no longer listed. */
function remember(known: ListedOwners, listing: CompleteOwnerListing) {
  const taken = gatherTakers(listing.owners.values());
  const listed = markLost(known, listing, taken);
  const takenFrom = findTakenSince(known, taken);
  const takenBefore = gatherTakenSince([...known.synced.keys()].flatMap((id) => reportedOf(known, id) ?? []));
  const before = (id: OwnerId) => withoutTaken(versionsOf(known, id), takenBefore);
  const nowAndBefore = (id: OwnerId, taken: Addresses) =>
    withoutTaken([listed.get(id) ?? [], versionsOf(known, id)].flat(), taken);
  const earlierIds = findEarlierIds(known.synced, listing.owners);
  const ofSeveral = findUsersOfSeveral(known.synced, listing.owners);
  const owners = new Map<OwnerId, Owner>();
  const removed: Owner[] = [];
  for (const owner of listed.values()) {
    const own = before(owner.id);
    const earlier = earlierIds.get(owner.id) ?? [];
    // An address that the same user took with them is not lost.
    const has = (email: OwnerEmail) => takenBefore.has(email) && !own.flatMap(addressesOf).includes(email);
    const others = [...earlier].flatMap((id) => nowAndBefore(id, { has }));
    owners.set(owner.id, withHistory(owner, [...own, ...others], takenFrom(owner.id)));
  }
  for (const id of new Set([...known.synced.keys(), ...known.pending.keys()])) {
    const [last] = versionsOf(known, id);
    if (last === undefined || listing.owners.has(id)) continue;
    // Their row is in the listing but could not be read, so they are not gone.
    const isOdd = isNamed(listing.oddIds, id);
    const left = isOdd ? asListed(last, listing) : toUnlisted(last, before(id), taken);
    // Somebody may have named them by the ID that they had before.
    const mayBeNamed = left.userId !== undefined && ofSeveral.has(left.userId);
    if (isOdd || left.formerEmails !== undefined || mayBeNamed) owners.set(id, left);
    else removed.push(left);
  }
  return { owners, removed };
}

/** The listed owners. A leaver is marked as having lost an address once another user is active with it. */
function markLost(
  known: ListedOwners,
  { owners }: CompleteOwnerListing,
  takers: ReturnType<typeof gatherTakers>,
): KnownOwners {
  const mark = (leaver: Owner) => {
    const versions = versionsOf(known, leaver.id);
    const userIds = [leaver, ...versions].map(({ userId }) => userId);
    const isOthers = ({ userId }: Owner) => userId === undefined || !userIds.includes(userId);
    return withLost(leaver, (lead) => takers.get(lead)?.some(isOthers) || versions.some((one) => hasLost(one, lead)));
  };
  return new Map([...owners].map(([id, owner]) => [id, owner.archived ? mark(owner) : owner]));
}

/**
 * `taken`, and for each owner the addresses that another user got since the last sync, as a live lookup found. If the owner had one
 * of them since, too, or the other user is active and has it no more, nobody knows who had it last.
 */
function findTakenSince(known: ListedOwners, taken: Addresses): (id: OwnerId) => Addresses {
  const newHolders = new Map<OwnerEmail, Owner[]>();
  for (const version of [...known.pending.values()].flat().filter(({ type }) => type === 'PERSON')) {
    const before = known.synced.get(version.id);
    const had = before === undefined ? [] : addressesOf(before);
    for (const email of version.archived ? addressesOf(version) : leadsOf(version)) {
      if (!had.includes(email)) newHolders.set(email, [...(newHolders.get(email) ?? []), version]);
    }
  }
  return (id) => {
    if (newHolders.size === 0) return taken;
    const userIds = versionsOf(known, id).map(({ userId }) => userId);
    const isOthers = ({ userId }: Owner) => userId === undefined || !userIds.includes(userId);
    const hadSince = known.pending.get(id)?.flatMap(leadsOf) ?? [];
    const isTaken = (email: OwnerEmail) => !hadSince.includes(email) && newHolders.get(email)?.some(isOthers) === true;
    return { has: (email) => taken.has(email) || isTaken(email) };
  };
}

/** Somebody without a row in the active listing is not active. A row with their ID counts more than a row without any ID. */
function asListed(owner: Owner, { oddIds, oddActiveIds }: CompleteOwnerListing): Owner {
  const mayBeActive = oddIds.has(owner.id) ? oddActiveIds.has(owner.id) : isNamed(oddActiveIds, owner.id);
  return mayBeActive || owner.archived ? owner : { ...owner, archived: true };
}

/** A row without an ID may be anybody's. */
function isNamed(oddIds: ReadonlySet<OwnerId | undefined>, id: OwnerId): boolean {
  return oddIds.has(undefined) || oddIds.has(id);
}

/** The versions of an owner that syncs wrote or began to write, the newest first. */
export function versionsOf({ synced, pending }: ListedOwners, id: OwnerId): Owner[] {
  const last = synced.get(id);
  return [...(pending.get(id)?.toReversed() ?? []), ...(last === undefined ? [] : [last])];
}

export function reportedOf({ synced, unreported }: ListedOwners, id: OwnerId): Owner | undefined {
  return unreported?.has(id) === true ? unreported.get(id) : synced.get(id);
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
