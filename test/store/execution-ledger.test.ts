import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { describeExecutionLedger } from '../contracts/execution-ledger.contract.ts';
import { createFakeExecutionLedger } from '../fakes/execution-ledger.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

describeExecutionLedger('in memory, for tests', async (now) => createFakeExecutionLedger(now));

for (const { name, makeTable } of ENGINES) {
  describeExecutionLedger(name, async (now) => createExecutionLedger(await makeTable(), now));
}
