import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { parseOwnerId } from '../domain/ids.ts';
import type { Successors } from '../ports/store.ts';
import { itemKey, sendToTable, type Table } from './table.ts';

const IS_NEW = 'attribute_not_exists(pk)';
const NAMES_SOMEBODY_ELSE = 'successorOwnerId <> :successorOwnerId';

/**
 * The successor map in DynamoDB: one item per leaver, with ids only. It never expires, because nobody but an operator knows
 * when a succession is over.
 */
export function createSuccessors({ client, tableName: TableName }: Table): Successors {
  return {
    async findSuccessorId(portalId, leaverId) {
      // Consistent: an operator who has been answered expects the next execution to go by it.
      const Key = itemKey(portalId, 'successor', leaverId);
      const { Item } = await sendToTable(client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true })));
      return parseOwnerId(Item?.successorOwnerId?.S);
    },

    async setSuccessor(portalId, leaverId, successorId, setAtEpochMs) {
      const command = new PutItemCommand({
        TableName,
        Item: {
          ...itemKey(portalId, 'successor', leaverId),
          successorOwnerId: { S: successorId },
          setAtEpochMs: { N: String(setAtEpochMs) },
        },
        ConditionExpression: `${IS_NEW} OR ${NAMES_SOMEBODY_ELSE}`,
        ExpressionAttributeValues: { ':successorOwnerId': { S: successorId } },
      });
      try {
        await sendToTable(client.send(command));
      } catch (error) {
        // It says so already, by this very call when the reply to its first try was lost.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    async removeSuccessor(portalId, leaverId) {
      const Key = itemKey(portalId, 'successor', leaverId);
      await sendToTable(client.send(new DeleteItemCommand({ TableName, Key })));
    },
  };
}
