import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import type { Owner, OwnerUser } from './owner.ts';
import type { CompleteOwnerListing } from './owner-listing.ts';

/** A record of HubSpot's users object (`0-115`). Users without an owner exist. */
export type CrmUser = OwnerUser & { readonly email: OwnerEmail | undefined; readonly ownerId: OwnerId | undefined };

/** Whether a run could read the users object. */
export type UsersReading =
  | { readonly status: 'read'; readonly users: number; readonly withoutOwner: number }
  /** Requested again a week after `askedAtEpochMs`, because a refusal every night would waste calls. */
  | { readonly status: 'not_granted'; readonly askedAtEpochMs: number }
  /** HubSpot did not return them, or time ran out. The known users are kept. */
  | { readonly status: 'unavailable' };

/**
 * Adds users to their owners: by the owner ID on the user's record, or else by the user ID. The listing stays complete.
 * @param known what was known before, for owners whose users were not read
 */
export function withUsers(
  listing: CompleteOwnerListing,
  users: readonly CrmUser[],
  known: ReadonlyMap<OwnerId, Owner> = new Map(),
): CompleteOwnerListing {
  const byOwnerId = new Map(users.flatMap((user) => (user.ownerId === undefined ? [] : [[user.ownerId, user]])));
  const byUserId = new Map(
    users.flatMap((user) => (user.internalUserId === undefined ? [] : [[user.internalUserId, user]])),
  );
  const owners = new Map<OwnerId, Owner>();
  for (const owner of listing.owners.values()) {
    const { id, userId } = owner;
    const user: OwnerUser | undefined = byOwnerId.get(id) ?? (userId && byUserId.get(userId)) ?? known.get(id)?.user;
    if (user === undefined) {
      owners.set(id, owner);
    } else {
      const { recordId, internalUserId, availability } = user;
      owners.set(id, { ...owner, user: { recordId, internalUserId, availability } });
    }
  }
  return { ...listing, owners };
}
