import { createChangeLog } from '../../lib/store/change-log.ts';
import { PORTAL_A, toUserId } from '../builders/ids.ts';
import { describeChangeLog } from '../contracts/change-log.contract.ts';
import { createFakeChangeLog } from '../fakes/change-log.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

describeChangeLog('in memory, for tests', async (clock) => createFakeChangeLog(clock.now));

describe.each(ENGINES)('the log of changes in the table: $name', ({ name, makeTable }) => {
  describeChangeLog(name, async (clock) => createChangeLog(await makeTable(), clock.now));

  it('[D7] A change is one item that expires after 90 days', async () => {
    const table = await makeTable();
    const delivery = { changeId: 'c', userId: toUserId(7), payloadHash: 'hash', writerId: 'w', leaseMs: 1_000 };
    await createChangeLog(table, makeClock().now).begin(PORTAL_A, delivery);
    const [item] = await readAllItems(table);
    expect(item).toMatchObject({
      pk: { S: `portal#${PORTAL_A}#change` },
      sk: { S: 'c' },
      expiresAtEpochSeconds: { N: String(START_EPOCH_MS / 1_000 + 90 * 86_400) },
    });
  });
});
