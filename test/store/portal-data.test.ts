import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createPortalData } from '../../lib/store/portal-data.ts';
import type { Table } from '../../lib/store/table.ts';
import { toPortalId } from '../builders/ids.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const TWELVE = toPortalId(12);

describe.each(ENGINES)('The rows of an account on $name', ({ makeTable }) => {
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

  it('[X15] All rows of an account are deleted except the one that says whether it is connected, and none of another account', async () => {
    expect(await createPortalData(table).purge(TWELVE, () => true)).toEqual({ deleted: 61, isDone: true });
    expect(await keys()).toEqual(['portal#12#portal portal', 'portal#123#email#p1@example.com email', 'portals 12']);
    expect(await createPortalData(table).purge(TWELVE, () => true)).toEqual({ deleted: 0, isDone: true });
  });

  it('The rows of an account are deleted by the next run when one is stopped', async () => {
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

  it('[M6] Rows that an account writes after it came back are not deleted with the old ones of the same key', async () => {
    let isBack = false;
    let deletions = 0;
    table.client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const output = await next(args);
          deletions += commandName === 'DeleteItemCommand' ? 1 : 0;
          if (deletions === 3) isBack = true;
          return output;
        },
      { step: 'initialize', name: 'comeBack' },
    );
    const purged = await createPortalData(table).purge(
      TWELVE,
      () => true,
      0,
      async () => isBack,
    );
    expect(purged.isDone).toBe(false);
    // Those that were under way at that moment.
    expect(purged.deleted).toBeLessThanOrEqual(25);
  });

  describe('A table larger than one run reads', () => {
    const LEFT_AT = 1_000;
    const OTHERS = 200;
    const PAGE = 20;
    let scans: number;

    beforeEach(async () => {
      for (let n = 0; n < OTHERS; n += 1) await put(`portal#77#${n % 2 === 0 ? 'email' : 'owner'}#o${n}@example.com`);
      for (let n = 0; n < OTHERS; n += 1) await put(`portal#77#owner#${n}`);
      scans = 0;
      table.client.middlewareStack.add(
        (next, { commandName }) =>
          (args) => {
            if (commandName !== 'ScanCommand') return next(args);
            scans += 1;
            return next({ ...args, input: { ...args.input, Limit: PAGE } });
          },
        { step: 'initialize', name: 'limitScans', override: true },
      );
    });

    /** One run, which stops after so many steps: a page is one, and each row that is deleted. */
    const run = (steps: number, leftAtEpochMs = LEFT_AT) => {
      let left = steps;
      return createPortalData(table).purge(TWELVE, () => left-- > 0, leftAtEpochMs);
    };
    const cursor = async () => {
      const Key = { pk: { S: 'portal#12#purge' }, sk: { S: 'purge' } };
      return (await table.client.send(new GetItemCommand({ TableName: table.tableName, Key }))).Item;
    };

    it('[M8] Deleting rows continues where the previous run stopped, and ends after as many pages as the table has', async () => {
      const allPages = Math.ceil((61 + 3 + 2 * OTHERS) / PAGE) + 1;
      let deleted = 0;
      let runs = 0;
      for (let isDone = false; !isDone; runs += 1) {
        expect(runs).toBeLessThan(3 * allPages);
        const purged = await run(10);
        deleted += purged.deleted;
        isDone = purged.isDone;
        expect((await cursor()) === undefined).toBe(isDone);
      }
      expect(deleted).toBe(61);
      expect(runs).toBeGreaterThan(5);
      // A page is read again as far as it names people, which is hardly ever the whole of it.
      expect(scans).toBeLessThan(2 * allPages);
      expect(await keys()).toHaveLength(3 + 2 * OTHERS);
    });

    it('[M8] Deleting rows ends although each run reads only a page or two, which contain nothing but emails', async () => {
      for (let n = 0; n < 60; n += 1) await put(`portal#78#email#all-${n}@example.com`);
      for (let runs = 0; !(await run(5)).isDone; runs += 1) expect(runs).toBeLessThan(60);
      expect((await keys()).filter((key) => key.startsWith('portal#12#'))).toEqual(['portal#12#portal portal']);
    });

    it('[M8, O11] The saved position of a deletion contains no email when the page has another key', async () => {
      for (let runs = 0; runs < 8; runs += 1) {
        await run(6);
        expect(JSON.stringify((await cursor()) ?? {})).not.toContain('@');
      }
    });

    it('[M8] Deleting rows starts again after it came to its end, and when the account has left once more', async () => {
      await run(10);
      const stopped = await cursor();
      expect(stopped).toMatchObject({ leftAtEpochMs: { N: String(LEFT_AT) } });
      await put('portal#12#email#new@example.com', 'email');
      for (let runs = 0; !(await run(10, LEFT_AT + 1)).isDone; runs += 1) expect(runs).toBeLessThan(100);
      expect((await keys()).filter((key) => key.startsWith('portal#12#'))).toEqual(['portal#12#portal portal']);

      for (let n = 0; n < 20; n += 1) await put(`portal#12#email#late-${n}@example.com`, 'email');
      expect(await run(1_000)).toEqual({ deleted: 20, isDone: true });
    });
  });
});
