import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { itemKey } from '../../lib/store/keys.ts';
import { createSuccessors } from '../../lib/store/successors.ts';
import { createTableClient } from '../../lib/store/table.ts';
import { PORTAL_A, toOwnerId } from '../builders/ids.ts';
import { describeSuccessors } from '../contracts/successors.contract.ts';
import { createFakeSuccessors } from '../fakes/successors.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const [LEAVER, JANE, BOB] = [toOwnerId('1'), toOwnerId('2'), toOwnerId('3')];

describeSuccessors('in memory, for tests', async () => createFakeSuccessors());

describe.each(ENGINES)('Successors on $name', ({ name, makeTable }) => {
  describeSuccessors(name, async () => createSuccessors(await makeTable()));

  it('[O11, D7] Each successor is one item for a leaver, which contains only IDs and never expires', async () => {
    const table = await makeTable();
    await createSuccessors(table).setSuccessor(PORTAL_A, LEAVER, JANE, START_EPOCH_MS);
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: `portal#${PORTAL_A}#successor#1` },
        sk: { S: 'successor' },
        successorOwnerId: { S: '2' },
        setAtEpochMs: { N: String(START_EPOCH_MS) },
      },
    ]);
  });

  it.each([
    [JANE, START_EPOCH_MS, 'the same again'],
    [BOB, START_EPOCH_MS + 1, 'somebody else'],
  ])('Setting successor %s after successor 2 leaves the time %i in the item: %s', async (successorId, setAtEpochMs) => {
    const table = await makeTable();
    const successors = createSuccessors(table);
    await successors.setSuccessor(PORTAL_A, LEAVER, JANE, START_EPOCH_MS);
    await successors.setSuccessor(PORTAL_A, LEAVER, successorId, START_EPOCH_MS + 1);
    expect(await readAllItems(table)).toMatchObject([{ setAtEpochMs: { N: String(setAtEpochMs) } }]);
  });

  it('A row without an owner ID names no successor', async () => {
    const table = await makeTable();
    const Item = { ...itemKey(PORTAL_A, 'successor', LEAVER), successorOwnerId: { S: 'jane' } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    expect(await createSuccessors(table).findSuccessorId(PORTAL_A, LEAVER)).toBeUndefined();
  });
});

it('Successors are read consistently, so that what an operator sets takes effect at once', async () => {
  const client = createTableClient();
  const send = jest.spyOn(client, 'send').mockResolvedValue({} as never);
  await createSuccessors({ client, tableName: 'any' }).findSuccessorId(PORTAL_A, LEAVER);
  expect(send.mock.calls[0]?.[0].input).toMatchObject({ ConsistentRead: true });
  client.destroy();
});

it('Reading a successor throws while the table is away, because nobody can say whether one was set', async () => {
  const client = createTableClient({ requestTimeoutMs: 50 });
  const send = jest.spyOn(client, 'send').mockRejectedValue(new Error('away') as never);
  const successors = createSuccessors({ client, tableName: 'none' });
  await expect(successors.findSuccessorId(PORTAL_A, LEAVER)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(successors.setSuccessor(PORTAL_A, LEAVER, JANE, 1)).rejects.toMatchObject({ retryable: true });
  await expect(successors.removeSuccessor(PORTAL_A, LEAVER)).rejects.toMatchObject({ retryable: true });
  expect(send).toHaveBeenCalledTimes(3);
  client.destroy();
});
