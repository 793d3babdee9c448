import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { Owner } from '../domain/owner.ts';
import type { CachedOwner, CachedOwners, OwnerCache } from '../domain/ports.ts';
import { fromOwnerMap } from './owner-item.ts';
import { isSwept, ownerKeys, toEmailAttributes, toOwnerAttributes } from './owner-rows.ts';
import { type Item, type ItemKey, itemKey, reachTable, readNumber, type Table } from './table.ts';

/**
 * When the last complete sweep of a portal began; 0 before the first. `wasKnown`: it was remembered, so that it was true
 * before whatever was read just now.
 */
export type LastSweepAt = (portalId: PortalId) => Promise<{ readonly atEpochMs: number; readonly wasKnown: boolean }>;

/**
 * The owner cache in DynamoDB. Kinds of item per portal, each found by one key read: by email with every owner of that
 * email in it, so that a reader sees either the previous answer or the new one; by owner id; by user id; by user record id.
 */
export function createOwnerCache(
  { client, tableName: TableName }: Table,
  lastSweepAt: LastSweepAt = async () => ({ atEpochMs: 0, wasKnown: true }),
): OwnerCache {
  return {
    async findByEmail(portalId, email) {
      const row = await read(portalId, itemKey(portalId, 'email', email));
      return row && toCachedOwners(row);
    },

    async findByOwnerId(portalId, ownerId) {
      return readOwner(portalId, itemKey(portalId, 'owner', ownerId));
    },

    async findByUserId(portalId, userId) {
      return readOwner(portalId, itemKey(portalId, 'user', userId));
    },

    async findByUserRecordId(portalId, recordId) {
      return readOwner(portalId, itemKey(portalId, 'userRecord', recordId));
    },

    rememberEmail(portalId, email, cached) {
      const { owners, confirmedAtEpochMs } = cached;
      const byIds = owners.flatMap((owner) => toOwnerPuts(portalId, owner, { owner, confirmedAtEpochMs }));
      return putAll([{ key: itemKey(portalId, 'email', email), attributes: toEmailAttributes(cached) }, ...byIds]);
    },

    rememberOwner(portalId, ownerId, cached) {
      const key = itemKey(portalId, 'owner', ownerId);
      return putAll(
        cached.owner === undefined
          ? [{ key, attributes: toOwnerAttributes(cached) }]
          : toOwnerPuts(portalId, cached.owner, cached),
      );
    },
  };

  /**
   * A row that a sweep wrote and nobody replaced is as true as the last sweep, which would have changed it otherwise. A sweep
   * that was recorded after the row was read says nothing about that row: it may have changed it in between.
   */
  async function read(portalId: PortalId, key: ItemKey) {
    const item = await get(key);
    if (item === undefined || !isSwept(item)) return told(item, 0);
    const sweep = await lastSweepAt(portalId);
    return told(sweep.wasKnown ? item : await get(key), sweep.atEpochMs);
  }

  async function get(Key: ItemKey): Promise<Item | undefined> {
    // Consistent: an older row would borrow the age of the sweep that replaced it.
    return (await reachTable(client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true })))).Item;
  }

  async function readOwner(portalId: PortalId, key: ItemKey): Promise<CachedOwner | undefined> {
    const row = await read(portalId, key);
    if (row === undefined) return undefined;
    const owner = fromOwnerMap(row.item.owner);
    const { confirmedAtEpochMs } = row;
    return row.item.owner !== undefined && owner === undefined ? undefined : { owner, confirmedAtEpochMs };
  }

  async function putAll(puts: readonly Put[]): Promise<void> {
    await inParallel(puts, put);
  }

  /** Does not replace what was learned later: two containers may ask HubSpot at the same time and answer out of order. */
  async function put({ key, attributes }: Put): Promise<void> {
    const command = new PutItemCommand({
      TableName,
      Item: { ...key, ...attributes },
      ConditionExpression: 'attribute_not_exists(pk) OR confirmedAtEpochMs <= :confirmedAt',
      ExpressionAttributeValues: { ':confirmedAt': attributes.confirmedAtEpochMs ?? { N: '0' } },
    });
    try {
      await reachTable(client.send(command));
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }
}

type Put = { readonly key: ItemKey; readonly attributes: Item };

function toOwnerPuts(portalId: PortalId, owner: Owner, cached: CachedOwner): Put[] {
  return ownerKeys(portalId, owner).map((key) => ({ key, attributes: toOwnerAttributes(cached) }));
}

type Row = { readonly item: Item; readonly confirmedAtEpochMs: number };

function told(item: Item | undefined, sweptAtEpochMs: number): Row | undefined {
  const written = item && readNumber(item, 'confirmedAtEpochMs');
  if (item === undefined || written === undefined) return undefined;
  return { item, confirmedAtEpochMs: isSwept(item) ? Math.max(written, sweptAtEpochMs) : written };
}

/** @param sweptAtEpochMs when the last complete sweep began that could have changed the row */
export function readEmailRow(item: Item, sweptAtEpochMs: number): CachedOwners | undefined {
  const row = told(item, sweptAtEpochMs);
  return row && toCachedOwners(row);
}

/** Undefined when a row holds something that is no owner. */
function toCachedOwners({ item, confirmedAtEpochMs }: Row): CachedOwners | undefined {
  const owners = (item.owners?.L ?? []).map(fromOwnerMap);
  return owners.every((owner) => owner !== undefined) ? { owners, confirmedAtEpochMs } : undefined;
}
