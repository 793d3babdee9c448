import type { OwnerId, UserId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';

type Owners = ReadonlyMap<OwnerId, Owner>;

/**
 * Somebody who left and came back may have another owner ID, as the same user. What their earlier owner was known by is theirs.
 * @returns by the ID of the active owner, those that the same user had before
 */
export function findEarlierIds(known: Owners, listed: Owners): ReadonlyMap<OwnerId, ReadonlySet<OwnerId>> {
  const idOfUser = new Map<string, OwnerId>();
  for (const owner of listed.values()) {
    if (isAssignable(owner) && owner.userId !== undefined) idOfUser.set(owner.userId, owner.id);
  }
  const earlier = new Map<OwnerId, Set<OwnerId>>();
  // Among the listed ones, because both owners may be new: they are in an account's first listing.
  for (const owners of [known, listed]) {
    for (const { id, userId } of owners.values()) {
      const now = listed.get(id);
      const idNow = userId !== undefined && !(now && isAssignable(now)) ? idOfUser.get(userId) : undefined;
      if (idNow !== undefined) earlier.set(idNow, (earlier.get(idNow) ?? new Set()).add(id));
    }
  }
  return earlier;
}

/** The users who have or had several owners: they left and came back, perhaps more than once. */
export function findUsersOfSeveral(known: Owners, listed: Owners): ReadonlySet<UserId> {
  const idOfUser = new Map<UserId, OwnerId>();
  const ofSeveral = new Set<UserId>();
  for (const owners of [known, listed]) {
    for (const { id, userId } of owners.values()) {
      if (userId === undefined) continue;
      if ((idOfUser.get(userId) ?? id) !== id) ofSeveral.add(userId);
      idOfUser.set(userId, id);
    }
  }
  return ofSeveral;
}

/** True if the owner left and their user has this other, active owner. */
export function isBackAs({ archived, userId }: Owner, other: Owner): boolean {
  return archived && userId !== undefined && isAssignable(other) && other.userId === userId;
}

/**
 * The owner with this ID, or the owner that the same user has by now. A leaver may be back with another ID, and what somebody said
 * about the earlier ID is about the person.
 * @param findOwner confirms the owner, or throws if it cannot
 * @param findOwnerOfUser may be as old as the last refresh
 */
export async function findPresentOwner(
  ownerId: OwnerId,
  findOwner: (ownerId: OwnerId) => Promise<Owner | undefined>,
  findOwnerOfUser: (userId: UserId) => Promise<Owner | undefined>,
): Promise<Owner | undefined> {
  const owner = await findOwner(ownerId);
  if (owner?.archived !== true || owner.userId === undefined) return owner;
  const other = await findOwnerOfUser(owner.userId);
  const back = other && isBackAs(owner, other) ? await findOwner(other.id) : undefined;
  return back && isBackAs(owner, back) ? back : owner;
}
