import { createOutcomeLog } from '../../lib/store/outcome-counts.ts';
import { createOverviewRows } from '../../lib/store/overview-rows.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { describeOutcomeLog } from '../contracts/outcome-log.contract.ts';
import { createFakeOutcomeLog } from '../fakes/outcome-log.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

describeOutcomeLog('in memory, for tests', async () => createFakeOutcomeLog());

describe.each(ENGINES)('counts of outcomes in the table: $name', ({ name, makeTable }) => {
  describeOutcomeLog(name, async () => {
    const table = await makeTable();
    const { read } = createOverviewRows(table);
    return { ...createOutcomeLog(table), list: async (portalId, days = []) => (await read(portalId, days)).outcomes };
  });

  it('[D7, O11] The outcomes of a day are one item of numbers that expires after 30 days', async () => {
    const table = await makeTable();
    await createOutcomeLog(table).add(PORTAL_A, '2026-11-23', { ASSIGNED: 2 });
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: `portal#${PORTAL_A}#outcomes` },
        sk: { S: '2026-11-23' },
        ASSIGNED: { N: '2' },
        expiresAtEpochSeconds: { N: String(Date.UTC(2026, 11, 23) / 1_000) },
      },
    ]);
  });
});
