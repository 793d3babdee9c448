import type { OwnerEmail } from '../domain/email.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { CachedOwner, CachedOwners, Now, OwnerCache } from '../domain/ports.ts';

/** Long enough to answer a burst from memory, short enough that a refresh shows everywhere within half a minute. */
const MEMORY_LIFETIME_MS = 30_000;
const MAX_ENTRIES = 2_000;
/** What is prepared is used within this time: a batch of a hundred records takes about a second. */
const PREPARED_MS = 2_000;

/** The cache with the container's memory before it. */
export type OwnerMemory = OwnerCache & {
  /** Reads what it does not know under these emails in as few calls as `findByEmails` takes, so that each is found at once. */
  prepare(portalId: PortalId, emails: readonly OwnerEmail[], findByEmails: FindByEmails): Promise<void>;
};
export type FindByEmails = (
  portalId: PortalId,
  emails: readonly OwnerEmail[],
) => Promise<ReadonlyMap<OwnerEmail, CachedOwners>>;

export type OwnerMemoryOptions = { readonly now: Now; readonly lifetimeMs?: number; readonly maxEntries?: number };

/**
 * Keeps the cache's recent answers in the container. Every key begins with the portal, so that portals which share a
 * container never see each other's owners. Ages are those of the rows: memory makes nothing look younger than it is.
 */
export function createOwnerMemory(cache: OwnerCache, options: OwnerMemoryOptions): OwnerMemory {
  const { now, lifetimeMs = MEMORY_LIFETIME_MS, maxEntries = MAX_ENTRIES } = options;
  const entries = new Map<string, { readonly value: object; readonly expiresAtEpochMs: number }>();

  return {
    findByEmail: (portalId, email) =>
      recall(
        portalId,
        `email#${email}`,
        () => cache.findByEmail(portalId, email),
        (cached) => keepOwners(portalId, cached),
      ),
    findByOwnerId: (portalId, id) => recall(portalId, `owner#${id}`, () => cache.findByOwnerId(portalId, id)),
    findByUserId: (portalId, id) => recall(portalId, `user#${id}`, () => cache.findByUserId(portalId, id)),
    // Asked for only to explain a value that is refused anyway.
    findByUserRecordId: cache.findByUserRecordId,
    async prepare(portalId, emails, findByEmails) {
      const usedBy = now() + PREPARED_MS;
      const before = new Map(emails.map((email) => [email, entries.get(memoryKey(portalId, `email#${email}`))]));
      const missing = [...before].filter(([, entry]) => entry === undefined || entry.expiresAtEpochMs <= usedBy);
      // One is read as quickly when its turn comes.
      if (missing.length < 2) return;
      const found = await findByEmails(
        portalId,
        missing.map(([email]) => email),
      );
      for (const [email, cached] of found) {
        // What was told to memory while the store was read is newer than what the store said.
        if (entries.get(memoryKey(portalId, `email#${email}`)) !== before.get(email)) continue;
        keep(portalId, `email#${email}`, cached);
        keepOwners(portalId, cached);
      }
    },
    async rememberEmail(portalId, email, cached) {
      keep(portalId, `email#${email}`, cached);
      keepOwners(portalId, cached);
      await cache.rememberEmail(portalId, email, cached);
    },
    async rememberOwner(portalId, ownerId, cached) {
      for (const name of namesOf(ownerId, cached)) keep(portalId, name, cached);
      await cache.rememberOwner(portalId, ownerId, cached);
    },
  };

  async function recall<T extends object>(
    portalId: PortalId,
    name: string,
    read: () => Promise<T | undefined>,
    onRead: (value: T) => void = () => undefined,
  ): Promise<T | undefined> {
    const key = memoryKey(portalId, name);
    const entry = entries.get(key);
    // Each name holds one kind of value: the prefix before its first `#` says which.
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return entry.value as T;
    const value = await read();
    // What was told to memory while the store was read is newer than what the store said.
    if (value !== undefined && entries.get(key) === entry) {
      keep(portalId, name, value);
      onRead(value);
    }
    return value;
  }

  /** Whoever is found by email is soon asked for by id, to tell the workflow their name. Both live equally long. */
  function keepOwners(portalId: PortalId, { owners, confirmedAtEpochMs }: CachedOwners): void {
    for (const owner of owners) {
      const cached = { owner, confirmedAtEpochMs };
      for (const name of namesOf(owner.id, cached)) {
        const known = entries.get(memoryKey(portalId, name))?.value as CachedOwner | undefined;
        if (known === undefined || known.confirmedAtEpochMs <= confirmedAtEpochMs) keep(portalId, name, cached);
      }
    }
  }

  function keep(portalId: PortalId, name: string, value: object): void {
    const key = memoryKey(portalId, name);
    entries.delete(key);
    const oldest = entries.size >= maxEntries ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
    entries.set(key, { value, expiresAtEpochMs: now() + lifetimeMs });
  }
}

function namesOf(ownerId: OwnerId, { owner }: CachedOwner): string[] {
  return owner?.userId === undefined ? [`owner#${ownerId}`] : [`owner#${ownerId}`, `user#${owner.userId}`];
}

function memoryKey(portalId: PortalId, name: string): string {
  return `${portalId}#${name}`;
}
