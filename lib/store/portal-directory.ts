import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import { type Item, type ItemKey, reachTable, type Table } from './table.ts';

export const DIRECTORY = 'portals';

/** An entry as it was seen: another install replaces it by one of its own. */
export type DirectoryEntry = Item;

/** The one key that does not begin with its portal: it gathers the ids of all, and nothing but the ids. */
function directoryKey(portalId: PortalId): ItemKey {
  return { pk: { S: DIRECTORY }, sk: { S: portalId } };
}

/** Which portals installed the app at some time. Whether they are connected is not told here. */
export function createPortalDirectory({ client, tableName: TableName }: Table) {
  return {
    /** `step` tells the two entries of one install apart. */
    async list(portalId: PortalId, atEpochMs: number, step: 'before' | 'after'): Promise<void> {
      const command = new UpdateItemCommand({
        TableName,
        Key: directoryKey(portalId),
        UpdateExpression: 'SET listedAtEpochMs = :at, step = :step',
        ExpressionAttributeValues: { ':at': { N: String(atEpochMs) }, ':step': { S: step } },
      });
      await reachTable(client.send(command));
    },

    async find(portalId: PortalId): Promise<DirectoryEntry | undefined> {
      const command = new GetItemCommand({ TableName, Key: directoryKey(portalId), ConsistentRead: true });
      return (await reachTable(client.send(command))).Item;
    },

    /** Leaves an entry alone that an install has put there since. */
    async unlist(portalId: PortalId, { listedAtEpochMs, step }: DirectoryEntry): Promise<void> {
      const command = new DeleteItemCommand({
        TableName,
        Key: directoryKey(portalId),
        ConditionExpression: 'listedAtEpochMs = :listedAt AND step = :step',
        ExpressionAttributeValues: { ':listedAt': listedAtEpochMs ?? { NULL: true }, ':step': step ?? { NULL: true } },
      });
      try {
        await reachTable(client.send(command));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
