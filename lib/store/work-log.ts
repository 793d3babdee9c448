import { WORK_LOG_ROW_MS } from '../domain/ages.ts';
import type { OwnWrite } from '../domain/held-owner.ts';
import type { PortalId } from '../domain/ids.ts';
import type { WorkLog } from '../ports/executions.ts';
import type { Now } from '../ports/telemetry.ts';
import { type LogKind, partitionOf, rowKey } from './keys.ts';
import { putItem, queryPartition } from './requests.ts';
import { type Table, toEpochSeconds } from './table.ts';

/** The work log in DynamoDB: a partition for each portal and kind, sorted by time, and one item for each batch. */
export function createWorkLog(table: Table, now: Now, newId: () => string): WorkLog {
  return {
    noteWrites: (portalId, writes, beganAtEpochMs) =>
      append(
        portalId,
        'written',
        writes.map(({ key, value, firstSeenAtEpochMs }) => [key, value, firstSeenAtEpochMs]),
        beganAtEpochMs,
      ),
    async findWrites(portalId, sinceEpochMs) {
      const found = await list<[string, string, number]>(portalId, 'written', sinceEpochMs);
      return found.map(({ entry: [key, value, firstSeenAtEpochMs], atEpochMs }): OwnWrite => {
        return { key, value, firstSeenAtEpochMs, atEpochMs };
      });
    },
    noteCompleted: (portalId, callbackIds) => append(portalId, 'completed', callbackIds),
    async findCompleted(portalId, sinceEpochMs) {
      return new Set((await list<string>(portalId, 'completed', sinceEpochMs)).map(({ entry }) => entry));
    },
    noteBlocked: (portalId, callbackIds) => append(portalId, 'blocked', callbackIds),
    async findBlocked(portalId, sinceEpochMs) {
      // Sorted by time, so the last one counts.
      const found = await list<string>(portalId, 'blocked', sinceEpochMs);
      return new Map(found.map(({ entry, atEpochMs }) => [entry, atEpochMs]));
    },
  };

  async function append(
    portalId: PortalId,
    kind: LogKind,
    entries: readonly unknown[],
    atEpochMs = now(),
  ): Promise<void> {
    await putItem(table, {
      // Two workers may finish at the same moment.
      ...rowKey(portalId, kind, `${sortable(atEpochMs)}#${newId()}`),
      entries: { S: JSON.stringify(entries) },
      expiresAtEpochSeconds: toEpochSeconds(atEpochMs + WORK_LOG_ROW_MS),
    });
  }

  async function list<Entry>(portalId: PortalId, kind: LogKind, sinceEpochMs: number) {
    const items = await queryPartition(table, partitionOf(portalId, kind), sortable(sinceEpochMs));
    return items.flatMap(({ sk, entries }) => {
      const atEpochMs = Number(sk?.S?.split('#')[0]);
      return (JSON.parse(entries?.S ?? '[]') as Entry[]).map((entry) => ({ entry, atEpochMs }));
    });
  }
}

function sortable(epochMs: number): string {
  return String(Math.max(0, Math.floor(epochMs))).padStart(15, '0');
}
