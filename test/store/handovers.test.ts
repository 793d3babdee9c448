import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ObjectId } from '../../lib/domain/ids.ts';
import { createHandovers } from '../../lib/store/handovers.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { describeHandovers, makeHandover } from '../contracts/handovers.contract.ts';
import { createFakeHandovers } from '../fakes/handovers.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

let ids = 0;
const newId = () => {
  ids += 1;
  return `writer-${ids}`;
};

describe('in memory, for tests', () => {
  describeHandovers('in memory', async () => createFakeHandovers());
});

describe.each(ENGINES)('in the table: $name', ({ name, makeTable }) => {
  describeHandovers(name, async () => createHandovers(await makeTable(), makeClock().now, newId));

  it(`Handovers (${name}) and all their batches go 32 days after they were planned or written`, async () => {
    const table = await makeTable();
    const handovers = createHandovers(table, makeClock().now, newId);
    await handovers.create(PORTAL_A, makeHandover('h1'));
    const batch = { objectType: '0-1', property: 'hubspot_owner_id', ids: [] } as never;
    await handovers.saveBatch({ portalId: PORTAL_A, handoverId: 'h1', number: 0 }, batch);
    const ends = String(START_EPOCH_MS / 1_000 + 32 * 86_400);
    const items = await readAllItems(table);
    expect(items.map(({ expiresAtEpochSeconds }) => expiresAtEpochSeconds?.N)).toEqual([ends, ends]);
  });

  it.each([
    ['as a text', { row: { S: JSON.stringify({ ids: ['1', '2'], firstAtEpochMs: 5, lastAtEpochMs: 9 }) } }],
    ['as a set', { ids: { SS: ['1', '2'] }, firstAtEpochMs: { N: '5' }, lastAtEpochMs: { N: '9' } }],
  ])(
    `[C8] Handovers (${name}): what an earlier version noted %s as written is read, and is added to`,
    async (_how, noted) => {
      const table = await makeTable();
      const handovers = createHandovers(table, makeClock().now, newId);
      const Item = { pk: { S: `portal#${PORTAL_A}#handover#h1` }, sk: { S: 'moved#000003' }, ...noted };
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
      const before = { ids: ['1', '2'], firstAtEpochMs: 5, lastAtEpochMs: 9 };
      expect(await handovers.readWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved')).toEqual(before);
      await handovers.addWrites(
        { portalId: PORTAL_A, handoverId: 'h1', number: 3 },
        'moved',
        ['2', '3'] as ObjectId[],
        20,
      );
      const after = await handovers.readWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved');
      expect({ ...after, ids: after?.ids.toSorted() }).toEqual({
        ids: ['1', '2', '3'],
        firstAtEpochMs: 5,
        lastAtEpochMs: 20,
      });
    },
  );

  it(`[C8] Handovers (${name}): after a rollback, version 0.2.0 finds what this version was about to write, and can undo it`, async () => {
    const table = await makeTable();
    const handovers = createHandovers(table, makeClock().now, newId);
    const [ids, some] = [['1', '2', '3'] as ObjectId[], ['2'] as ObjectId[]];
    await handovers.addWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved', ids, 20);
    await handovers.addWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved', some, 30);
    const [item] = await readAllItems(table);
    // All that version 0.2.0 reads of the row.
    expect(JSON.parse(item?.row?.S ?? '{}')).toEqual({ ids, firstAtEpochMs: 20, lastAtEpochMs: 20 });
    const writes = await handovers.readWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved');
    expect(writes).toEqual({ ids, firstAtEpochMs: 20, lastAtEpochMs: 30 });
  });

  it(`Handovers (${name}): a save whose reply was lost counts as ours when it is sent again`, async () => {
    const table = await makeTable();
    const handovers = createHandovers(table, makeClock().now, () => 'the same writer');
    const standing = await handovers.create(PORTAL_A, makeHandover('h1'));
    await handovers.save(PORTAL_A, { ...standing, status: 'planned' });
    expect(await handovers.save(PORTAL_A, { ...standing, status: 'planned' })).toMatchObject({ version: 2 });
  });
});
