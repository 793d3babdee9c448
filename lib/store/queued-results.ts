import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { EXECUTION_ROW_MS } from '../domain/ages.ts';
import { chunk } from '../domain/batches.ts';
import { inParallel } from '../domain/concurrency.ts';
import type { FinishedExecution, RecordedResult } from '../domain/execution.ts';
import type { QueuedResults } from '../ports/executions.ts';
import type { Now } from '../ports/telemetry.ts';
import { executionKey, fromResultAttribute, toResultAttribute } from './execution-item.ts';
import { type BatchPauses, pauseBefore, readEach } from './requests.ts';
import { type Item, sendToTable, type Table, toEpochSeconds, toNumber } from './table.ts';

/** The maximum number of items in one BatchWriteItem (DynamoDB API reference, read 2026-11-23). */
const MAX_WRITES = 25;

export type QueuedResultsOptions = BatchPauses & { readonly now: Now };

/**
 * The execution ledger for the worker of the queue: the same items, in any state in which the action left them.
 *
 * Results are written in batches, which support no conditions. The writer has checked that there was no result before its work.
 * Two workers that processed copies of one message at the same time did the same work, so both results are true.
 */
export function createQueuedResults(table: Table, { now, ...pauses }: QueuedResultsOptions): QueuedResults {
  const { client, tableName } = table;
  return {
    async find(portalId, executionIds) {
      const results = new Map<string, RecordedResult>();
      const keyOf = (executionId: string) => executionKey({ portalId, executionId });
      for (const [executionId, item] of await readEach(table, executionIds, keyOf, pauses)) {
        const result = item.state?.S === 'DONE' ? fromResultAttribute(item.result) : undefined;
        // Rows of earlier versions have no time, so they are old.
        const recordedAtEpochMs = Number(item.settledAtEpochMs?.N ?? 0);
        if (result !== undefined) results.set(executionId, { result, recordedAtEpochMs });
      }
      return results;
    },

    async record(finished) {
      // DynamoDB refuses a whole batch that contains one key twice.
      const nowEpochMs = now();
      const items = finished.map((one) => toItem(one, nowEpochMs));
      const distinct = new Map(items.map((Item) => [Item.pk?.S, Item]));
      const requests = [...distinct.values()].map((Item) => ({ PutRequest: { Item } }));
      await inParallel(chunk(requests, MAX_WRITES), writeAll);
    },
  };

  function toItem({ execution, result }: FinishedExecution, nowEpochMs: number): Item {
    return {
      ...executionKey(execution.key),
      state: { S: 'DONE' },
      result: toResultAttribute(result),
      settledAtEpochMs: toNumber(nowEpochMs),
      payloadHash: { S: execution.payloadHash },
      firstSeenAtEpochMs: toNumber(execution.command.firstSeenAtEpochMs),
      expiresAtEpochSeconds: toEpochSeconds(nowEpochMs + EXECUTION_ROW_MS),
    };
  }

  async function writeAll(requests: readonly WriteRequest[]): Promise<void> {
    let left: WriteRequest[] = [...requests];
    for (let round = 0; left.length > 0; round += 1) {
      await pauseBefore(round, pauses);
      const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: left } });
      left = (await sendToTable(client.send(command))).UnprocessedItems?.[tableName] ?? [];
    }
  }
}
