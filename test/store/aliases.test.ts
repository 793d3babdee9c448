import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../../lib/domain/errors.ts';
import { createAliases, createRecentAliases } from '../../lib/store/aliases.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { describeAliases, toAddress, toAliasName, toDomain } from '../contracts/aliases.contract.ts';
import { createFakeAliases } from '../fakes/aliases.ts';
import { makeClock } from '../support/clock.ts';
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
  });
});

describe('the aliases that a container remembers', () => {
  it('A container reads the aliases of an account once within half a minute', async () => {
    const [aliases, clock] = [createFakeAliases(), makeClock()];
    const find = createRecentAliases(aliases, clock.now);
    await aliases.set(PORTAL_A, toAddress(DOE, '2'));
    expect((await Promise.all([find(PORTAL_A), find(PORTAL_A)])).map((map) => map.ownerOf(DOE))).toEqual(['2', '2']);
    clock.advance(29_999);
    await aliases.remove(PORTAL_A, toAliasName(DOE));
    expect((await find(PORTAL_A)).ownerOf(DOE)).toBe('2');
    expect(aliases.reads()).toBe(1);
    clock.advance(1);
    expect((await find(PORTAL_A)).ownerOf(DOE)).toBeUndefined();
  });

  it('A container reads the aliases again after a failure', async () => {
    const [aliases, clock] = [createFakeAliases(), makeClock()];
    const find = createRecentAliases(aliases, clock.now);
    await aliases.set(PORTAL_A, toDomain('@old.example.com', '@example.com'));
    aliases.outage.fail(new StoreUnavailableError('away'));
    await expect(find(PORTAL_A)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    aliases.outage.recover();
    expect((await find(PORTAL_A)).movedTo(toEmail('jane@old.example.com'))).toBe('jane@example.com');
  });
});
