import type { OwnerEmail } from './email.ts';
import type { OwnerId, UserId } from './ids.ts';

export type OwnerTeam = { readonly id: string; readonly name: string; readonly primary: boolean };

/** A HubSpot owner. Its `id` is the only value that may be written to a record, and only in the portal it came from. */
export type Owner = {
  readonly id: OwnerId;
  /** `QUEUE` owners stand for a queue of a connected system and have no user. */
  readonly type: 'PERSON' | 'QUEUE';
  /** True for people who were deactivated. HubSpot still accepts their id on a write without an error, so we must not. */
  readonly archived: boolean;
  /** Kept after deactivation (`userIdIncludingInactive`), so that a mistaken user id can still be explained. */
  readonly userId: UserId | undefined;
  readonly email: OwnerEmail | undefined;
  readonly firstName: string;
  readonly lastName: string;
  readonly teams: readonly OwnerTeam[];
};

export function isAssignable(owner: Owner): boolean {
  return owner.type === 'PERSON' && !owner.archived;
}

export function fullName(owner: Owner): string {
  return [owner.firstName, owner.lastName].filter((part) => part !== '').join(' ');
}
