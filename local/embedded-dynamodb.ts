import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

export type EmbeddedDynamoDb = { readonly endpoint: string; readonly close: () => Promise<void> };

/** A DynamoDB engine in this process, in memory, on a free port of the loopback interface. */
export async function startEmbeddedDynamoDb(): Promise<EmbeddedDynamoDb> {
  // Loaded here, because a caller that uses a running engine does not need it.
  const { createEngine } = await import('./dynamodb-engine.ts');
  const server = createEngine();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Creates the table of serverless.yml and waits until it is ready. The engine has no TTL, backups and encryption. */
export async function createTable(client: DynamoDBClient, tableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await untilActive(client, tableName);
}

/** A new table answers as if it did not exist until it is active. */
async function untilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
    // Most are ready within a moment.
    await delay(Math.min(tries, 10));
  }
  throw new Error(`table ${tableName} did not become active within 5 seconds`);
}
