import type { Table } from '../../lib/store/table.ts';
import { askForEngine, type EngineName } from './ask-for-engine.ts';
import { makeTable } from './embedded-table.ts';

export type Engine = { readonly name: string; readonly makeTable: () => Promise<Table> };

const dynalite = makeEngine('dynalite', 'dynalite');
const dynamoDbLocal = makeEngine('DynamoDB Local', 'dynamodb-local');

/** Every DynamoDB engine this machine can run. The reporter names a missing one at the end of the run. */
export const ENGINES: readonly Engine[] =
  process.env.TEST_DYNAMODB_LOCAL_ABSENT === undefined ? [dynalite, dynamoDbLocal] : [dynalite];

function makeEngine(name: string, engine: EngineName): Engine {
  return { name, makeTable: async () => makeTable({ endpoint: await askForEngine(engine) }) };
}
