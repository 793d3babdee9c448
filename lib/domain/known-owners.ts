import {
  type Addresses,
  gatherTakenSince,
  gatherTakers,
  hasLost,
  toUnlisted,
  withHistory,
  withLost,
  withoutTaken,
} from './address-history.ts';
import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import { addressesOf, leadsOf, type Owner } from './owner.ts';
import { type CompleteOwnerListing, isNamed } from './owner-listing.ts';
import { findEarlierIds, findUsersOfSeveral } from './returned-owners.ts';

export type KnownOwners = ReadonlyMap<OwnerId, Owner>;

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

/** Adds what executions learned about some owners: versions that are newer than those of the syncs. */
export function withLearned(known: ListedOwners, learned: readonly Owner[]): ListedOwners {
  const pending = new Map(known.pending);
  for (const owner of learned) pending.set(owner.id, [...(pending.get(owner.id) ?? []), owner]);
  return { ...known, pending };
}

/**
 * The listing, with former addresses and the people who are no longer listed.
 * @returns `removed`: those whom HubSpot no longer knows and whom no address leads to
 */
export function rememberOwners(known: ListedOwners, listing: CompleteOwnerListing) {
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
    const isOthers = otherThan([leaver, ...versions]);
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
    const isOthers = otherThan(versionsOf(known, id));
    const hadSince = known.pending.get(id)?.flatMap(leadsOf) ?? [];
    const isTaken = (email: OwnerEmail) => !hadSince.includes(email) && newHolders.get(email)?.some(isOthers) === true;
    return { has: (email) => taken.has(email) || isTaken(email) };
  };
}

/** Whether somebody is another user than the owner of these versions. Without a user ID, they are taken for another one. */
function otherThan(versions: readonly Owner[]): (owner: Owner) => boolean {
  const userIds = versions.map(({ userId }) => userId);
  return ({ userId }) => userId === undefined || !userIds.includes(userId);
}

/** Somebody without a row in the active listing is not active. A row with their ID counts more than a row without any ID. */
function asListed(owner: Owner, { oddIds, oddActiveIds }: CompleteOwnerListing): Owner {
  const mayBeActive = oddIds.has(owner.id) ? oddActiveIds.has(owner.id) : isNamed(oddActiveIds, owner.id);
  return mayBeActive || owner.archived ? owner : { ...owner, archived: true };
}

/** The versions of an owner that syncs wrote or began to write, the newest first. */
export function versionsOf({ synced, pending }: ListedOwners, id: OwnerId): Owner[] {
  const last = synced.get(id);
  return [...(pending.get(id)?.toReversed() ?? []), ...(last === undefined ? [] : [last])];
}

export function reportedOf({ synced, unreported }: ListedOwners, id: OwnerId): Owner | undefined {
  return unreported?.has(id) === true ? unreported.get(id) : synced.get(id);
}
