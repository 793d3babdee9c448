import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { chunk } from '../domain/batches.ts';
import { inParallel } from '../domain/concurrency.ts';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { Needs } from '../ports/telemetry.ts';
import type { ItemKey } from './keys.ts';
import { type Item, sendToTable, type Table } from './table.ts';

/** The present item, including the latest writes unless `mayBeOld`. */
export async function readItem(
  { client, tableName: TableName }: Table,
  Key: ItemKey,
  { mayBeOld = false } = {},
): Promise<Item | undefined> {
  const consistency = mayBeOld ? {} : { ConsistentRead: true };
  return (await sendToTable(client.send(new GetItemCommand({ TableName, Key, ...consistency })))).Item;
}

/** `standing`: the item whose condition failed, if the engine returns it. */
export type ConditionalWrite =
  | { readonly isWritten: true; readonly attributes: Item }
  | { readonly isWritten: false; readonly standing: Item | undefined };

export type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;
type Condition = Pick<
  PutItemCommandInput,
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
  | 'ReturnValuesOnConditionCheckFailure'
>;

export function putItem(table: Table, Item: Item, condition: Condition = {}): Promise<ConditionalWrite> {
  return writeIf(table, new PutItemCommand({ TableName: table.tableName, Item, ...condition }));
}

export function updateItem(table: Table, Key: ItemKey, update: Update): Promise<ConditionalWrite> {
  return writeIf(table, new UpdateItemCommand({ TableName: table.tableName, Key, ...update }));
}

export function deleteItem(table: Table, Key: ItemKey, condition: Condition = {}): Promise<ConditionalWrite> {
  return writeIf(table, new DeleteItemCommand({ TableName: table.tableName, Key, ...condition }));
}

/** Sends a write, with a condition or without. That the condition does not hold is an answer and no error. */
export async function writeIf(
  { client }: Table,
  command: PutItemCommand | UpdateItemCommand | DeleteItemCommand,
): Promise<ConditionalWrite> {
  try {
    // The client has one overload for each command, and none for all three; they are sent in the same way.
    const { Attributes = {} } = await sendToTable(client.send(command as UpdateItemCommand));
    return { isWritten: true, attributes: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isWritten: false, standing: error.Item };
  }
}

/** Not every engine returns what stood in the way of a write. Empty if it is gone by now. */
export async function readStanding(table: Table, key: ItemKey, standing: Item | undefined): Promise<Item> {
  return standing ?? (await readItem(table, key)) ?? {};
}

/** The maximum number of keys in one BatchGetItem (DynamoDB API reference, read 2026-11-23). */
const MAX_KEYS = 100;

export type BatchPauses = Needs<'sleep' | 'random'>;
/** For callers without a clock. */
export const NO_PAUSES: BatchPauses = { sleep: async () => undefined, random: () => 0 };

/** A consistent read, in any order, without items that do not exist. */
export async function readBatch(
  table: Table,
  keys: readonly ItemKey[],
  pauses: BatchPauses,
  projection?: string,
): Promise<Item[]> {
  const items: Item[] = [];
  await inParallel(chunk(keys, MAX_KEYS), async (some) => {
    items.push(...(await readPart(table, some, pauses, projection)));
  });
  return items;
}

/** The same for the items of `values`, each in a partition of its own. */
export async function readEach<Value>(
  table: Table,
  values: readonly Value[],
  keyOf: (value: Value) => ItemKey,
  pauses: BatchPauses,
  projection?: string,
): Promise<Map<Value, Item>> {
  const valueByPartition = new Map(values.map((value) => [keyOf(value).pk.S, value]));
  const items = await readBatch(table, [...valueByPartition.values()].map(keyOf), pauses, projection);
  const found = items.map((item) => [valueByPartition.get(item.pk?.S ?? ''), item] as const);
  return new Map(found.filter((entry): entry is [Value, Item] => entry[0] !== undefined));
}

async function readPart(
  { client, tableName }: Table,
  keys: readonly ItemKey[],
  pauses: BatchPauses,
  projection: string | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  let Keys: Item[] = [...keys];
  for (let round = 0; Keys.length > 0; round += 1) {
    await pauseBefore(round, pauses);
    const part = { Keys, ConsistentRead: true, ...(projection !== undefined && { ProjectionExpression: projection }) };
    const RequestItems = { [tableName]: part };
    const { Responses, UnprocessedKeys } = await sendToTable(client.send(new BatchGetItemCommand({ RequestItems })));
    items.push(...(Responses?.[tableName] ?? []));
    Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

/** The maximum number of rounds for keys that DynamoDB returns because it lacked capacity. */
const MAX_ROUNDS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * Full jitter, and a limited number of rounds.
 * @throws {StoreUnavailableError}
 */
export async function pauseBefore(round: number, { sleep, random }: BatchPauses): Promise<void> {
  if (round === MAX_ROUNDS) throw new StoreUnavailableError('the table had no capacity for a batch');
  if (round > 0) await sleep(Math.round(FIRST_PAUSE_MS * 2 ** round * random()));
}

/** Every item of a partition in the order of its sort keys, to the last page; from the sort key `from` on, if it is given. */
export async function queryPartition(table: Table, partition: string, from?: string): Promise<Item[]> {
  return (await Array.fromAsync(queryPages(table, partition, { from }))).flat();
}

/** One page of a partition, without the latest writes, and the key after which the next one begins. */
export async function queryPage(
  { client, tableName: TableName }: Table,
  partition: string,
  ExclusiveStartKey?: ItemKey,
): Promise<{ readonly items: Item[]; readonly last: Item | undefined }> {
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: partition } } };
  const command = new QueryCommand({ TableName, ...query, ExclusiveStartKey });
  const { Items = [], LastEvaluatedKey } = await sendToTable(client.send(command));
  return { items: Items, last: LastEvaluatedKey };
}

/** Every item of a partition page by page, for partitions that are too large to hold in memory. */
export async function* queryPages(
  { client, tableName }: Table,
  partition: string,
  { from, pageSize }: { readonly from?: string | undefined; readonly pageSize?: number } = {},
): AsyncGenerator<Item[]> {
  const query: QueryCommandInput = {
    TableName: tableName,
    KeyConditionExpression: from === undefined ? 'pk = :pk' : 'pk = :pk AND sk >= :from',
    ExpressionAttributeValues: { ':pk': { S: partition }, ...(from !== undefined && { ':from': { S: from } }) },
    ConsistentRead: true,
    Limit: pageSize,
  };
  // Written by hand, because every cold start of the action would load the SDK's paginator for it.
  do {
    const { Items = [], LastEvaluatedKey } = await sendToTable(client.send(new QueryCommand(query)));
    yield Items;
    query.ExclusiveStartKey = LastEvaluatedKey;
  } while (query.ExclusiveStartKey !== undefined);
}
