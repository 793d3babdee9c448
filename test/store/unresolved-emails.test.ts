import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTableClient } from '../../lib/store/table.ts';
import { createUnresolvedEmails } from '../../lib/store/unresolved-emails.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { describeUnresolvedEmails } from '../contracts/unresolved-emails.contract.ts';
import { createFakeUnresolvedEmails } from '../fakes/unresolved-emails.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const JANE = toEmail('jane@example.com');
const now = () => START_EPOCH_MS;

describeUnresolvedEmails('in memory, for tests', async ({ now }) => createFakeUnresolvedEmails(now));

describe.each(ENGINES)('Unresolved emails on $name', ({ name, makeTable }) => {
  describeUnresolvedEmails(name, async ({ now }) => createUnresolvedEmails(await makeTable(), now));

  it('[D7] Each unresolved email is one item that expires, in whole seconds, thirty days after it was last asked for', async () => {
    const table = await makeTable();
    const clock = makeClock(START_EPOCH_MS + 1);
    const unresolved = createUnresolvedEmails(table, clock.now);
    await unresolved.note(PORTAL_A, JANE, '62', clock.now());
    clock.advance(1_000);
    await unresolved.note(PORTAL_A, JANE, '62', clock.now());
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: `portal#${PORTAL_A}#unresolved` },
        sk: { S: JANE },
        seen: { N: '2' },
        workflowIds: { SS: ['62'] },
        lastSeenAtEpochMs: { N: String(START_EPOCH_MS + 1_001) },
        expiresAtEpochSeconds: { N: String(START_EPOCH_MS / 1000 + 2 + 30 * 86_400) },
      },
    ]);
  });

  it('[P11] The longest possible email fits into a key of the table', async () => {
    const table = await makeTable();
    const label = '字'.repeat(60);
    const longest = toEmail(`${'字'.repeat(63)}@${label}.${label}.${label}.example`.slice(0, 254));
    const unresolved = createUnresolvedEmails(table, now);
    await unresolved.note(PORTAL_A, longest, '62', START_EPOCH_MS);
    expect(await unresolved.list(PORTAL_A)).toMatchObject([{ email: longest }]);
  });

  it('An invalid row is skipped when unresolved emails are listed', async () => {
    const table = await makeTable();
    const unresolved = createUnresolvedEmails(table, now);
    const pk = { S: `portal#${PORTAL_A}#unresolved` };
    const [at, seen] = [{ N: String(START_EPOCH_MS) }, { N: '1' }];
    for (const Item of [
      { pk, sk: { S: 'jane' }, seen, lastSeenAtEpochMs: at },
      { pk, sk: { S: 'omar@example.com' }, lastSeenAtEpochMs: at },
      { pk, sk: { S: 'kim@example.com' }, seen: { N: '0' }, lastSeenAtEpochMs: at },
    ]) {
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    }
    expect(await unresolved.list(PORTAL_A)).toEqual([]);
  });
});

it('After a flood of unknown emails, no more of them are listed than a refresh can hold and remove', async () => {
  const client = createTableClient();
  const pk = { S: `portal#${PORTAL_A}#unresolved` };
  let pages = 0;
  const send = async () => {
    const Items = Array.from({ length: 3_000 }, (_, n) => ({
      pk,
      sk: { S: `p${n}.${pages}@example.com` },
      seen: { N: '1' },
      lastSeenAtEpochMs: { N: String(START_EPOCH_MS) },
    }));
    pages += 1;
    return { Items, LastEvaluatedKey: { pk, sk: Items.at(-1)?.sk } };
  };
  jest.spyOn(client, 'send').mockImplementation(send as never);
  const listed = await createUnresolvedEmails({ client, tableName: 'endless' }, now).list(PORTAL_A);
  expect([listed.length, pages]).toEqual([20_000, 7]);
  client.destroy();
});

it('[D11] The store of unresolved emails throws while the table is away, and its callers decide what that means', async () => {
  const client = createTableClient({ requestTimeoutMs: 50 });
  jest.spyOn(client, 'send').mockRejectedValue(new Error('away') as never);
  const unresolved = createUnresolvedEmails({ client, tableName: 'none' }, now);
  const told = [{ email: JANE, count: 1, workflowIds: [], lastSeenAtEpochMs: START_EPOCH_MS }];
  await expect(unresolved.note(PORTAL_A, JANE, '62', START_EPOCH_MS)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  await expect(unresolved.list(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await expect(unresolved.removeReported(PORTAL_A, told)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  client.destroy();
});
