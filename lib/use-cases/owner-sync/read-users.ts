import { USERS_REFUSAL_MAX_AGE_MS } from '../../domain/ages.ts';
import { type CrmUser, type UsersReading, withUsers } from '../../domain/crm-user.ts';
import type { Deadline } from '../../domain/deadline.ts';
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
import type { Needs } from '../../ports/telemetry.ts';

export type ReadUsersDeps = Needs<'now' | 'log'> & {
  readonly users: Pick<UsersApi, 'listUsers'>;
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
    const unread = { listing, users: [], oddUsers: 0, calls: 0 };
    if (isRefused && (await installedAt(portalId)) <= last.askedAtEpochMs) return { ...unread, reading: last };
    const read: Progress = { users: [], oddUsers: 0, calls: 0 };
    try {
      await readAll(portalId, read, stopAt);
    } catch (error) {
      const { calls } = read;
      if (error instanceof MissingScopesError) {
        return { ...unread, calls, reading: { status: 'not_granted', askedAtEpochMs: now() } };
      }
      if (!isHubSpotsFault(error)) throw error;
      log.warn('users could not be read; the owners are refreshed without them', { portalId, code: error.code });
      return { ...unread, calls, reading: { status: 'unavailable' }, listing: withUsers(listing, [], known) };
    }
    const { users, oddUsers, calls } = read;
    const withoutOwner = users.filter(({ ownerId }) => ownerId === undefined).length;
    const reading: UsersReading = { status: 'read', users: users.length, withoutOwner };
    const whole = withUsers(listing, users, oddUsers > 0 ? known : undefined);
    return { reading, listing: whole, users, oddUsers, calls };
  };
  /** Reads to the last page. After an error, `read` says how many calls were made. */
  async function readAll(portalId: PortalId, read: Progress, stopAt: Deadline): Promise<void> {
    const cursors = new Set<string>();
    let after: string | undefined;
    do {
      if (now() >= stopAt || read.calls >= MAX_SYNC_PAGES) throw new UpstreamUnavailableError('timeout');
      read.calls += 1;
      const { users, odd = 0, after: next } = await pages.listUsers(portalId, after, stopAt);
      // As in the owner listing: one row may be odd, but not on the first page.
      if (users.length === 0 && odd > (read.calls === 1 ? 0 : 1)) {
        throw new UpstreamContractError('no user can be read');
      }
      read.users.push(...users);
      read.oddUsers += odd;
      if (next !== undefined && cursors.has(next)) throw new UpstreamContractError('the users listing repeats itself');
      if (next !== undefined) cursors.add(next);
      after = next;
    } while (after !== undefined);
  }
}

type Progress = { readonly users: CrmUser[]; oddUsers: number; calls: number };
