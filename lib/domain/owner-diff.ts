import { type OwnerEmail, SANDBOX_SUFFIX } from './email.ts';
import type { OwnerId, UserRecordId } from './ids.ts';
import type { Owner } from './owner.ts';
import { isAssignable } from './owner.ts';
import type { CompleteOwnerListing } from './owner-listing.ts';

/** What has to be written so that the cache tells what the listing told. Empty in all parts when nothing changed. */
export type OwnerDiff = {
  /** Owners that are new or differ. */
  readonly changed: readonly Owner[];
  /** Owners that HubSpot knows no more, neither active nor archived. */
  readonly removed: readonly Owner[];
  /** For each email that any of those has or had: everybody who has it now. */
  readonly emails: ReadonlyMap<OwnerEmail, readonly Owner[]>;
  /** Ids of user records that led to one of those owners and lead to nobody now. */
  readonly retiredRecordIds: readonly UserRecordId[];
};

/** What became of people, for whoever reads the morning's report. One owner may be in several lists. */
export type OwnerChanges = {
  readonly joined: readonly OwnerId[];
  readonly deactivated: readonly OwnerId[];
  readonly reactivated: readonly OwnerId[];
  readonly emailChanged: readonly OwnerId[];
  readonly teamChanged: readonly OwnerId[];
  readonly removed: readonly OwnerId[];
};

type KnownOwners = ReadonlyMap<OwnerId, Owner>;

/** What earlier sweeps left behind. */
export type ListedOwners = {
  /** As the last sweep that finished with them wrote them. */
  readonly settled: KnownOwners;
  /**
   * What sweeps began to write of an owner and did not finish: any of it may stand in the rows that executions read. Oldest
   * first; such an owner is written again even when the listing says what is settled.
   */
  readonly unsettled: ReadonlyMap<OwnerId, readonly Owner[]>;
};

/** Needs a complete listing: who is not in it is removed. Applying the diff and comparing again gives an empty one. */
export function diffOwners({ settled, unsettled }: ListedOwners, listing: CompleteOwnerListing): OwnerDiff {
  const changed = [...listing.owners.values()].filter(
    (owner) => unsettled.has(owner.id) || !isSame(settled.get(owner.id), owner),
  );
  const versions = (id: OwnerId) =>
    [settled.get(id), ...(unsettled.get(id) ?? [])].filter((owner) => owner !== undefined);
  const gone = [...new Set([...settled.keys(), ...unsettled.keys()])].filter((id) => !listing.owners.has(id));
  const removed = gone.flatMap((id) => versions(id).slice(-1));
  const touched = [...changed, ...[...changed.map(({ id }) => id), ...gone].flatMap(versions)].flatMap(emailsOf);
  const emails = new Map<OwnerEmail, Owner[]>(touched.map((email) => [email, []]));
  for (const owner of listing.owners.values()) {
    for (const email of emailsOf(owner)) emails.get(email)?.push(owner);
  }
  const recordIds = [...changed.map(({ id }) => id), ...gone].flatMap(versions).flatMap(recordIdOf);
  const current = new Set([...listing.owners.values()].flatMap(recordIdOf));
  const retiredRecordIds = [...new Set(recordIds)].filter((id) => !current.has(id));
  return { changed, removed, emails, retiredRecordIds };
}

/** The emails an owner is found by: their own and, in a sandbox, the one without HubSpot's suffix. */
function emailsOf(owner: Owner): OwnerEmail[] {
  if (owner.email === undefined) return [];
  if (!owner.email.endsWith(SANDBOX_SUFFIX)) return [owner.email];
  return [owner.email, owner.email.slice(0, -SANDBOX_SUFFIX.length) as OwnerEmail];
}

function recordIdOf({ user }: Owner): UserRecordId[] {
  return user === undefined ? [] : [user.recordId];
}

export function isEmptyDiff(diff: OwnerDiff): boolean {
  return diff.changed.length === 0 && diff.removed.length === 0;
}

export function describeChanges(known: KnownOwners, diff: OwnerDiff): OwnerChanges {
  const pairs = diff.changed.map((owner) => ({ before: known.get(owner.id), owner }));
  const ids = (matches: (pair: { before: Owner | undefined; owner: Owner }) => boolean) =>
    pairs.filter(matches).map(({ owner }) => owner.id);
  return {
    joined: ids(({ before, owner }) => before === undefined && !owner.archived),
    deactivated: ids(({ before, owner }) => before?.archived === false && owner.archived),
    reactivated: ids(({ before, owner }) => before?.archived === true && !owner.archived),
    // Deactivation can blank an email; that is no change of address.
    emailChanged: ids(({ before, owner }) => before !== undefined && !owner.archived && before.email !== owner.email),
    teamChanged: ids(({ before, owner }) => before !== undefined && !owner.archived && !hasSameTeams(before, owner)),
    removed: diff.removed.map((owner) => owner.id),
  };
}

/** Below this many known owners a drop by half is ordinary life. */
const MIN_OWNERS_TO_GUARD = 5;

/**
 * True when a listing has lost so many active owners that it is more likely wrong than true: fewer than half of those known.
 * Nothing is then applied, unless the operator says that it is meant.
 */
export function isSuspiciouslySmall(known: KnownOwners, listing: CompleteOwnerListing): boolean {
  const knownActive = countActive(known);
  return knownActive >= MIN_OWNERS_TO_GUARD && countActive(listing.owners) * 2 < knownActive;
}

export function countActive(owners: KnownOwners): number {
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
    JSON.stringify(userOf(before)) === JSON.stringify(userOf(owner)) &&
    hasSameTeams(before, owner)
  );
}

function userOf({ user }: Owner) {
  return user && [user.recordId, user.internalUserId, user.availability];
}

/** The order in which HubSpot lists teams is no fact about them. */
function hasSameTeams(before: Owner, owner: Owner): boolean {
  return teamsOf(before) === teamsOf(owner);
}

function teamsOf({ teams }: Owner): string {
  return JSON.stringify(teams.map(({ id, name, primary }) => [id, name, primary]).sort());
}
