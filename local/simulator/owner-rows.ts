import type { SimulatedOwner } from './state.ts';

/** Deactivation removes `userId`; `userIdIncludingInactive` stays. A queue has neither. */
function userIds(owner: SimulatedOwner): object {
  if (owner.userId === undefined) return {};
  return { userId: owner.archived ? null : owner.userId, userIdIncludingInactive: owner.userId };
}

/** The row of an owner in a listing, including odd rows. */
export function toListedRow(owner: SimulatedOwner): unknown {
  return 'row' in owner ? owner.row : toOwnerRow(owner);
}

/** A `PublicOwner` (owners OpenAPI 2026-09, read 2026-11-23). `teams` is left out when there are none. */
export function toOwnerRow(owner: SimulatedOwner): object {
  return {
    id: owner.id,
    type: owner.type,
    ...(owner.email === undefined ? {} : { email: owner.email }),
    firstName: owner.firstName,
    lastName: owner.lastName,
    ...userIds(owner),
    createdAt: new Date(owner.createdAtEpochMs).toISOString(),
    updatedAt: new Date(owner.updatedAtEpochMs).toISOString(),
    archived: owner.archived,
    ...(owner.teams.length === 0 ? {} : { teams: owner.teams }),
  };
}
