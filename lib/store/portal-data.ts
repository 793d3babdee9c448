import { DeleteItemCommand, paginateScan, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { chunk } from '../domain/batches.ts';
import { inParallel } from '../domain/concurrency.ts';
import type { PortalId } from '../domain/ids.ts';
import type { PortalData } from '../ports/portals.ts';
import { type ItemKey, rowKey } from './keys.ts';
import { refreshStateKey } from './owner-sync-state.ts';
import { readItem, updateItem } from './requests.ts';
import { type Item, sendToTable, type Table, toNumber } from './table.ts';

/** Rows that are deleted side by side before the portal is checked again. */
const AT_ONCE = 25;

/**
 * Deletes a portal's rows. They are in as many partitions as the portal has emails and IDs, so the table is scanned for keys that
 * begin with the portal. A scan reads the whole table (half a read unit for 4 kB), which is acceptable for a portal that leaves:
 * it finds every row, even one that no index lists.
 *
 * The progress is stored in a row of the portal, because the table may be larger than one invocation can read.
 */
export function createPortalData(table: Table): PortalData {
  const { client, tableName: TableName } = table;
  return {
    async purge(portalId, mayGoOn, leftAtEpochMs = 0, isBack = async () => false) {
      const cursorKey = rowKey(portalId, 'purge');
      // Deleted first: without it, no row of a refresh counts if the portal comes back before the last row is deleted.
      let deleted = (await deleteRow(refreshStateKey(portalId))) ? 1 : 0;
      let readTo = await readCursor(cursorKey, leftAtEpochMs);
      let nameless: Item | undefined;
      const pages = paginateScan(
        { client, startingToken: readTo },
        { TableName, ProjectionExpression: 'pk, sk', ConsistentRead: true },
      );
      while (mayGoOn()) {
        const { value }: IteratorResult<ScanCommandOutput> = await sendToTable(pages.next());
        const { Items = [], LastEvaluatedKey }: ScanCommandOutput = value;
        const keys = Items as unknown as ItemKey[];
        const own = keys.filter((key) => isOf(portalId, key) && key.pk.S !== cursorKey.pk.S);
        let isDone = true;
        // A page may have thousands of rows. After the portal has come back, a row with the same key may be new.
        for (const some of own.length > 0 ? chunk(own, AT_ONCE) : [[]]) {
          if (await isBack()) return { deleted, isDone: false };
          isDone = await inParallel(
            some,
            async (Key) => {
              await deleteRow(Key);
              deleted += 1;
            },
            { mayGoOn, limit: AT_ONCE },
          );
          if (!isDone) break;
        }
        if (!isDone) break;
        if (LastEvaluatedKey === undefined) {
          await deleteRow(cursorKey);
          return { deleted, isDone: true };
        }
        readTo = LastEvaluatedKey;
        nameless = Items.findLast((key) => !JSON.stringify(key).includes('@')) ?? nameless;
      }
      // A page may end at another portal's email, which this portal's row must not contain if another key is possible.
      const resumeAt = nameless ?? readTo;
      if (resumeAt !== undefined) await writeCursor(cursorKey, resumeAt, leftAtEpochMs);
      return { deleted, isDone: false };
    },
  };

  /** @returns whether it existed */
  async function deleteRow(Key: ItemKey): Promise<boolean> {
    const command = new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_OLD' });
    return (await sendToTable(client.send(command))).Attributes !== undefined;
  }

  /** Undefined if there is no cursor, or it belongs to an earlier deletion. */
  async function readCursor(Key: ItemKey, leftAtEpochMs: number): Promise<Item | undefined> {
    const item = (await readItem(table, Key)) ?? {};
    return item.leftAtEpochMs?.N === String(leftAtEpochMs) ? item.resumeAt?.M : undefined;
  }

  async function writeCursor(Key: ItemKey, resumeAt: Item, leftAtEpochMs: number): Promise<void> {
    await updateItem(table, Key, {
      UpdateExpression: 'SET resumeAt = :at, leftAtEpochMs = :leftAt',
      ExpressionAttributeValues: { ':at': { M: resumeAt }, ':leftAt': toNumber(leftAtEpochMs) },
    });
  }
}

/** Includes the separator, so that portal 12 does not match portal 123. */
function isOf(portalId: PortalId, { pk, sk }: ItemKey): boolean {
  return pk.S.startsWith(`portal#${portalId}#`) && sk.S !== 'portal';
}
