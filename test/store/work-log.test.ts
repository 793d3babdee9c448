import type { WorkLog } from '../../lib/ports/executions.ts';
import { createWorkLog } from '../../lib/store/work-log.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { describeWorkLog } from '../contracts/work-log.contract.ts';
import { createFakeWorkLog } from '../fakes/work-log.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

let ids = 0;
const newId = () => `id-${ids++}`;

describeWorkLog('fake', async (now) => createFakeWorkLog(now));

describe.each(ENGINES)('$name', ({ name, makeTable }) => {
  describeWorkLog(name, async (now): Promise<WorkLog> => createWorkLog(await makeTable(), now, newId));

  it('[O11] The work log contains only IDs and times, one batch in an item, and expires after four days', async () => {
    const table = await makeTable();
    const clock = makeClock();
    const log = createWorkLog(table, clock.now, () => 'id');
    await log.noteWrites(PORTAL_A, [{ key: '["0-1","501","owner"]', value: '77', firstSeenAtEpochMs: 5 }]);
    await log.noteCompleted(PORTAL_A, ['ap-1', 'ap-2']);
    const at = `00${START_EPOCH_MS}#id`;
    const expiresAtEpochSeconds = { N: String(START_EPOCH_MS / 1_000 + 4 * 86_400) };
    const items = (await readAllItems(table)).toSorted((one, other) => (`${one.pk?.S}` < `${other.pk?.S}` ? 1 : -1));
    expect(items).toEqual([
      {
        pk: { S: 'portal#8200001#written' },
        sk: { S: at },
        entries: { S: JSON.stringify([['["0-1","501","owner"]', '77', 5]]) },
        expiresAtEpochSeconds,
      },
      {
        pk: { S: 'portal#8200001#completed' },
        sk: { S: at },
        entries: { S: '["ap-1","ap-2"]' },
        expiresAtEpochSeconds,
      },
    ]);
  });
});
