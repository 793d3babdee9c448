import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { HANDOVER_ROW_MS } from '../domain/ages.ts';
import { inParallel } from '../domain/concurrency.ts';
import type { BatchWrites, Handover, HandoverBatch } from '../domain/handover.ts';
import { type PortalId, parseOwnerId } from '../domain/ids.ts';
import type { Handovers, NightlyHandovers, StoredHandover, WriteKind } from '../ports/handovers.ts';
import type { Now } from '../ports/telemetry.ts';
import { queryPartition, readItem, writeIf } from './requests.ts';
import { type Item, type ItemKey, readNumber, sendToTable, type Table, toEpochSeconds, toNumber } from './table.ts';

type Kind = 'batch' | WriteKind;

/**
 * Handovers in DynamoDB: one item each in a partition of their portal, and a partition for the batches of each. Only ids are
 * kept. A version and the id of who wrote it tell a lost race from a lost reply.
 */
export function createHandovers(table: Table, now: Now, newId: () => string): Handovers & NightlyHandovers {
  const { client, tableName: TableName } = table;
  return {
    async create(portalId, handover) {
      const item = toItem(portalId, handover, 1, newId());
      await sendToTable(client.send(new PutItemCommand({ TableName, Item: item })));
      return { ...handover, version: 1 };
    },

    async read(portalId, id) {
      return fromItem(await readItem(table, handoverKey(portalId, id)));
    },

    async list(portalId) {
      const items = await queryPartition(table, partitionOf(portalId));
      const all = items.flatMap((item) => fromItem(item) ?? []);
      return all.sort((one, other) => other.plannedAtEpochMs - one.plannedAtEpochMs);
    },

    async save(portalId, { version, ...handover }) {
      const writerId = newId();
      const command = new PutItemCommand({
        TableName,
        Item: toItem(portalId, handover, version + 1, writerId),
        ConditionExpression: 'version = :seen OR writerId = :writerId',
        ExpressionAttributeValues: { ':seen': toNumber(version), ':writerId': { S: writerId } },
      });
      const { isWritten } = await writeIf(table, command);
      return isWritten ? { ...handover, version: version + 1 } : undefined;
    },

    async listNightly(portalId) {
      const items = await queryPartition(table, nightlyPartition(portalId));
      return items.flatMap(({ sk }) => parseOwnerId(sk?.S) ?? []);
    },
    async setNightly(portalId, leaverId, isNightly) {
      const Key: ItemKey = { pk: { S: nightlyPartition(portalId) }, sk: { S: leaverId } };
      const put = new PutItemCommand({ TableName, Item: Key });
      await sendToTable(isNightly ? client.send(put) : client.send(new DeleteItemCommand({ TableName, Key })));
    },

    async saveBatches(portalId, id, first, batches) {
      await inParallel([...batches.entries()], ([index, batch]) => put(portalId, id, 'batch', first + index, batch));
    },
    async readBatch(portalId, id, number) {
      return readRow<HandoverBatch>(portalId, id, 'batch', number);
    },
    async readWrites(portalId, id, kind, number) {
      return readRow<BatchWrites>(portalId, id, kind, number);
    },
    async saveWrites(portalId, id, kind, number, writes) {
      await put(portalId, id, kind, number, writes);
    },
  };

  async function put(portalId: PortalId, id: string, kind: Kind, number: number, row: HandoverBatch | BatchWrites) {
    const Item = {
      ...rowKey(portalId, id, kind, number),
      row: { S: JSON.stringify(row) },
      expiresAtEpochSeconds: toEpochSeconds(now() + HANDOVER_ROW_MS),
    };
    await sendToTable(client.send(new PutItemCommand({ TableName, Item })));
  }

  async function readRow<Row>(portalId: PortalId, id: string, kind: Kind, number: number): Promise<Row | undefined> {
    const text = (await readItem(table, rowKey(portalId, id, kind, number)))?.row?.S;
    return text === undefined ? undefined : (JSON.parse(text) as Row);
  }
}

function toItem(portalId: PortalId, handover: Handover, version: number, writerId: string): Item {
  return {
    ...handoverKey(portalId, handover.id),
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

function partitionOf(portalId: PortalId): string {
  return `portal#${portalId}#handovers`;
}

/** Rows of ids only, which stay until somebody ends it. */
function nightlyPartition(portalId: PortalId): string {
  return `portal#${portalId}#nightlyHandovers`;
}

function handoverKey(portalId: PortalId, id: string): ItemKey {
  return { pk: { S: partitionOf(portalId) }, sk: { S: id } };
}

function rowKey(portalId: PortalId, id: string, kind: Kind, number: number): ItemKey {
  return { pk: { S: `portal#${portalId}#handover#${id}` }, sk: { S: `${kind}#${String(number).padStart(6, '0')}` } };
}
