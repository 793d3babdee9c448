import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createAliases } from '../../lib/store/aliases.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { describeAliases, toAddress, toAliasName } from '../contracts/aliases.contract.ts';
import { createFakeAliases } from '../fakes/aliases.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const DOE = toEmail('j.doe@example.com');

describeAliases('in memory, for tests', async () => createFakeAliases());

describe.each(ENGINES)('aliases in the table: $name', ({ name, makeTable }) => {
  describeAliases(name, async () => createAliases(await makeTable()));

  it('[D7] An alias is one item that never expires', async () => {
    const table = await makeTable();
    await createAliases(table).set(PORTAL_A, toAddress(DOE, '2', 1_000));
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: `portal#${PORTAL_A}#alias` },
        sk: { S: DOE },
        leadsTo: { S: '2' },
        setAtEpochMs: { N: '1000' },
      },
    ]);
  });

  it('An alias row that leads to neither an owner ID nor a domain is left out', async () => {
    const table = await makeTable();
    for (const [sk, leadsTo] of [
      [DOE, 'jane'],
      ['@old.example.com', '2'],
      ['nobody', '2'],
    ] as const) {
      const Item = { pk: { S: `portal#${PORTAL_A}#alias` }, sk: { S: sk }, leadsTo: { S: leadsTo } };
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    }
    expect(await createAliases(table).list(PORTAL_A)).toEqual([]);
    expect(await createAliases(table).find(PORTAL_A, toAliasName(DOE))).toBeUndefined();
  });
});
