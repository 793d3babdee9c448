import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../lib/store/table.ts';
import { createTable } from '../../local/embedded-dynamodb.ts';

export type Engine = { readonly name: string; readonly makeTable: () => Promise<Table> };

const dynalite: Engine = { name: 'dynalite', makeTable: () => makeTable(process.env.TEST_DYNALITE_ENDPOINT) };
const dynamoDbLocal: Engine = {
  name: 'DynamoDB Local',
  makeTable: () => makeTable(process.env.TEST_DYNAMODB_LOCAL_ENDPOINT),
};

/** Every DynamoDB engine this machine can run. What is missing is told by the reporter at the end of the run. */
export const ENGINES: readonly Engine[] =
  process.env.TEST_DYNAMODB_LOCAL_ENDPOINT === undefined ? [dynalite] : [dynalite, dynamoDbLocal];

/** A new table on the embedded engine. */
export const makeEmbeddedTable = dynalite.makeTable;

async function makeTable(endpoint: string | undefined): Promise<Table> {
  if (endpoint === undefined) throw new Error('the engine is not running');
  const client = new DynamoDBClient({ endpoint });
  const tableName = `test-${randomUUID()}`;
  await createTable(client, tableName);
  return { client, tableName };
}
