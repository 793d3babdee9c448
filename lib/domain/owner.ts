import { leadsFrom, type OwnerEmail, trimBlank } from './email.ts';
import type { OwnerId, UserId, UserRecordId } from './ids.ts';

export type OwnerTeam = { readonly id: string; readonly name: string; readonly primary: boolean };

/** The data of HubSpot's users object (`0-115`), in portals that granted `crm.objects.users.read`. */
export type OwnerUser = {
  readonly recordId: UserRecordId;
  /** HubSpot's `hs_internal_user_id`. */
  readonly internalUserId: UserId | undefined;
  /** HubSpot's `hs_availability_status`, such as `available` or `away`; empty when not set. */
  readonly availability: string;
};

/** A HubSpot owner. Its `id` is the only value that may be written to a record, and only in the portal it came from. */
export type Owner = {
  readonly id: OwnerId;
  /** `QUEUE` owners represent a queue of a connected system and have no user. */
  readonly type: 'PERSON' | 'QUEUE';
  /** True for deactivated people. HubSpot accepts their ID in a write without an error, so we must check. */
  readonly archived: boolean;
  /** Kept after deactivation (`userIdIncludingInactive`), so that an email input with this ID can still be explained. */
  readonly userId: UserId | undefined;
  readonly email: OwnerEmail | undefined;
  readonly firstName: string;
  readonly lastName: string;
  readonly teams: readonly OwnerTeam[];
  /** Absent if the users object was never read, and on rows from the Owners API alone. */
  readonly user?: OwnerUser;
  /** Their former addresses, the newest first. Only syncs and rows of the cache have them; HubSpot does not return them. */
  readonly formerEmails?: readonly OwnerEmail[];
  /**
   * Addresses that somebody else got since. Of a leaver, the row of HubSpot may still have them; otherwise only the suffix of a
   * sandbox in a former address would lead to them.
   */
  readonly lostEmails?: readonly OwnerEmail[];
  /** HubSpot no longer lists them, active or archived. Their last address is a former one. */
  readonly unlisted?: true;
};

export function isAssignable(owner: Owner): boolean {
  return owner.type === 'PERSON' && !owner.archived;
}

/** The address that an owner has, and the same without a sandbox's suffix. */
export function leadsOf({ email }: Pick<Owner, 'email'>): readonly OwnerEmail[] {
  return email === undefined ? [] : leadsFrom(email);
}

/** Every address that leads to an owner: their own, the same without a sandbox's suffix, and former ones. */
export function addressesOf({ email, formerEmails = [], lostEmails = [] }: Owner): OwnerEmail[] {
  const former = formerEmails.flatMap(leadsFrom).filter((lead) => !lostEmails.includes(lead));
  return [...new Set([...leadsOf({ email }), ...former])];
}

/**
 * The first primary team by ID, in any order of HubSpot's list; HubSpot allows several primary teams or none
 * (owners guide, read 2026-11-26).
 */
export function primaryTeamOf({ teams }: Owner): OwnerTeam | undefined {
  return teams.filter(({ primary }) => primary).sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }))[0];
}

/** Empty also if the name is invisible: texts then show the email or the ID instead. */
export function fullName(owner: Owner): string {
  return trimBlank(`${trimBlank(owner.firstName)} ${trimBlank(owner.lastName)}`);
}

/** Replaces the name and the teams in rows that are kept after somebody left. */
export const NO_NAME = { firstName: '', lastName: '', teams: [] } as const;

export function withoutName(owner: Owner): Owner {
  return { ...owner, ...NO_NAME };
}
