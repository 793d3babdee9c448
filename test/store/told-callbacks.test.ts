import type { ToldCallbacks } from '../../lib/domain/queued-execution.ts';
import { createToldCallbacks } from '../../lib/store/told-callbacks.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

describe.each(ENGINES)('callbacks that were completed: $name', ({ makeTable }) => {
  let clock: FakeClock;
  let told: ToldCallbacks;

  beforeEach(async () => {
    clock = makeClock();
    let ids = 0;
    told = createToldCallbacks(await makeTable(), clock.now, () => `id-${ids++}`);
  });

  it('are found from a time on, however many calls completed them', async () => {
    await told.note(PORTAL_A, ['early']);
    clock.advance(10_000);
    const since = clock.now();
    const ids = Array.from({ length: 100 }, (_, index) => `ap-${index}`);
    await told.note(PORTAL_A, ids);
    await told.note(PORTAL_A, ['at the same moment']);
    expect(await told.find(PORTAL_A, since)).toEqual(new Set([...ids, 'at the same moment']));
    expect((await told.find(PORTAL_A, since - 10_000)).has('early')).toBe(true);
    expect(await told.find(PORTAL_A, since + 1)).toEqual(new Set());
  });

  it('are those of their own portal', async () => {
    await told.note(PORTAL_A, ['ap-1']);
    expect(await told.find(PORTAL_B, 0)).toEqual(new Set());
  });
});
