import type { OwnerId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';

type Owners = ReadonlyMap<OwnerId, Owner>;

/**
 * Somebody who left and came back may have another owner ID, as the same user. What their earlier owner was known by is theirs.
 * @returns by the ID of the active owner, those that the same user had before
 */
export function findEarlierIds(known: Owners, listed: Owners): ReadonlyMap<OwnerId, readonly OwnerId[]> {
  const idOfUser = new Map<string, OwnerId>();
  for (const owner of listed.values()) {
    if (isAssignable(owner) && owner.userId !== undefined) idOfUser.set(owner.userId, owner.id);
  }
  const earlier = new Map<OwnerId, OwnerId[]>();
  for (const { id, userId } of known.values()) {
    const now = listed.get(id);
    const idNow = userId !== undefined && !(now && isAssignable(now)) ? idOfUser.get(userId) : undefined;
    if (idNow !== undefined) earlier.set(idNow, [...(earlier.get(idNow) ?? []), id]);
  }
  return earlier;
}
