import { parentPort, workerData } from 'node:worker_threads';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';

const { tableName } = workerData as { readonly tableName: string };
const { endpoint } = await startEmbeddedDynamoDb();
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
await createTable(client, tableName);
client.destroy();
parentPort?.postMessage(endpoint);
