import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import type { QueuedResults, Settled, SettledExecution } from '../domain/queued-execution.ts';
import { type BatchPauses, chunk, pauseBefore, readBatch } from './batch-get.ts';
import { EXECUTION_LIFETIME_MS, executionKey, fromResultAttribute, toResultAttribute } from './execution-item.ts';
import { type Item, type ItemKey, reachTable, type Table, toEpochSeconds } from './table.ts';

/** The most items of one BatchWriteItem (DynamoDB API reference, read 2026-11-23). */
const MAX_WRITES = 25;

export type QueuedResultsOptions = BatchPauses & { readonly now: Now };

/**
 * The execution ledger as the worker of the queue sees it: the same items, whatever state the action left them in.
 *
 * Results are written in batches, which know no conditions. Whoever writes has seen that there was none before the work, and
 * two who worked off copies of one message at the same time did the same work: either result is true.
 */
export function createQueuedResults(table: Table, { now, ...pauses }: QueuedResultsOptions): QueuedResults {
  const { client, tableName } = table;
  return {
    async find(portalId, executionIds) {
      const results = new Map<string, Settled>();
      const idByPartition = new Map(executionIds.map((id) => [keyOf(portalId, id).pk.S, id]));
      const keys = [...idByPartition.values()].map((id) => keyOf(portalId, id));
      for (const item of await readBatch(table, keys, pauses)) {
        const executionId = idByPartition.get(item.pk?.S ?? '');
        const result = item.state?.S === 'DONE' ? fromResultAttribute(item.result) : undefined;
        // Rows of earlier versions have no time: they are old.
        const settledAtEpochMs = Number(item.settledAtEpochMs?.N ?? 0);
        if (executionId !== undefined && result !== undefined) results.set(executionId, { result, settledAtEpochMs });
      }
      return results;
    },

    async settle(settled) {
      // A batch with one key twice is refused as a whole.
      const nowEpochMs = now();
      const items = settled.map((one) => toItem(one, nowEpochMs));
      const distinct = new Map(items.map((Item) => [Item.pk?.S, Item]));
      const requests = [...distinct.values()].map((Item) => ({ PutRequest: { Item } }));
      await Promise.all(chunk(requests, MAX_WRITES).map(writeAll));
    },
  };

  function toItem({ execution, result }: SettledExecution, nowEpochMs: number): Item {
    return {
      ...executionKey(execution.key),
      state: { S: 'DONE' },
      result: toResultAttribute(result),
      settledAtEpochMs: { N: String(nowEpochMs) },
      payloadHash: { S: execution.payloadHash },
      firstSeenAtEpochMs: { N: String(execution.command.firstSeenAtEpochMs) },
      expiresAtEpochSeconds: toEpochSeconds(nowEpochMs + EXECUTION_LIFETIME_MS),
    };
  }

  async function writeAll(requests: readonly WriteRequest[]): Promise<void> {
    let left: WriteRequest[] = [...requests];
    for (let round = 0; left.length > 0; round += 1) {
      await pauseBefore(round, pauses);
      const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: left } });
      left = (await reachTable(client.send(command))).UnprocessedItems?.[tableName] ?? [];
    }
  }
}

function keyOf(portalId: PortalId, executionId: string): ItemKey {
  return executionKey({ portalId, executionId });
}
