import { randomUUID } from 'node:crypto';
import { createOAuthStates } from '../../lib/store/oauth-states.ts';
import { createTableClient } from '../../lib/store/table.ts';
import { describeUsedStates } from '../contracts/oauth-states.contract.ts';
import { createFakeUsedStates } from '../fakes/oauth-states.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { startDynamoDbProxy } from '../support/dynamodb-proxy.ts';
import { readAllItems } from '../support/table-items.ts';

describeUsedStates('in memory, for tests', async () => createFakeUsedStates());

describe.each(ENGINES)('Used install states on $name', ({ name, makeTable }) => {
  describeUsedStates(name, async () => createOAuthStates(await makeTable(), randomUUID));

  it('[A1, D7] Each used install state is one item, which expires in whole seconds, an hour after the state has ended', async () => {
    const table = await makeTable();
    await createOAuthStates(table, () => 'writer-1').consume('nonce-1', START_EPOCH_MS + 1);
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: 'install#nonce-1' },
        sk: { S: 'install' },
        writerId: { S: 'writer-1' },
        expiresAtEpochSeconds: { N: String(START_EPOCH_MS / 1000 + 3_601) },
      },
    ]);
  });

  it('[A1, D3] A used install state recognizes its own use when the reply was lost, and no other use', async () => {
    const table = await makeTable();
    const endpoint = await table.client.config.endpoint?.();
    const proxy = await startDynamoDbProxy(`http://127.0.0.1:${endpoint?.port}`);
    process.env.AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
    const client = createTableClient({ requestTimeoutMs: 5_000 });
    const states = createOAuthStates({ client, tableName: table.tableName }, randomUUID);
    proxy.script('PutItem', 'loseReply');
    const first = await states.consume('nonce-1', START_EPOCH_MS);
    proxy.script('PutItem', 'loseReply');
    const second = await states.consume('nonce-1', START_EPOCH_MS);
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    client.destroy();
    await proxy.close();
    expect([first, second]).toEqual([true, false]);
  });
});

it('Consuming an install state throws while the table is away, because nobody can say whether it was used', async () => {
  const client = createTableClient();
  jest.spyOn(client, 'send').mockRejectedValue(new Error('away') as never);
  const states = createOAuthStates({ client, tableName: 'none' }, randomUUID);
  await expect(states.consume('nonce-1', START_EPOCH_MS)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  client.destroy();
});
