import { withoutName } from '../../lib/domain/owner.ts';
import type { CachedOwner, CachedOwners, OwnerCache } from '../../lib/ports/store.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeOwnerCache = OwnerCache & { readonly outage: Outage; readonly reads: () => number };

/** The owner cache in three maps. A key is a JSON array, which cannot be forged by what is in it. */
export function createFakeOwnerCache(): FakeOwnerCache {
  const emails = new Map<string, CachedOwners>();
  const owners = new Map<string, CachedOwner>();
  const users = new Map<string, CachedOwner>();
  const userRecords = new Map<string, CachedOwner>();
  const outage = makeOutage();
  let reads = 0;

  async function find<T>(map: ReadonlyMap<string, T>, ...key: string[]): Promise<T | undefined> {
    reads += 1;
    outage.check();
    return map.get(JSON.stringify(key));
  }

  function put(portalId: string, ownerId: string, cached: CachedOwner): void {
    owners.set(JSON.stringify([portalId, ownerId]), cached);
    const { userId, user } = cached.owner ?? {};
    putUser(users, cached, portalId, userId);
    putUser(users, cached, portalId, user?.internalUserId);
    putUser(userRecords, cached, portalId, user?.recordId);
  }

  /** A leaver never replaces another owner of the same user, who is active. */
  function putUser(map: Map<string, CachedOwner>, cached: CachedOwner, portalId: string, id: string | undefined): void {
    const key = JSON.stringify([portalId, id]);
    const known = map.get(key)?.owner;
    const isOthers = known !== undefined && known.id !== cached.owner?.id && !known.archived;
    if (id !== undefined && !(isOthers && cached.owner?.archived === true)) map.set(key, cached);
  }

  return {
    outage,
    reads: () => reads,
    findByEmail: (portalId, email) => find(emails, portalId, email),
    findByOwnerId: (portalId, ownerId) => find(owners, portalId, ownerId),
    findStoredOwner: (portalId, ownerId) => find(owners, portalId, ownerId),
    findByUserId: (portalId, userId) => find(users, portalId, userId),
    findByUserRecordId: (portalId, recordId) => find(userRecords, portalId, recordId),
    async rememberEmail(portalId, email, cached) {
      outage.check();
      const isKept = cached.owners.some(({ formerEmails }) => formerEmails !== undefined);
      const owners = isKept ? cached.owners.map(withoutName) : cached.owners;
      emails.set(JSON.stringify([portalId, email]), { ...cached, owners });
      for (const owner of cached.owners) {
        put(portalId, owner.id, { owner, confirmedAtEpochMs: cached.confirmedAtEpochMs });
      }
    },
    async rememberOwner(portalId, ownerId, cached) {
      outage.check();
      put(portalId, ownerId, cached);
    },
  };
}
