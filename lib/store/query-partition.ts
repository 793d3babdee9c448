import { paginateQuery, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { type Item, reachTable, type Table } from './table.ts';

/** Every item of a partition in the order of its sort keys, to the last page; from the sort key `from` on, when that is given. */
export async function queryPartition(table: Table, partition: string, from?: string): Promise<Item[]> {
  return (await Array.fromAsync(queryPages(table, partition, from))).flat();
}

/** The same page by page, for partitions of which nobody wants to hold every item at once. */
export async function* queryPages(
  { client, tableName }: Table,
  partition: string,
  from?: string,
): AsyncGenerator<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: from === undefined ? 'pk = :pk' : 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: { ':pk': { S: partition }, ...(from !== undefined && { ':from': { S: from } }) },
      ConsistentRead: true,
    },
  );
  for (;;) {
    const page: IteratorResult<QueryCommandOutput> = await reachTable(pages.next());
    if (page.done === true) return;
    yield page.value.Items ?? [];
  }
}
