import { type CrmUser, type CrmUserPages, type UsersReading, withKnownUsers, withUsers } from '../domain/crm-user.ts';
import {
  MissingScopesError,
  RateLimitedError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../domain/errors.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import { type CompleteOwnerListing, MAX_SWEEP_PAGES } from '../domain/owner-listing.ts';
import type { Log, Now } from '../domain/ports.ts';

/** How long a refused scope is believed to be missing. Granting one makes people reinstall, which is rare. */
const REFUSAL_BELIEVED_MS = 7 * 86_400_000;

export type ReadUsersDeps = { readonly users: Pick<CrmUserPages, 'listUsers'>; readonly now: Now; readonly log: Log };

export type UsersRead = {
  readonly reading: UsersReading;
  /** The listing with what is known of users beside its owners. */
  readonly listing: CompleteOwnerListing;
  /** Everybody the users object listed, those without an owner too. */
  readonly users: readonly CrmUser[];
  readonly calls: number;
};

/**
 * Adds the users object to a complete listing. It is a courtesy of the refresh, never its condition: whatever keeps the
 * users away, the owners are refreshed without them.
 */
export function createReadUsers({ users: pages, now, log }: ReadUsersDeps) {
  return async function readUsers(
    portalId: PortalId,
    listing: CompleteOwnerListing,
    known: ReadonlyMap<OwnerId, Owner>,
    last: UsersReading | undefined,
    stopAtEpochMs: number,
  ): Promise<UsersRead> {
    if (last?.status === 'not_granted' && now() < last.askedAtEpochMs + REFUSAL_BELIEVED_MS) {
      return { reading: last, listing, users: [], calls: 0 };
    }
    const users: CrmUser[] = [];
    const asKnown = { listing: withKnownUsers(listing, known), users: [] };
    let calls = 0;
    try {
      const cursors = new Set<string>();
      let after: string | undefined;
      do {
        if (now() >= stopAtEpochMs || calls >= MAX_SWEEP_PAGES) throw new UpstreamUnavailableError('timeout');
        calls += 1;
        const page = await pages.listUsers(portalId, after, stopAtEpochMs);
        users.push(...page.users);
        after = page.after;
        if (after !== undefined && cursors.has(after))
          throw new UpstreamContractError('the users listing repeats itself');
        if (after !== undefined) cursors.add(after);
      } while (after !== undefined);
    } catch (error) {
      if (error instanceof MissingScopesError) {
        return { reading: { status: 'not_granted', askedAtEpochMs: now() }, listing, users: [], calls };
      }
      if (!isHubSpotsFault(error)) throw error;
      log.warn('users could not be read; the owners are refreshed without them', { portalId, code: error.code });
      return { reading: { status: 'unavailable' }, calls, ...asKnown };
    }
    const withoutOwner = users.filter(({ ownerId }) => ownerId === undefined).length;
    const reading: UsersReading = { status: 'read', users: users.length, withoutOwner };
    return { reading, listing: withUsers(listing, users), users, calls };
  };
}

function isHubSpotsFault(error: unknown): error is UpstreamUnavailableError | UpstreamContractError | RateLimitedError {
  const kinds = [UpstreamUnavailableError, UpstreamContractError, RateLimitedError];
  return kinds.some((kind) => error instanceof kind);
}
