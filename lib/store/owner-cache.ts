import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import type { Owner } from '../domain/owner.ts';
import type { CachedOwner, OwnerCache } from '../domain/ports.ts';
import { fromOwnerMap } from './owner-item.ts';
import { isSwept, ownerKeys, toEmailAttributes, toOwnerAttributes } from './owner-rows.ts';
import { type Item, type ItemKey, itemKey, reachTable, readNumber, type Table } from './table.ts';

/** When the last complete sweep of a portal began, in epoch milliseconds; 0 before the first. */
export type LastSweepAt = (portalId: PortalId) => Promise<number>;

/**
 * The owner cache in DynamoDB. Kinds of item per portal, each found by one key read: by e-mail with every owner of that
 * e-mail in it, so that a reader sees either the previous answer or the new one; by owner id; by user id; by user record id.
 */
export function createOwnerCache(
  { client, tableName: TableName }: Table,
  lastSweepAt: LastSweepAt = async () => 0,
): OwnerCache {
  return {
    async findByEmail(portalId, email) {
      const item = await read(itemKey(portalId, 'email', email));
      const confirmedAtEpochMs = item && (await confirmedAt(portalId, item));
      if (item === undefined || confirmedAtEpochMs === undefined) return undefined;
      const owners = (item.owners?.L ?? []).map(fromOwnerMap);
      return owners.every((owner) => owner !== undefined) ? { owners, confirmedAtEpochMs } : undefined;
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

    async rememberEmail(portalId, email, cached) {
      await Promise.all([
        put(itemKey(portalId, 'email', email), toEmailAttributes(cached)),
        ...cached.owners.flatMap((owner) =>
          putOwner(portalId, owner, { owner, confirmedAtEpochMs: cached.confirmedAtEpochMs }),
        ),
      ]);
    },

    async rememberOwner(portalId, ownerId, cached) {
      await Promise.all(
        cached.owner === undefined
          ? [put(itemKey(portalId, 'owner', ownerId), toOwnerAttributes(cached))]
          : putOwner(portalId, cached.owner, cached),
      );
    },
  };

  async function read(Key: ItemKey): Promise<Item | undefined> {
    // Eventually consistent: the previous row was true when it was written, and the leaver guard goes by its age.
    const { Item } = await reachTable(client.send(new GetItemCommand({ TableName, Key })));
    return Item;
  }

  async function readOwner(portalId: PortalId, key: ItemKey): Promise<CachedOwner | undefined> {
    const item = await read(key);
    const confirmedAtEpochMs = item && (await confirmedAt(portalId, item));
    if (item === undefined || confirmedAtEpochMs === undefined) return undefined;
    const owner = fromOwnerMap(item.owner);
    return item.owner !== undefined && owner === undefined ? undefined : { owner, confirmedAtEpochMs };
  }

  /** A row that a sweep wrote and nobody replaced is as true as the last sweep, which would have changed it otherwise. */
  async function confirmedAt(portalId: PortalId, item: Item): Promise<number | undefined> {
    const written = readNumber(item, 'confirmedAtEpochMs');
    if (written === undefined || !isSwept(item)) return written;
    return Math.max(written, await lastSweepAt(portalId));
  }

  /** Does not replace what was learned later: two containers may ask HubSpot at the same time and answer out of order. */
  async function put(key: ItemKey, attributes: Item): Promise<void> {
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

  function putOwner(portalId: PortalId, owner: Owner, cached: CachedOwner): Promise<void>[] {
    return ownerKeys(portalId, owner).map((key) => put(key, toOwnerAttributes(cached)));
  }
}
