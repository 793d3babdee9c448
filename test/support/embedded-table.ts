import { randomUUID } from 'node:crypto';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/store/table.ts';
import { createTable } from '../../local/embedded-dynamodb.ts';
import { askDirectly } from './direct-client.ts';
import type { AskEngine } from './worker-engine.ts';

/** What a test file gets from the worker that runs it (environment.ts). */
export type WorkerEngines = { readonly createDynamoDb: () => AskEngine };

const { workerEngines } = globalThis as unknown as { readonly workerEngines: WorkerEngines };

/** One engine for a test file, which never listens: it is asked without a socket, and ends with the file. */
const askEngine = workerEngines.createDynamoDb();

/** A new table on an engine inside the test's own process. */
export async function makeEmbeddedTable(): Promise<Table> {
  const client = new DynamoDBClient({ cacheMiddleware: true });
  askDirectly(client, askEngine);
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

const UNSIGNED = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

/** The engines look whether there is a signature, not at it, and to make one is a tenth of the work of a call. */
const NO_SIGNER: NonNullable<DynamoDBClientConfig['signer']> = {
  async sign(request) {
    Object.assign(request.headers, UNSIGNED);
    return request;
  },
};
