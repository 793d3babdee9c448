import { BatchGetItemCommand, BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Now, Sleep } from '../domain/ports.ts';
import type { QueuedResults, SettledExecution } from '../domain/queued-execution.ts';
import { EXECUTION_LIFETIME_MS, executionKey, fromResultAttribute, toResultAttribute } from './execution-item.ts';
import { type Item, type ItemKey, reachTable, type Table, toEpochSeconds } from './table.ts';

/** The most of one BatchGetItem and of one BatchWriteItem (DynamoDB API reference, read 2026-11-23). */
const MAX_READS = 100;
const MAX_WRITES = 25;
/** DynamoDB hands back what it had no capacity for. */
const MAX_ROUNDS = 6;
const FIRST_PAUSE_MS = 50;

export type QueuedResultsOptions = { readonly now: Now; readonly sleep: Sleep; readonly random: () => number };

/**
 * The execution ledger as the worker of the queue sees it: the same items, whatever state the action left them in.
 *
 * Results are written in batches, which know no conditions. Whoever writes has seen that there was none a moment before, and
 * two who worked off copies of one message at the same time did the same work: either result is true.
 */
export function createQueuedResults(
  { client, tableName }: Table,
  { now, sleep, random }: QueuedResultsOptions,
): QueuedResults {
  return {
    async find(portalId, executionIds) {
      const results = new Map<string, ActionResult>();
      const idByPartition = new Map(executionIds.map((id) => [keyOf(portalId, id).pk.S, id]));
      const keys = [...idByPartition.values()].map((id) => keyOf(portalId, id));
      for (const some of chunk(keys, MAX_READS)) {
        for (const item of await readAll(some)) {
          const executionId = idByPartition.get(item.pk?.S ?? '');
          const result = item.state?.S === 'DONE' ? fromResultAttribute(item.result) : undefined;
          if (executionId !== undefined && result !== undefined) results.set(executionId, result);
        }
      }
      return results;
    },

    async settle(settled) {
      const requests = settled.map((one) => ({ PutRequest: { Item: toItem(one) } }));
      await Promise.all(chunk(requests, MAX_WRITES).map(writeAll));
    },
  };

  function toItem({ execution, result }: SettledExecution): Item {
    return {
      ...executionKey(execution.key),
      state: { S: 'DONE' },
      result: toResultAttribute(result),
      payloadHash: { S: execution.payloadHash },
      expiresAtEpochSeconds: toEpochSeconds(now() + EXECUTION_LIFETIME_MS),
    };
  }

  async function readAll(keys: readonly ItemKey[]): Promise<Item[]> {
    const items: Item[] = [];
    let Keys: Item[] = [...keys];
    for (let round = 0; Keys.length > 0; round += 1) {
      await pauseBefore(round);
      const RequestItems = { [tableName]: { Keys, ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await reachTable(client.send(new BatchGetItemCommand({ RequestItems })));
      items.push(...(Responses?.[tableName] ?? []));
      Keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return items;
  }

  async function writeAll(requests: readonly WriteRequest[]): Promise<void> {
    let left: WriteRequest[] = [...requests];
    for (let round = 0; left.length > 0; round += 1) {
      await pauseBefore(round);
      const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: left } });
      left = (await reachTable(client.send(command))).UnprocessedItems?.[tableName] ?? [];
    }
  }

  /** Full jitter, and an end: what is left then comes again with its message. */
  async function pauseBefore(round: number): Promise<void> {
    if (round === MAX_ROUNDS) throw new StoreUnavailableError('the table had no capacity for a batch');
    if (round > 0) await sleep(Math.round(FIRST_PAUSE_MS * 2 ** round * random()));
  }
}

function keyOf(portalId: PortalId, executionId: string): ItemKey {
  return executionKey({ portalId, executionId });
}

function chunk<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
