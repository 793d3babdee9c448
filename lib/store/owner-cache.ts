import { LAST_SYNC_IN_MEMORY_MS } from '../domain/ages.ts';
import { createInFlight, inParallel } from '../domain/concurrency.ts';
import { NO_DEADLINE } from '../domain/deadline.ts';
import type { OwnerEmail } from '../domain/email.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { Owner } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners, FindByEmails, OwnerCache, OwnerSyncStore } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { type ItemKey, itemKey } from './keys.ts';
import { fromOwnerMap, isSynced, ownerKeys, toEmailAttributes, toOwnerAttributes } from './owner-rows.ts';
import { type BatchPauses, putItem, readEach, readItem } from './requests.ts';
import { farthestTime, type Item, readNumber, type Table } from './table.ts';

/** When the last complete sync of a portal began (0 before the first), and from which fence on it confirms the rows of syncs. */
type LastSync = { readonly atEpochMs: number; readonly firstFence: number };

/** `wasKnown`: it was remembered, so it is older than what was read just now. */
export type LastSyncAt = (portalId: PortalId) => Promise<LastSync & { readonly wasKnown: boolean }>;

/**
 * The owner cache in DynamoDB. Each portal has several kinds of item, each found by one key read: by email, with every owner of
 * that email in one item, so that a reader sees either the old or the new answer; by owner ID; by user ID; by user record ID.
 */
export function createOwnerCache(
  table: Table,
  now: Now,
  lastSyncAt: LastSyncAt = async () => ({ ...NO_SYNC, wasKnown: true }),
): OwnerCache {
  return {
    async findByEmail(portalId, email) {
      const row = await read(portalId, itemKey(portalId, 'email', email));
      return row && toCachedOwners(row);
    },

    findByOwnerId: (portalId, ownerId) => readOwner(portalId, itemKey(portalId, 'owner', ownerId)),
    findStoredOwner: (portalId, ownerId) => readOwner(portalId, itemKey(portalId, 'owner', ownerId)),
    findByUserId: (portalId, userId) => readOwner(portalId, itemKey(portalId, 'user', userId)),
    findByUserRecordId: (portalId, recordId) => readOwner(portalId, itemKey(portalId, 'userRecord', recordId)),

    async rememberEmail(portalId, email, cached) {
      const { owners, confirmedAtEpochMs } = cached;
      const byIds = owners.flatMap((owner) => toOwnerPuts(portalId, owner, { owner, confirmedAtEpochMs }));
      const byEmail = { key: itemKey(portalId, 'email', email), attributes: toEmailAttributes(cached) };
      await inParallel<Put>([byEmail, ...byIds], put);
    },

    async rememberOwner(portalId, ownerId, cached) {
      const absence = { key: itemKey(portalId, 'owner', ownerId), attributes: toOwnerAttributes(cached) };
      const puts = cached.owner === undefined ? [absence] : toOwnerPuts(portalId, cached.owner, cached);
      await inParallel<Put>(puts, put);
    },
  };

  /**
   * A row that a sync wrote and nobody replaced is as true as the last sync, which would have changed it otherwise. A sync
   * that was recorded after the row was read says nothing about that row: it may have changed it in between. The reads are
   * consistent: an older row would borrow the age of the sync that replaced it.
   */
  async function read(portalId: PortalId, key: ItemKey) {
    const item = await readItem(table, key);
    if (item === undefined || !isSynced(item)) return toRow(item, NO_SYNC);
    const sync = await lastSyncAt(portalId);
    return toRow(sync.wasKnown ? item : await readItem(table, key), sync);
  }

  async function readOwner(portalId: PortalId, key: ItemKey): Promise<CachedOwner | undefined> {
    const row = await read(portalId, key);
    if (row === undefined) return undefined;
    const owner = fromOwnerMap(row.item.owner);
    const { confirmedAtEpochMs } = row;
    return row.item.owner !== undefined && owner === undefined ? undefined : { owner, confirmedAtEpochMs };
  }

  /** Does not replace what was learned later: two containers may ask HubSpot at the same time and answer out of order. */
  async function put({ key, attributes, leaverId }: Put): Promise<void> {
    const mayReplace = leaverId === undefined ? IS_NOT_LATER : `(${IS_NOT_LATER} AND ${IS_NO_OTHER_ACTIVE})`;
    const item = { ...key, ...attributes };
    await putItem(table, item, {
      ConditionExpression: `attribute_not_exists(pk) OR ${mayReplace}`,
      ...(leaverId !== undefined && { ExpressionAttributeNames: { '#owner': 'owner' } }),
      ExpressionAttributeValues: {
        ':confirmedAt': attributes.confirmedAtEpochMs ?? { N: '0' },
        ':farthest': farthestTime(now),
        ...(leaverId !== undefined && { ':leaverId': { S: leaverId }, ':left': { BOOL: true } }),
      },
    });
  }
}

