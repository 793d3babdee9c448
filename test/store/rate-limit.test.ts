import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { LOWEST_LIMIT, mostAtOnce, paceOf } from '../../lib/domain/rate-limit.ts';
import type { RateBudget } from '../../lib/ports/store.ts';
import { createPortalData } from '../../lib/store/portal-data.ts';
import { createRateBudget } from '../../lib/store/rate-limit.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { describeRateBudget } from '../contracts/rate-limit.contract.ts';
import { createFakeRateBudget, type FakeBudgetRows } from '../fakes/rate-limit.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

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

describe.each(ENGINES)('The permits of an account on $name', ({ makeTable }) => {
  const PACE = paceOf(LOWEST_LIMIT);
  const MOST = mostAtOnce(PACE, 'interactive');
  let table: Table;
  let clock: FakeClock;

  beforeEach(async () => {
    table = await makeTable();
    clock = makeClock();
  });

  const take = (budget: RateBudget, count = 1) => budget.take(PORTAL_A, count, 'interactive', LOWEST_LIMIT);

  it('[D7] The permits of an account are one item, which expires a week after the last of them, in whole seconds', async () => {
    const budget = createRateBudget(table, clock.now);
    await budget.learnLimit(PORTAL_A, { calls: 190, windowMs: 10_000 });
    await budget.pause(PORTAL_A, START_EPOCH_MS - 1, { kind: 'fault', fault: 'http_503' });
    clock.advance(500);
    await take(budget, 2);
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: 'portal#8200001#budget' },
        sk: { S: 'budget' },
        paidUntilEpochMs: { N: String(START_EPOCH_MS + 500 + 2 * PACE.intervalMs) },
        limitCalls: { N: '190' },
        limitWindowMs: { N: '10000' },
        blockedUntilEpochMs: { N: String(START_EPOCH_MS - 1) },
        blockReason: { S: 'http_503' },
        expiresAtEpochSeconds: { N: String(START_EPOCH_MS / 1_000 + 7 * 86_400 + 1) },
      },
    ]);
  });

  it('[D9] Permits cost a container one write for each batch, and one lookup when there are none', async () => {
    const budget = createRateBudget(table, clock.now);
    await take(budget);
    const send = jest.spyOn(table.client, 'send');
    await take(budget, MOST - 1);
    expect(send).toHaveBeenCalledTimes(1);
    await take(budget);
    // One engine sends along what stood in the way, the other has to be asked.
    expect(send.mock.calls.length).toBeLessThanOrEqual(3);
    clock.advance(60_000);
    send.mockClear();
    await take(budget);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('Permits are available again when the item was deleted under a container that remembers them', async () => {
    const budget = createRateBudget(table, clock.now);
    await take(budget, MOST);
    await createPortalData(table).purge(PORTAL_A, () => true);
    expect(await take(budget)).toEqual({ kind: 'granted', limit: LOWEST_LIMIT });
    expect(await take(budget, MOST - 1)).toMatchObject({ kind: 'granted' });
    expect(await take(budget)).toMatchObject({ kind: 'refused' });
  });

  it('A container that has not heard of a lower limit takes permits by the old one once at most', async () => {
    const high = { calls: 1_000, windowMs: 10_000 };
    const low = { calls: 10, windowMs: 10_000 };
    const [first, second] = [createRateBudget(table, clock.now), createRateBudget(table, clock.now)];
    await first.learnLimit(PORTAL_A, low);
    const granted = await second.take(PORTAL_A, 5, 'interactive', high);
    expect(granted).toEqual({ kind: 'granted', limit: low });
    const { intervalMs } = paceOf(low);
    clock.advance(5 * paceOf(high).intervalMs);
    expect(await second.take(PORTAL_A, 2, 'interactive', granted.limit)).toMatchObject({ kind: 'granted' });
    expect(await second.take(PORTAL_A, 1, 'interactive', granted.limit)).toMatchObject({ waitMs: intervalMs });
  });

  it('A container that is overtaken again and again leaves the permits to others', async () => {
    const cost = PACE.intervalMs;
    const item = { paidUntilEpochMs: { N: String(START_EPOCH_MS + cost) } };
    const overtaken = new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item: item });
    const send = jest.spyOn(table.client, 'send').mockRejectedValue(overtaken as never);
    const refused = { kind: 'refused', waitMs: cost, pausedFor: undefined, limit: LOWEST_LIMIT };
    expect(await take(createRateBudget(table, clock.now))).toEqual(refused);
    expect(send).toHaveBeenCalledTimes(4);
  });

  it('No permits are available while the table is away', async () => {
    jest.spyOn(table.client, 'send').mockRejectedValue(new Error('away') as never);
    const budget = createRateBudget(table, clock.now);
    const away = { code: 'STORE_UNAVAILABLE', retryable: true };
    await expect(take(budget)).rejects.toMatchObject(away);
    await expect(budget.learnLimit(PORTAL_A, LOWEST_LIMIT)).rejects.toMatchObject(away);
    await expect(budget.pause(PORTAL_A, clock.now() + 1, { kind: 'limit' })).rejects.toMatchObject(away);
  });
});
