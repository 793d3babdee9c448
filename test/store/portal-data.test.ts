import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createPortalData } from '../../lib/store/portal-data.ts';
import type { Table } from '../../lib/store/table.ts';
import { toPortalId } from '../builders/ids.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const TWELVE = toPortalId(12);

describe.each(ENGINES)('the rows of a portal, on $name', ({ makeTable }) => {
  let table: Table;
  const put = (pk: string, sk = 'row') =>
    table.client.send(new PutItemCommand({ TableName: table.tableName, Item: { pk: { S: pk }, sk: { S: sk } } }));
  const keys = async () => (await readAllItems(table)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).sort();

  beforeEach(async () => {
    table = await makeTable();
    for (let n = 0; n < 60; n += 1) await put(`portal#12#email#p${n}@example.com`, 'email');
    await put('portal#12#listing', '410000001');
    await put('portal#12#portal', 'portal');
    await put('portal#123#email#p1@example.com', 'email');
    await put('portals', '12');
  });

  it('[X15] are all deleted but the one that says whether it is connected, and none of another portal', async () => {
    expect(await createPortalData(table).purge(TWELVE, () => true)).toEqual({ deleted: 61, isDone: true });
    expect(await keys()).toEqual(['portal#12#portal portal', 'portal#123#email#p1@example.com email', 'portals 12']);
    expect(await createPortalData(table).purge(TWELVE, () => true)).toEqual({ deleted: 0, isDone: true });
  });

  it('are deleted by the next run when one is stopped', async () => {
    const { purge } = createPortalData(table);
    let asked = 0;
    const first = await purge(TWELVE, () => {
      asked += 1;
      return asked <= 20;
    });
    expect(first.isDone).toBe(false);
    expect(first.deleted).toBeGreaterThan(0);
    expect(first.deleted).toBeLessThan(61);
    expect(await purge(TWELVE, () => true)).toEqual({ deleted: 61 - first.deleted, isDone: true });
  });
});
