import type { Tellings } from '../../lib/domain/queued-execution.ts';
import { createTellings } from '../../lib/store/tellings.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

describe.each(ENGINES)('callbacks that were to be completed together: $name', ({ makeTable }) => {
  let clock: FakeClock;
  let tellings: Tellings;

  beforeEach(async () => {
    clock = makeClock();
    let ids = 0;
    tellings = createTellings(await makeTable(), clock.now, () => `id-${ids++}`);
  });

  it('are found from a time on, each with the last call that it was in', async () => {
    await tellings.note(PORTAL_A, ['early', 'ap-0']);
    clock.advance(10_000);
    const since = clock.now();
    const ids = Array.from({ length: 100 }, (_, index) => `ap-${index}`);
    await tellings.note(PORTAL_A, ids);
    await tellings.note(PORTAL_A, ['at the same moment']);
    clock.advance(1);
    await tellings.note(PORTAL_A, ['ap-98', 'ap-99']);
    const found = await tellings.find(PORTAL_A, since);
    expect([...found.keys()].sort()).toEqual([...ids, 'at the same moment'].sort());
    expect(found.get('ap-0')).toEqual(found.get('ap-97'));
    expect(['ap-97', 'ap-98', 'early'].map((id) => found.get(id)?.isRepeated)).toEqual([false, true, undefined]);
    expect(['ap-97', 'ap-98'].map((id) => found.get(id)?.size)).toEqual([100, 2]);
    expect(found.get('ap-98')).toEqual(found.get('ap-99'));
    expect(new Set([...found.values()].map(({ callId }) => callId)).size).toBe(3);
    expect((await tellings.find(PORTAL_A, since - 10_000)).has('early')).toBe(true);
    expect((await tellings.find(PORTAL_A, since + 2)).size).toBe(0);
    const lastCallId = found.get('ap-99')?.callId;
    const others = await tellings.find(PORTAL_A, since, lastCallId);
    expect(others.get('ap-99')).toMatchObject({ size: 100, isRepeated: false });
  });

  it('are completed a call at a time, as often as somebody says so, and forgotten where HubSpot refused the call', async () => {
    const first = await tellings.note(PORTAL_A, ['ap-1', 'ap-2']);
    await tellings.note(PORTAL_A, ['ap-3']);
    await tellings.end(PORTAL_A, first, 'completed');
    await tellings.end(PORTAL_A, first, 'completed');
    await tellings.end(PORTAL_A, await tellings.note(PORTAL_A, ['ap-4']), 'refused');
    await tellings.end(PORTAL_A, await tellings.note(PORTAL_A, ['ap-5']), 'unheard');
    clock.advance(7_000);
    const found = await tellings.find(PORTAL_A, 0);
    const states = ['ap-1', 'ap-2', 'ap-3', 'ap-5'].map((id) => found.get(id)?.state);
    expect(states).toEqual(['completed', 'completed', 'running', 'unheard']);
    expect(found.get('ap-3')?.noteAgeMs).toBe(7_000);
    expect(found.get('ap-1')?.callId).toBe(first);
    expect(found.has('ap-4')).toBe(false);
  });

  it('are those of their own portal', async () => {
    await tellings.note(PORTAL_A, ['ap-1', 'ap-2']);
    expect((await tellings.find(PORTAL_B, 0)).size).toBe(0);
  });
});
