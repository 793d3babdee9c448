import { type AttributeValue, BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TABLE_NAME } from './settings.ts';

type Item = Record<string, AttributeValue>;
type Waiting = { readonly item: Item; readonly done: () => void; readonly failed: (error: unknown) => void };

/** The most items of one BatchWriteItem (DynamoDB API reference, read 2026-11-23). */
const BATCH = 25;
/** Of refresh-keys.ts: what the next refresh compares with. */
const LISTING = '#listing';
const STATE = '#refresh';

/**
 * Makes first refreshes quick, to have portals for a second night. The listing is written in batches. The rows that
 * executions read are not written, because no refresh reads them. The rest goes through.
 */
export function writeListingsOnly(table: DynamoDBClient): void {
  // Beside the service's own client, so that the batches are not caught again.
  const client = new DynamoDBClient({});
  const waiting: Waiting[] = [];

  async function flush(): Promise<void> {
    const batch = waiting.splice(0, BATCH);
    if (batch.length === 0) return;
    const requests = batch.map(({ item }) => ({ PutRequest: { Item: item } }));
    try {
      const command = new BatchWriteItemCommand({ RequestItems: { [TABLE_NAME]: requests } });
      const { UnprocessedItems = {} } = await client.send(command);
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('the engine left items of a batch unwritten');
      for (const { done } of batch) done();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }

  function put(item: Item): Promise<void> {
    return new Promise((done, failed) => {
      waiting.push({ item, done, failed });
      if (waiting.length >= BATCH) void flush();
      else if (waiting.length === 1) setImmediate(() => void flush());
    });
  }

  table.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as { readonly Item?: Item; readonly Key?: Item };
        const partition = (input.Item ?? input.Key)?.pk?.S;
        if (partition === undefined || partition.endsWith(STATE) || commandName === 'GetItemCommand') return next(args);
        if (commandName === 'PutItemCommand' && partition.endsWith(LISTING)) await put(input.Item ?? {});
        const capacity = { ConsumedCapacity: { CapacityUnits: 0 } };
        return { output: { $metadata: {}, ...capacity }, response: {} };
      },
    { step: 'initialize', priority: 'low', name: 'writeListingsOnly' },
  );
}
