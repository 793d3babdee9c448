import type { OwnerEmail } from './email.ts';
import type { PortalId, UserId } from './ids.ts';

/** What the account's settings say of a user: no owner id, and nothing about being active. */
export type SettingsUser = {
  readonly userId: UserId;
  readonly superAdmin: boolean;
  readonly roleIds: readonly string[];
  readonly primaryTeamId: string;
  readonly secondaryTeamIds: readonly string[];
  readonly seatNames: readonly string[];
};

export type SettingsUsers = {
  /** @throws {MissingScopesError} where the portal granted neither `settings.users.read` nor `crm.objects.users.read` */
  findByEmail(portalId: PortalId, email: OwnerEmail, deadlineEpochMs: number): Promise<SettingsUser | undefined>;
};
