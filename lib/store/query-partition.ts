import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { type Item, reachTable, type Table } from './table.ts';

/** Every item of a partition in the order of its sort keys, to the last page. */
export async function queryPartition({ client, tableName }: Table, partition: string): Promise<Item[]> {
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: partition } },
      ConsistentRead: true,
    },
  );
  return reachTable(Array.fromAsync(pages, ({ Items = [] }) => Items).then((items) => items.flat()));
}
