import { OWNER_IN_MEMORY_MS } from '../domain/ages.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import { fullName } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners, FindByEmails, OwnerCache } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';

const MAX_ENTRIES = 2_000;
/** What is prepared is used within this time: a batch of a hundred records takes about a second. */
const PREPARED_MS = 2_000;

/** The cache with the container's memory before it. */
export type InMemoryOwnerCache = OwnerCache & {
  /** Reads what it does not know under these emails in as few calls as `findByEmails` takes, so that each is found at once. */
  prefetch(portalId: PortalId, emails: readonly OwnerEmail[], findByEmails: FindByEmails): Promise<void>;
};

export type InMemoryOwnerCacheOptions = {
  readonly now: Now;
  readonly lifetimeMs?: number;
  readonly maxEntries?: number;
};

/**
 * Keeps the cache's recent answers in the container. Every key begins with the portal, so that portals which share a
 * container never see each other's owners. Ages are those of the rows: memory makes nothing look younger than it is.
 */
export function createInMemoryOwnerCache(cache: OwnerCache, options: InMemoryOwnerCacheOptions): InMemoryOwnerCache {
  const { now, lifetimeMs = OWNER_IN_MEMORY_MS, maxEntries = MAX_ENTRIES } = options;
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
    // Asked for only to explain a value that is refused anyway.
    findByUserRecordId: cache.findByUserRecordId,
    async prefetch(portalId, emails, findByEmails) {
      const usedBy = now() + PREPARED_MS;
      const before = new Map(emails.map((email) => [email, entries.peek(memoryKey(portalId, `email#${email}`))]));
      const missing = [...before].filter(([, entry]) => entry === undefined || entry.expiresAtEpochMs <= usedBy);
      // One is read as quickly when its turn comes.
      if (missing.length < 2) return;
      const found = await findByEmails(
        portalId,
        missing.map(([email]) => email),
      );
      for (const [email, cached] of found) {
        // What was set in memory while the store was read is newer than what the store said.
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
    // Each name holds one kind of value: the prefix before its first `#` says which.
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return entry.value as T;
    const value = await read();
    // What was set in memory while the store was read is newer than what the store said.
    if (value !== undefined && entries.peek(key) === entry) {
      set(portalId, name, value);
      onRead(value);
    }
    return value;
  }

  /** Whoever is found by email is soon asked for by id, for their name in the outputs. Both live equally long. */
  function setOwners(portalId: PortalId, { owners, confirmedAtEpochMs }: CachedOwners): void {
    for (const owner of owners) {
      // A row that stays for good has no name. The row of the ID has it.
      if (owner.formerEmails !== undefined && fullName(owner) === '') continue;
      const cached = { owner, confirmedAtEpochMs };
      for (const name of namesOf(owner.id, cached)) {
        const known = entries.peek(memoryKey(portalId, name))?.value as CachedOwner | undefined;
        const isLater = known !== undefined && known.confirmedAtEpochMs > confirmedAtEpochMs;
        if (!isLater && !isOthers(portalId, name, cached)) set(portalId, name, cached);
      }
    }
  }

  /** The user of somebody who left may have another owner by now. What is not in memory is left to the store. */
  function isOthers(portalId: PortalId, name: string, { owner }: CachedOwner): boolean {
    if (owner?.archived !== true || name === `owner#${owner.id}`) return false;
    const known = entries.peek(memoryKey(portalId, name))?.value as CachedOwner | undefined;
    return known?.owner === undefined || (known.owner.id !== owner.id && !known.owner.archived);
  }

  function set(portalId: PortalId, name: string, value: object): void {
    entries.set(memoryKey(portalId, name), { value, expiresAtEpochMs: now() + lifetimeMs });
  }
}

function namesOf(ownerId: OwnerId, { owner }: CachedOwner): string[] {
  return owner?.userId === undefined ? [`owner#${ownerId}`] : [`owner#${ownerId}`, `user#${owner.userId}`];
}

function memoryKey(portalId: PortalId, name: string): string {
  return `${portalId}#${name}`;
}