/** `leaverId`: the owner of the row, if they left. Their user may have another, active owner by now. */
type Put = { readonly key: ItemKey; readonly attributes: Item; readonly leaverId?: OwnerId };

const IS_NOT_LATER = '(confirmedAtEpochMs <= :confirmedAt OR confirmedAtEpochMs > :farthest)';
const IS_NO_OTHER_ACTIVE = '(attribute_not_exists(#owner) OR #owner.id = :leaverId OR #owner.archived = :left)';

function toOwnerPuts(portalId: PortalId, owner: Owner, cached: CachedOwner): Put[] {
  const attributes = toOwnerAttributes(cached);
  return ownerKeys(portalId, owner).map((key) => ({ key, attributes, ...(owner.archived && { leaverId: owner.id }) }));
}

type Row = { readonly item: Item; readonly confirmedAtEpochMs: number };

const NO_SYNC: LastSync = { atEpochMs: 0, firstFence: Number.POSITIVE_INFINITY };

/** @param sync the last complete sync that could have changed the row */
function toRow(item: Item | undefined, { atEpochMs, firstFence }: LastSync): Row | undefined {
  const written = item && readNumber(item, 'confirmedAtEpochMs');
  if (item === undefined || written === undefined) return undefined;
  return { item, confirmedAtEpochMs: isSynced(item, firstFence) ? Math.max(written, atEpochMs) : written };
}

/** Undefined when a row holds something that is no owner. */
function toCachedOwners({ item, confirmedAtEpochMs }: Row): CachedOwners | undefined {
  const owners = (item.owners?.L ?? []).map(fromOwnerMap);
  return owners.every((owner) => owner !== undefined) ? { owners, confirmedAtEpochMs } : undefined;
}

/**
 * When each portal was last synced. It is remembered so that executions do not read it each time, and read once for a burst of
 * them.
 */
export function createLastSyncAt(readState: OwnerSyncStore['readState'], now: Now): LastSyncAt {
  const known = new LruMap<PortalId, { readonly sync: LastSync; readonly expiresAtEpochMs: number }>();
  const join = createInFlight<LastSync>(now);
  return async (portalId) => {
    const entry = known.get(portalId);
    if (entry !== undefined && entry.expiresAtEpochMs > now()) return { ...entry.sync, wasKnown: true };
    return { ...(await join(portalId, NO_DEADLINE, () => read(portalId))), wasKnown: false };
  };

  async function read(portalId: PortalId): Promise<LastSync> {
    const { lastCompleteStartedAtEpochMs: atEpochMs, firstFence } = await readState(portalId);
    const sync = { atEpochMs, firstFence };
    known.set(portalId, { sync, expiresAtEpochMs: now() + LAST_SYNC_IN_MEMORY_MS });
    return sync;
  }
}

/** What the cache knows under many emails, a hundred a call; the rest of it is one row a call. */
export function createEmailRows(table: Table, lastSyncAt: LastSyncAt, pauses: BatchPauses): FindByEmails {
  return async function findByEmails(portalId, emails) {
    const read = () => readEach(table, emails, (email) => itemKey(portalId, 'email', email), pauses);
    let items = await read();
    let sync = NO_SYNC;
    if ([...items.values()].some((item) => isSynced(item))) {
      const last = await lastSyncAt(portalId);
      // A sync that was recorded after the rows were read does not count, because it may have changed them in between.
      if (!last.wasKnown) items = await read();
      sync = last;
    }
    const found = new Map<OwnerEmail, CachedOwners>();
    for (const [email, item] of items) {
      const row = toRow(item, sync);
      const cached = row && toCachedOwners(row);
      if (cached !== undefined) found.set(email, cached);
    }
    return found;
  };
}
