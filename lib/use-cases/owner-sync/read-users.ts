import { USERS_REFUSAL_MAX_AGE_MS } from '../../domain/ages.ts';
import { type CrmUser, type UsersReading, withUsers } from '../../domain/crm-user.ts';
import {
  isHubSpotsFault,
  MissingScopesError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { MAX_SYNC_PAGES } from '../../domain/owner-listing.ts';
import type { UsersApi } from '../../ports/hubspot.ts';
import type { ReadUsers } from '../../ports/steps.ts';
import type { Log, Now } from '../../ports/telemetry.ts';

export type ReadUsersDeps = {
  readonly users: Pick<UsersApi, 'listUsers'>;
  readonly now: Now;
  readonly log: Log;
  /** When the portal last installed the app. Absent with a static token, because HubSpot does not say when its scopes changed. */
  readonly installedAt?: ((portalId: PortalId) => Promise<number>) | undefined;
};

/**
 * Adds the users object to a complete listing. The refresh does not depend on it: if the users cannot be read, the owners are
 * refreshed without them.
 */
export function createReadUsers(deps: ReadUsersDeps): ReadUsers {
  const { users: pages, now, log, installedAt = async () => 0 } = deps;
  return async function readUsers(portalId, listing, known, last, stopAt) {
    const isRefused = last?.status === 'not_granted' && now() < last.askedAtEpochMs + USERS_REFUSAL_MAX_AGE_MS;
    // A new install may have granted it.
    if (isRefused && (await installedAt(portalId)) <= last.askedAtEpochMs) {
      return { reading: last, listing, users: [], oddUsers: 0, calls: 0 };
    }
    const users: CrmUser[] = [];
    const asKnown = { listing: withUsers(listing, [], known), users: [], oddUsers: 0 };
    let [calls, oddUsers] = [0, 0];
    try {
      const cursors = new Set<string>();
      let after: string | undefined;
      do {
        if (now() >= stopAt || calls >= MAX_SYNC_PAGES) throw new UpstreamUnavailableError('timeout');
        calls += 1;
        const page = await pages.listUsers(portalId, after, stopAt);
        const { odd = 0 } = page;
        // As in the owner listing: one row may be odd, but not on the first page.
        if (page.users.length === 0 && odd > (calls === 1 ? 0 : 1))
          throw new UpstreamContractError('no user can be read');
        users.push(...page.users);
        oddUsers += odd;
        after = page.after;
        if (after !== undefined && cursors.has(after))
          throw new UpstreamContractError('the users listing repeats itself');
        if (after !== undefined) cursors.add(after);
      } while (after !== undefined);
    } catch (error) {
      if (error instanceof MissingScopesError) {
        return { reading: { status: 'not_granted', askedAtEpochMs: now() }, listing, users: [], oddUsers: 0, calls };
      }
      if (!isHubSpotsFault(error)) throw error;
      log.warn('users could not be read; the owners are refreshed without them', { portalId, code: error.code });
      return { reading: { status: 'unavailable' }, calls, ...asKnown };
    }
    const withoutOwner = users.filter(({ ownerId }) => ownerId === undefined).length;
    const reading: UsersReading = { status: 'read', users: users.length, withoutOwner };
    const whole = withUsers(listing, users, oddUsers > 0 ? known : undefined);
    return { reading, listing: whole, users, oddUsers, calls };
  };
}
