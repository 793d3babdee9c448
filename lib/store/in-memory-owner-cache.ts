import { OWNER_IN_MEMORY_MS } from '../domain/ages.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import { fullName } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners, FindByEmails, OwnerCache } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';

const MAX_ENTRIES = 2_000;
/** How long prefetched rows are used: a batch of a hundred records takes about a second. */
const PREPARED_MS = 2_000;

/** The cache with the container's memory before it. */
export type InMemoryOwnerCache = OwnerCache & {
  /** Reads the missing rows of these emails in as few calls as `findByEmails` takes, before each is looked up. */
  prefetch(portalId: PortalId, emails: readonly OwnerEmail[], findByEmails: FindByEmails): Promise<void>;
};

export type InMemoryOwnerCacheOptions = {
  readonly now: Now;
  readonly maxEntries?: number;
};

/**
 * Keeps the cache's recent answers in the container. Every key begins with the portal, so that portals that share a container
 * never see each other's owners. Ages are those of the rows: memory makes nothing look younger.
 */
export function createInMemoryOwnerCache(cache: OwnerCache, options: InMemoryOwnerCacheOptions): InMemoryOwnerCache {
  const { now, maxEntries = MAX_ENTRIES } = options;
  const entries = new LruMap<string, { readonly value: object; readonly expiresAtEpochMs: number }>(maxEntries);

  return {
    findByEmail: (portalId, email) =>
      getOrRead(
        portalId,
        `email#${email}`,
        () => cache.findByEmail(portalId, email),
        (cached) => setOwners(portalId, cached),
      ),
    findByOwnerId: (portalId, id) => getOrRead(portalId, `owner#${id}`, () => cache.findByOwnerId(portalId, id)),
    findStoredOwner: cache.findStoredOwner,
    findByUserId: (portalId, id) => getOrRead(portalId, `user#${id}`, () => cache.findByUserId(portalId, id)),
    // Only used to explain a value that is refused in any case.
    findByUserRecordId: cache.findByUserRecordId,
    async prefetch(portalId, emails, findByEmails) {
      const usedBy = now() + PREPARED_MS;
      const before = new Map(emails.map((email) => [email, entries.peek(memoryKey(portalId, `email#${email}`))]));
      const missing = [...before].filter(([, entry]) => entry === undefined || entry.expiresAtEpochMs <= usedBy);
      // A single one is read just as fast when it is needed.
      if (missing.length < 2) return;
      const found = await findByEmails(
        portalId,
        missing.map(([email]) => email),
      );
      for (const [email, cached] of found) {
        // A value that was set in memory during the read is newer than the stored one.
        if (entries.peek(memoryKey(portalId, `email#${email}`)) !== before.get(email)) continue;
        set(portalId, `email#${email}`, cached);
        setOwners(portalId, cached);
      }
    },
    async rememberEmail(portalId, email, cached) {
      set(portalId, `email#${email}`, cached);
      setOwners(portalId, cached);
      await cache.rememberEmail(portalId, email, cached);
    },
    async rememberOwner(portalId, ownerId, cached) {
      for (const name of namesOf(ownerId, cached)) if (!isOthers(portalId, name, cached)) set(portalId, name, cached);
      await cache.rememberOwner(portalId, ownerId, cached);
    },
  };

  async function getOrRead<T extends object>(
    portalId: PortalId,
    name: string,
    read: () => Promise<T | undefined>,
    onRead: (value: T) => void = () => undefined,
  ): Promise<T | undefined> {
    const key = memoryKey(portalId, name);
    const entry = entries.peek(key);
    // Each name holds one kind of value, which the prefix before its first `#` says.
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return entry.value as T;
    const value = await read();
    // A value that was set in memory during the read is newer than the stored one.
    if (value !== undefined && entries.peek(key) === entry) {
      set(portalId, name, value);
      onRead(value);
    }
    return value;
  }

  /** An owner who was found by email is soon looked up by ID, for their name in the outputs. Both are remembered equally long. */
  function setOwners(portalId: PortalId, { owners, confirmedAtEpochMs }: CachedOwners): void {
    for (const owner of owners) {
      // A row that never expires has no name. The row of the ID has it.
      if (owner.formerEmails !== undefined && fullName(owner) === '') continue;
      const cached = { owner, confirmedAtEpochMs };
      for (const name of namesOf(owner.id, cached)) {
        const known = entries.peek(memoryKey(portalId, name))?.value as CachedOwner | undefined;
        const isLater = known !== undefined && known.confirmedAtEpochMs > confirmedAtEpochMs;
        if (!isLater && !isOthers(portalId, name, cached)) set(portalId, name, cached);
      }
    }
  }

  /** The user of a leaver may have another owner by now. If they are not in memory, the store decides. */
  function isOthers(portalId: PortalId, name: string, { owner }: CachedOwner): boolean {
    if (owner?.archived !== true || name === `owner#${owner.id}`) return false;
    const known = entries.peek(memoryKey(portalId, name))?.value as CachedOwner | undefined;
    return known?.owner === undefined || (known.owner.id !== owner.id && !known.owner.archived);
  }

  function set(portalId: PortalId, name: string, value: object): void {
    entries.set(memoryKey(portalId, name), { value, expiresAtEpochMs: now() + OWNER_IN_MEMORY_MS });
  }
}

function namesOf(ownerId: OwnerId, { owner }: CachedOwner): string[] {
  return owner?.userId === undefined ? [`owner#${ownerId}`] : [`owner#${ownerId}`, `user#${owner.userId}`];
}

function memoryKey(portalId: PortalId, name: string): string {
  return `${portalId}#${name}`;
}
