import { ConditionalCheckFailedException, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { OAuthStates } from '../ports/portals.ts';
import { type ItemKey, sendToTable, type Table, toEpochSeconds } from './table.ts';

/** Our clocks and DynamoDB's may differ: a row that goes early would let its state be used again. */
const MARGIN_MS = 3_600_000;

/** Not under a portal: whose install it is, nobody knows before HubSpot tells. */
function usedStateKey(nonce: string): ItemKey {
  return { pk: { S: `install#${nonce}` }, sk: { S: 'install' } };
}

/** Used states in DynamoDB, one item each. An item is written when its state comes back, never when it is handed out. */
export function createOAuthStates({ client, tableName: TableName }: Table, newId: () => string): OAuthStates {
  return {
    async consume(nonce, expiresAtEpochMs) {
      const writerId = newId();
      const Item = {
        ...usedStateKey(nonce),
        writerId: { S: writerId },
        expiresAtEpochSeconds: toEpochSeconds(expiresAtEpochMs + MARGIN_MS),
      };
      const command = new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
      try {
        await sendToTable(client.send(command));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The SDK sends again when a reply is lost, and the second try then meets what the first one wrote.
        return (await readWriterId(nonce)) === writerId;
      }
    },
  };

  async function readWriterId(nonce: string): Promise<string | undefined> {
    const command = new GetItemCommand({ TableName, Key: usedStateKey(nonce), ConsistentRead: true });
    return (await sendToTable(client.send(command))).Item?.writerId?.S;
  }
}
