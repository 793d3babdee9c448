import { createRateBudget } from '../../lib/store/rate-budget.ts';
import { describeRateBudget } from '../contracts/rate-budget.contract.ts';
import { createFakeRateBudget, type FakeBudgetRows } from '../fakes/rate-budget.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

describeRateBudget('in memory, for tests', async () => {
  const rows: FakeBudgetRows = new Map();
  return (now) => createFakeRateBudget(now, rows);
});

for (const { name, makeTable } of ENGINES) {
  describeRateBudget(name, async () => {
    const table = await makeTable();
    return (now) => createRateBudget(table, now);
  });
}
