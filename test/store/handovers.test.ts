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
    await handovers.saveBatches(PORTAL_A, 'h1', 0, [batch]);
    const ends = String(START_EPOCH_MS / 1_000 + 32 * 86_400);
    const items = await readAllItems(table);
    expect(items.map(({ expiresAtEpochSeconds }) => expiresAtEpochSeconds?.N)).toEqual([ends, ends]);
  });

  it(`Handovers (${name}): a save whose reply was lost counts as ours when it is sent again`, async () => {
    const table = await makeTable();
    const handovers = createHandovers(table, makeClock().now, () => 'the same writer');
    const standing = await handovers.create(PORTAL_A, makeHandover('h1'));
    await handovers.save(PORTAL_A, { ...standing, status: 'planned' });
    expect(await handovers.save(PORTAL_A, { ...standing, status: 'planned' })).toMatchObject({ version: 2 });
  });
});
