import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { type Item, reachTable, type Table } from './table.ts';

/** Every item of a partition in the order of its sort keys, to the last page; from the sort key `from` on, when that is given. */
export async function queryPartition({ client, tableName }: Table, partition: string, from?: string): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: from === undefined ? 'pk = :pk' : 'pk = :pk AND sk >= :from',
      ExpressionAttributeValues: { ':pk': { S: partition }, ...(from !== undefined && { ':from': { S: from } }) },
      ConsistentRead: true,
    },
  );
  return reachTable(Array.fromAsync(pages, ({ Items = [] }) => Items).then((items) => items.flat()));
}
