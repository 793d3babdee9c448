import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { writeIf } from '../../lib/store/requests.ts';
import type { Table } from '../../lib/store/table.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

describe.each(ENGINES)('A write whose condition does not hold, on $name', ({ makeTable }) => {
  const Key = { pk: { S: 'portal#1#budget' }, sk: { S: 'budget' } };
  const standing = { ...Key, calls: { N: '7' } };
  let table: Table;

  beforeAll(async () => {
    table = await makeTable();
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: standing }));
  });

  const refused = (asks: object) => {
    const input = { TableName: table.tableName, ConditionExpression: 'attribute_exists(blockedUntilEpochMs)', ...asks };
    return [
      new PutItemCommand({ Item: { ...Key }, ...input }),
      new UpdateItemCommand({
        Key,
        UpdateExpression: 'SET calls = :calls',
        ExpressionAttributeValues: { ':calls': { N: '8' } },
        ...input,
      }),
      new DeleteItemCommand({ Key, ...input }),
    ];
  };

  it('A refused put, update or delete that asks for the item gets the one that stands there', async () => {
    for (const command of refused({ ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })) {
      expect(await writeIf(table, command)).toEqual({ isWritten: false, standing });
    }
  });

  it('A refused put, update or delete that asks for nothing gets no item', async () => {
    for (const asks of [{}, { ReturnValuesOnConditionCheckFailure: 'NONE' }]) {
      for (const command of refused(asks)) {
        expect(await writeIf(table, command)).toEqual({ isWritten: false, standing: undefined });
      }
    }
  });

  it('A write that is refused because no item is there gets none', async () => {
    const command = new UpdateItemCommand({
      TableName: table.tableName,
      Key: { pk: { S: 'portal#2#budget' }, sk: { S: 'budget' } },
      UpdateExpression: 'REMOVE calls',
      ConditionExpression: 'attribute_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    expect(await writeIf(table, command)).toEqual({ isWritten: false, standing: undefined });
  });
});
