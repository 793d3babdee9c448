import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { Item, Table } from '../../lib/store/table.ts';

/** Every item of the table as it lies there. */
export async function readAllItems({ client, tableName: TableName }: Table): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    items.push(...(page.Items ?? []));
  }
  return items;
}
