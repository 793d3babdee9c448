import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/store/table.ts';
import { createTable } from '../../local/embedded-dynamodb.ts';
import { askDirectly, UNSIGNED } from './direct-client.ts';
import { makeDirectHandler } from './direct-handler.ts';

/** What a test file gets from the worker that runs it (environment.ts). */
export type WorkerEngines = { readonly createDynamoDb: () => Server };

const { workerEngines } = globalThis as unknown as { readonly workerEngines: WorkerEngines };

/** One engine for a test file, which never listens: it is asked without a socket, and ends with the file. */
const engine = makeDirectHandler(workerEngines.createDynamoDb());

/** A new table on an engine inside the test's own process. */
export async function makeEmbeddedTable(): Promise<Table> {
  const client = new DynamoDBClient({ cacheMiddleware: true });
  askDirectly(client, engine);
  return addTable(client);
}

/** A new table on an engine that listens. */
export async function makeTable(config: DynamoDBClientConfig): Promise<Table> {
  const client = new DynamoDBClient({ signer: NO_SIGNER, cacheMiddleware: true, ...config });
  for (const name of NOT_FOR_THE_ENGINE) client.middlewareStack.remove(name);
  return addTable(client);
}

async function addTable(client: DynamoDBClient): Promise<Table> {
  const tableName = `test-${randomUUID()}`;
  await createTable(client, tableName);
  return { client, tableName };
}

/** What the SDK adds to every request for AWS and for its own log, in a fifth of the time of a call. No engine reads it. */
const NOT_FOR_THE_ENGINE = [
  'loggerMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
];

/** To sign a request is a tenth of the work of a call. */
const NO_SIGNER: NonNullable<DynamoDBClientConfig['signer']> = {
  async sign(request) {
    Object.assign(request.headers, UNSIGNED);
    return request;
  },
};
