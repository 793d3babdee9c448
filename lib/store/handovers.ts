import { HANDOVER_ROW_MS } from '../domain/ages.ts';
import type { BatchWrites, Handover, HandoverBatch } from '../domain/handover.ts';
import { type ObjectId, type PortalId, parseOwnerId } from '../domain/ids.ts';
import type { BatchRef, Handovers, NightlyHandovers, StoredHandover, WriteKind } from '../ports/handovers.ts';
import type { Now } from '../ports/telemetry.ts';
import { type ItemKey, padded, partitionOf, rowKey } from './keys.ts';
import { deleteItem, putItem, queryPartition, readItem, updateItem } from './requests.ts';
import { type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

/**
 * Handovers in DynamoDB: one item each in a partition of their portal, and a partition for the batches of each. Only IDs are
 * stored. A version and the writer's ID distinguish a lost race from a lost reply.
 */
export function createHandovers(table: Table, now: Now, newId: () => string): Handovers & NightlyHandovers {
  return {
    async create(portalId, handover) {
      const writerId = newId();
      const { isWritten } = await putItem(table, toItem(portalId, handover, 1, writerId), {
        ConditionExpression: 'attribute_not_exists(pk) OR writerId = :writerId',
        ExpressionAttributeValues: { ':writerId': { S: writerId } },
      });
      const standing = isWritten ? undefined : await read(portalId, handover.id);
      return standing ?? { ...handover, version: 1 };
    },

    read,

    async list(portalId) {
      const items = await queryPartition(table, partitionOf(portalId, 'handovers'));
      const all = items.flatMap((item) => fromItem(item) ?? []);
      return all.sort((one, other) => other.plannedAtEpochMs - one.plannedAtEpochMs);
    },

    async save(portalId, { version, ...handover }) {
      const writerId = newId();
      const { isWritten } = await putItem(table, toItem(portalId, handover, version + 1, writerId), {
        ConditionExpression: 'version = :seen OR writerId = :writerId',
        ExpressionAttributeValues: { ':seen': toNumber(version), ':writerId': { S: writerId } },
      });
      return isWritten ? { ...handover, version: version + 1 } : undefined;
    },

    async listNightly(portalId) {
      const items = await queryPartition(table, partitionOf(portalId, 'nightlyHandovers'));
      return items.flatMap(({ sk }) => parseOwnerId(sk?.S) ?? []);
    },
    async setNightly(portalId, leaverId, isNightly) {
      // Only IDs, which do not expire.
      const key = rowKey(portalId, 'nightlyHandovers', leaverId);
      await (isNightly ? putItem(table, key) : deleteItem(table, key));
    },

    async saveBatch(ref, batch, replaced = batch) {
      const key = batchKey(ref, 'batch');
      const expiresAtEpochSeconds = toEpochSeconds(now() + HANDOVER_ROW_MS);
      const item = { ...key, row: { S: JSON.stringify(batch) }, expiresAtEpochSeconds };
      const { isWritten } = await putItem(table, item, {
        ConditionExpression: 'attribute_not_exists(pk) OR #row = :replaced',
        ExpressionAttributeNames: { '#row': 'row' },
        ExpressionAttributeValues: { ':replaced': { S: JSON.stringify(replaced) } },
      });
      return (isWritten ? undefined : readJson<HandoverBatch>(await readItem(table, key))) ?? batch;
    },
    async readBatch(ref) {
      return readJson<HandoverBatch>(await readItem(table, batchKey(ref, 'batch')));
    },
    async readWrites(ref, kind) {
      return toWrites(await readItem(table, batchKey(ref, kind)));
    },
    async addWrites(ref, kind, ids, atEpochMs) {
      const writes: BatchWrites = { ids, firstAtEpochMs: atEpochMs, lastAtEpochMs: atEpochMs };
      await updateItem(table, batchKey(ref, kind), {
        UpdateExpression:
          'SET #row = if_not_exists(#row, :row), lastAtEpochMs = :at, expiresAtEpochSeconds = :end ADD ids :ids',
        ExpressionAttributeNames: { '#row': 'row' },
        ExpressionAttributeValues: {
          ':row': { S: JSON.stringify(writes) },
          ':at': toNumber(atEpochMs),
          ':end': toEpochSeconds(now() + HANDOVER_ROW_MS),
          ':ids': { SS: [...new Set(ids)] },
        },
      });
    },
    async isStill(portalId, id, status) {
      const standing = await read(portalId, id);
      return standing?.status === status && !standing.isStopped;
    },
  };

  async function read(portalId: PortalId, id: string): Promise<StoredHandover | undefined> {
    return fromItem(await readItem(table, rowKey(portalId, 'handovers', id)));
  }
}

function readJson<Row>(item: Item | undefined): Row | undefined {
  const text = item?.row?.S;
  return text === undefined ? undefined : (JSON.parse(text) as Row);
}

/**
 * The first run also writes a text, in addition to what every run adds: version 0.2.0 reads and writes only the text. Without it,
 * an undo after a rollback would end as undone and give nothing back.
 */
function toWrites(item: Item | undefined): BatchWrites | undefined {
  if (item === undefined) return undefined;
  const before = readJson<BatchWrites>(item);
  // Rows without a text have an attribute for the first moment.
  const moments = [before?.firstAtEpochMs, readNumber(item, 'firstAtEpochMs')].filter((at) => at !== undefined);
  const firstAtEpochMs = moments.length > 0 ? Math.min(...moments) : 0;
  const lastAtEpochMs = readNumber(item, 'lastAtEpochMs') ?? before?.lastAtEpochMs ?? firstAtEpochMs;
  const ids = new Set([...(before?.ids ?? []), ...((item.ids?.SS ?? []) as ObjectId[])]);
  return { ids: [...ids], firstAtEpochMs, lastAtEpochMs };
}

function toItem(portalId: PortalId, handover: Handover, version: number, writerId: string): Item {
  return {
    ...rowKey(portalId, 'handovers', handover.id),
    handover: { S: JSON.stringify(handover) },
    version: toNumber(version),
    writerId: { S: writerId },
    expiresAtEpochSeconds: toEpochSeconds(handover.plannedAtEpochMs + HANDOVER_ROW_MS),
  };
}

function fromItem(item: Item | undefined): StoredHandover | undefined {
  const text = item?.handover?.S;
  if (item === undefined || text === undefined) return undefined;
  return { ...(JSON.parse(text) as Handover), version: readNumber(item, 'version') ?? 0 };
}

function batchKey({ portalId, handoverId, number }: BatchRef, kind: 'batch' | WriteKind): ItemKey {
  return rowKey(portalId, `handover#${handoverId}`, `${kind}#${padded(number)}`);
}
