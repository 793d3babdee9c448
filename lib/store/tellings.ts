import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import type { Tellings } from '../domain/queued-execution.ts';
import { queryPartition } from './query-partition.ts';
import { reachTable, type Table, toEpochSeconds } from './table.ts';

/** A little longer than HubSpot waits for a queued execution. */
const LIFETIME_MS = 3 * 86_400_000;

/**
 * Which callbacks were about to be completed by one call, one item a call: a hundred ids cost five writes, and a mark on each
 * execution would cost a hundred. Only whoever takes over from a worker that died, or was not answered, reads it.
 */
export function createTellings(table: Table, now: Now, newId: () => string): Tellings {
  const { client, tableName: TableName } = table;
  return {
    async note(portalId, callbackIds) {
      const nowMs = now();
      const Item = {
        pk: { S: partitionOf(portalId) },
        // Two workers may tell at the same moment.
        sk: { S: `${sortable(nowMs)}#${newId()}` },
        callbackIds: { L: callbackIds.map((S) => ({ S })) },
        expiresAtEpochSeconds: toEpochSeconds(nowMs + LIFETIME_MS),
      };
      await reachTable(client.send(new PutItemCommand({ TableName, Item })));
    },

    async find(portalId, sinceEpochMs) {
      const latest = new Map<string, string>();
      for (const { sk, callbackIds } of await queryPartition(table, partitionOf(portalId), sortable(sinceEpochMs))) {
        for (const { S: callbackId = '' } of callbackIds?.L ?? []) latest.set(callbackId, sk?.S ?? '');
      }
      return latest;
    },
  };
}

function partitionOf(portalId: PortalId): string {
  return `portal#${portalId}#told`;
}

function sortable(epochMs: number): string {
  return String(Math.max(0, Math.floor(epochMs))).padStart(15, '0');
}
