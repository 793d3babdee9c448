import { DeleteItemCommand, paginateScan, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { inParallel } from '../domain/in-parallel.ts';
import type { PortalData } from '../domain/portal-data.ts';
import { type ItemKey, reachTable, type Table } from './table.ts';

/**
 * Deletes a portal's rows. They are in as many partitions as the portal has emails and ids, so the table is scanned for
 * what begins with the portal. A scan reads the whole table (half a read unit for 4 kB), which a portal that leaves is worth:
 * whatever was ever written of it is found, also what nobody remembers having written.
 */
export function createPortalData({ client, tableName: TableName }: Table): PortalData {
  return {
    async purge(portalId, mayGoOn) {
      let deleted = 0;
      const pages = paginateScan(
        { client },
        {
          TableName,
          FilterExpression: 'begins_with(pk, :portal) AND sk <> :connection',
          // The separator belongs to it: portal 12 must not take portal 123 with it.
          ExpressionAttributeValues: { ':portal': { S: `portal#${portalId}#` }, ':connection': { S: 'portal' } },
          ProjectionExpression: 'pk, sk',
          ConsistentRead: true,
        },
      );
      const iterator = pages[Symbol.asyncIterator]();
      for (;;) {
        if (!mayGoOn()) return { deleted, isDone: false };
        const page: IteratorResult<ScanCommandOutput> = await reachTable(iterator.next());
        if (page.done === true) return { deleted, isDone: true };
        const keys = (page.value.Items ?? []) as unknown as ItemKey[];
        const isDone = await inParallel(
          keys,
          async (Key) => {
            await reachTable(client.send(new DeleteItemCommand({ TableName, Key })));
            deleted += 1;
          },
          { mayGoOn },
        );
        if (!isDone) return { deleted, isDone: false };
      }
    },
  };
}
