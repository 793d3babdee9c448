import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { PortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import type { Telling, Tellings } from '../domain/queued-execution.ts';
import { queryPartition } from './query-partition.ts';
import { type Item, type ItemKey, reachTable, type Table, toEpochSeconds } from './table.ts';

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
      // Two workers may tell at the same moment.
      const callId = `${sortable(nowMs)}#${newId()}`;
      const Item = {
        ...keyOf(portalId, callId),
        callbackIds: { L: callbackIds.map((S) => ({ S })) },
        expiresAtEpochSeconds: toEpochSeconds(nowMs + LIFETIME_MS),
      };
      await reachTable(client.send(new PutItemCommand({ TableName, Item })));
      return callId;
    },

    async end(portalId, callId, end) {
      const command = new UpdateItemCommand({
        TableName,
        Key: keyOf(portalId, callId),
        UpdateExpression: 'SET #end = :end',
        ExpressionAttributeNames: { '#end': 'end' },
        ExpressionAttributeValues: { ':end': { S: end } },
      });
      await reachTable(client.send(command));
    },

    async find(portalId, sinceEpochMs, exceptCallId) {
      const latest = new Map<string, Telling>();
      for (const item of await queryPartition(table, partitionOf(portalId), sortable(sinceEpochMs))) {
        const telling = toTelling(item, now());
        if (telling === undefined || telling.callId === exceptCallId) continue;
        const ids = item.callbackIds?.L ?? [];
        for (const { S: callbackId = '' } of ids) {
          latest.set(callbackId, { ...telling, size: ids.length, isRepeated: latest.has(callbackId) });
        }
      }
      return latest;
    },
  };
}

/** Undefined for a call that completed nobody. */
function toTelling({ sk, end }: Item, nowEpochMs: number): Omit<Telling, 'size' | 'isRepeated'> | undefined {
  if (end?.S === 'refused') return undefined;
  const callId = sk?.S ?? '';
  const state = end?.S === 'completed' || end?.S === 'unheard' ? end.S : 'running';
  return { callId, state, noteAgeMs: nowEpochMs - Number(callId.split('#')[0]) };
}

function keyOf(portalId: PortalId, callId: string): ItemKey {
  return { pk: { S: partitionOf(portalId) }, sk: { S: callId } };
}

function partitionOf(portalId: PortalId): string {
  return `portal#${portalId}#told`;
}

function sortable(epochMs: number): string {
  return String(Math.max(0, Math.floor(epochMs))).padStart(15, '0');
}
