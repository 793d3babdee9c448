import { ADMIN_PROOF_MS } from '../../domain/ages.ts';
import { createInFlight } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { AppError, ConfigError, MissingScopesError, PortalNotConnectedError } from '../../domain/errors.ts';
import type { PortalId, UserId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import type { SettingsUsers } from '../../ports/hubspot.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type ProveAdminDeps = Needs<'now' | 'log'> & {
  readonly settingsUsers: Pick<SettingsUsers, 'findById'>;
};

export type AdminProof =
  | { readonly isAdmin: true }
  | {
      readonly isAdmin: false;
      /** `CANNOT_BE_PROVED`: HubSpot is down, or does not know the user. A retry does not help against missing scopes. */
      readonly reason: 'NOT_SUPER_ADMIN' | 'CANNOT_BE_PROVED' | 'MISSING_SCOPES' | 'PORTAL_NOT_CONNECTED';
    };

/**
 * Whether HubSpot said at most 5 minutes ago that a user is a super admin. Only a plain yes counts. A signed request proves the
 * account and the user, but not the user's permissions.
 */
export function createProveAdmin({ settingsUsers, now, log }: ProveAdminDeps) {
  const known = new LruMap<string, { readonly isAdmin: boolean; readonly expiresAtEpochMs: number }>();
  const join = createInFlight<boolean | undefined>(now);

  return async function proveAdmin(portalId: PortalId, userId: UserId, deadline: Deadline): Promise<AdminProof> {
    const key = `${portalId} ${userId}`;
    const entry = known.get(key);
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return toProof(entry.isAdmin);
    try {
      const askedAtEpochMs = now();
      const isAdmin = await join(key, deadline, () => ask(portalId, userId, deadline));
      if (isAdmin === undefined) return { isAdmin: false, reason: 'CANNOT_BE_PROVED' };
      known.set(key, { isAdmin, expiresAtEpochMs: askedAtEpochMs + ADMIN_PROOF_MS });
      return toProof(isAdmin);
    } catch (error) {
      // A token of another account is an error in our configuration, so the operator must see it.
      if (!(error instanceof AppError) || error instanceof ConfigError) throw error;
      if (error instanceof PortalNotConnectedError) return { isAdmin: false, reason: 'PORTAL_NOT_CONNECTED' };
      log.warn('whether a user is a super admin could not be found out', { portalId, userId, code: error.code });
      return { isAdmin: false, reason: error instanceof MissingScopesError ? 'MISSING_SCOPES' : 'CANNOT_BE_PROVED' };
    }
  };

  /** Undefined if the account has no such user. */
  async function ask(portalId: PortalId, userId: UserId, deadline: Deadline): Promise<boolean | undefined> {
    const user = await settingsUsers.findById(portalId, userId, deadline);
    return user?.userId === userId ? user.superAdmin : undefined;
  }
}

function toProof(isAdmin: boolean): AdminProof {
  return isAdmin ? { isAdmin: true } : { isAdmin: false, reason: 'NOT_SUPER_ADMIN' };
}
