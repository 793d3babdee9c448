import type { Owner } from '../../lib/domain/owner.ts';
import type { OwnersApi } from '../../lib/ports/hubspot.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeOwnerDirectory = OwnersApi & {
  readonly outage: Outage;
  /** What HubSpot has: change it at will. */
  readonly owners: Owner[];
  /** Every call in words: `active jane@example.com`, `archived 410000001`. */
  readonly calls: string[];
};

type Options = {
  /** HubSpot does not say how exactly its `email` filter matches; this is a filter that matches nothing away. */
  readonly ignoresFilter?: boolean;
};

/** The Owners API over a list, for one portal. */
export function createFakeOwnerDirectory(owners: readonly Owner[] = [], options: Options = {}): FakeOwnerDirectory {
  const held = [...owners];
  const calls: string[] = [];
  const outage = makeOutage();
  return {
    outage,
    owners: held,
    calls,
    async listByEmail(_portalId, email, listing) {
      calls.push(`${listing} ${email}`);
      outage.check();
      return held.filter(
        (owner) =>
          owner.archived === (listing === 'archived') && (options.ignoresFilter === true || owner.email === email),
      );
    },
    async findById(_portalId, ownerId, listing) {
      calls.push(`${listing} ${ownerId}`);
      outage.check();
      return held.find((owner) => owner.id === ownerId && owner.archived === (listing === 'archived'));
    },
    async findByUserId(_portalId, userId, listing) {
      calls.push(`${listing} user ${userId}`);
      outage.check();
      return held.find((owner) => owner.userId === userId && owner.archived === (listing === 'archived'));
    },
  };
}
