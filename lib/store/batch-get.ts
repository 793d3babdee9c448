import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../domain/errors.ts';
import { inParallel } from '../domain/in-parallel.ts';
import type { Sleep } from '../domain/ports.ts';
import { type Item, type ItemKey, reachTable, type Table } from './table.ts';

/** The most keys of one BatchGetItem (DynamoDB API reference, read 2026-11-23). */
const MAX_KEYS = 100;

export type BatchPauses = { readonly sleep: Sleep; readonly random: () => number };

/** Consistent, in any order, without those that do not exist. */
export async function readBatch(table: Table, keys: readonly ItemKey[], pauses: BatchPauses): Promise<Item[]> {
  const items: Item[] = [];
  await inParallel(chunk(keys, MAX_KEYS), async (some) => {
    items.push(...(await readPart(table, some, pauses)));
  });
  return items;
}

async function readPart({ client, tableName }: Table, keys: readonly ItemKey[], pauses: BatchPauses): Promise<Item[]> {
  const items: Item[] = [];
  let Keys: Item[] = [...keys];
  for (let round = 0; Keys.length > 0; round += 1) {
    await pauseBefore(round, pauses);
    const RequestItems = { [tableName]: { Keys, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await reachTable(client.send(new BatchGetItemCommand({ RequestItems })));
    items.push(...(Responses?.[tableName] ?? []));
    Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

/** DynamoDB hands back what it had no capacity for. */
const MAX_ROUNDS = 6;
const FIRST_PAUSE_MS = 50;

/**
 * Full jitter, and an end.
 * @throws {StoreUnavailableError}
 */
export async function pauseBefore(round: number, { sleep, random }: BatchPauses): Promise<void> {
  if (round === MAX_ROUNDS) throw new StoreUnavailableError('the table had no capacity for a batch');
  if (round > 0) await sleep(Math.round(FIRST_PAUSE_MS * 2 ** round * random()));
}

export function chunk<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
