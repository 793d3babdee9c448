import fc from 'fast-check';
import type { Standing } from '../../local/simulator/blocked-executions.ts';
import { ALL_SCOPES } from '../../local/simulator/object-types.ts';
import { addToken, revokeToken } from '../../local/simulator/seed-portals.ts';
import { PORTAL, TOKEN, useAdapters } from '../hubspot/adapters.ts';
import { HOUR_MS, idsOf, makeCompleting, outputsOf } from '../support/completing.ts';

const current = useAdapters();
const { block, complete } = makeCompleting(current);
/** What completing a hundred may cost. */
const MOST_CALLS = 40;

const NONE = { unknown: new Set(), untold: new Set() };

function watch(): Standing[] {
  const standings: Standing[] = [];
  current().simulator.state.blocked.onCompletion(({ standing }) => void standings.push(standing));
  return standings;
}

describe('completing callbacks', () => {
  it('ends a hundred waits by one call, each with its own outputs', async () => {
    const ids = idsOf(100);
    const ends = block(ids);
    expect(await complete(ids)).toMatchObject(NONE);
    expect(current().simulator.calls.all()).toMatchObject([
      { method: 'POST', path: '/automation/actions/callbacks/2026-09/complete', status: 204 },
    ]);
    expect([...ends].map(([id, end]) => end.kind === 'completed' && end.outputFields.ownerId === id)).toEqual(
      Array(100).fill(true),
    );
  });

  it('ends one by the single route', async () => {
    const ends = block(['ap-1']);
    expect(await complete(['ap-1'])).toMatchObject(NONE);
    expect(current().simulator.calls.all()).toMatchObject([
      { path: '/automation/actions/callbacks/2026-09/ap-1/complete', status: 204 },
    ]);
    expect(ends.get('ap-1')).toMatchObject({ kind: 'completed', outputFields: outputsOf('ap-1') });
  });

  it('makes no call for nobody', async () => {
    expect(await complete([])).toMatchObject(NONE);
    expect(current().simulator.calls.count()).toBe(0);
  });
});

describe('ids that do not wait', () => {
  const [early, late, doubled] = ['ap-early', 'ap-late', 'ap-doubled'];

  const makeOdd = async () => {
    block([late]);
    current().clock.advance(HOUR_MS);
    block([doubled]);
    await complete([doubled], { deadlineEpochMs: current().clock.now() + 8_000 });
  };

  it('[H23] are told as unknown, whether they are early, late or doubled, and are not tried again', async () => {
    await makeOdd();
    const [mark, standings] = [current().simulator.calls.mark(), watch()];
    for (const id of [early, late, doubled]) {
      const report = await complete([id], { deadlineEpochMs: current().clock.now() + 8_000 });
      expect(report).toMatchObject({ unknown: new Set([id]), untold: new Set() });
    }
    expect(standings).toEqual(['unknown', 'late', 'doubled']);
    expect(current().simulator.calls.since(mark)).toMatchObject(Array(3).fill({ status: 404 }));
  });

  it('[H23, H25] keep none of the others from being completed', async () => {
    await makeOdd();
    const good = idsOf(97);
    const ends = block(good);
    const mark = current().simulator.calls.mark();
    const mixed = [early, ...good.slice(0, 40), late, ...good.slice(40), doubled];
    const report = await complete(mixed, { deadlineEpochMs: current().clock.now() + 8_000 });
    expect(report).toMatchObject({ unknown: new Set([early, late, doubled]), untold: new Set() });
    expect([...ends.keys()].sort()).toEqual([...good].sort());
    expect(current().simulator.calls.since(mark).length).toBeLessThanOrEqual(MOST_CALLS);
  });

  it('[H23] are not told where HubSpot keeps silent about them, as it did once', async () => {
    current().simulator.settings.unknownCallback = 'silent';
    const ends = block(idsOf(3));
    expect(await complete([early, ...idsOf(3)])).toMatchObject(NONE);
    expect(ends.size).toBe(3);
    expect(current().simulator.calls.count()).toBe(1);
  });

  it('[H25] are found within forty calls, and up to three of them always', async () => {
    const among = fc.uniqueArray(fc.nat({ max: 99 }), { maxLength: 100 });
    const few = fc.uniqueArray(fc.nat({ max: 99 }), { minLength: 1, maxLength: 3 });
    let from = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(few, among), async (odd) => {
        from += 100;
        const ids = idsOf(100, from);
        const bad = new Set(odd.map((index) => ids[index] ?? ''));
        const ends = block(ids.filter((id) => !bad.has(id)));
        const mark = current().simulator.calls.mark();

        // What the last run spent is over.
        current().clock.advance(10_000);
        const { unknown, untold } = await complete(ids, { deadlineEpochMs: current().clock.now() + 8_000 });

        expect(current().simulator.calls.since(mark).length).toBeLessThanOrEqual(MOST_CALLS);
        expect([...unknown].filter((id) => !bad.has(id))).toEqual([]);
        if (bad.size <= 3) expect(untold.size).toBe(0);
        // Each is completed, unknown or untold, and only one of them.
        expect([...ends.keys(), ...unknown, ...untold].sort()).toEqual([...ids].sort());
      }),
      { numRuns: 15 },
    );
  });

  it('[H25] stop the search after forty calls when all are unknown', async () => {
    const ids = idsOf(100);
    const { unknown, untold } = await complete(ids);
    expect(current().simulator.calls.count()).toBe(MOST_CALLS);
    expect(unknown.size).toBeGreaterThan(10);
    expect([...unknown, ...untold].sort()).toEqual([...ids].sort());
  });
});

describe('a bad line to the callbacks', () => {
  it.each([
    { kind: 'status', status: 503 },
    { kind: 'status', status: 502, body: '<html/>', contentType: 'text/html' },
    { kind: 'reset' },
  ] as const)('[H24] is tried again after %j', async (fault) => {
    const ids = idsOf(3);
    const ends = block(ids);
    current().simulator.faults.script({ route: 'POST callbacks', times: 2, fault });
    expect(await complete(ids)).toMatchObject(NONE);
    expect(current().simulator.calls.count()).toBe(3);
    expect(ends.size).toBe(3);
  });

  it('[H24] that lost the reply to one completion has it told as unknown, which it is by then', async () => {
    const ends = block(['ap-1']);
    const standings = watch();
    current().simulator.faults.script({ route: 'POST callback', fault: { kind: 'resetAfterEffect' } });
    expect(await complete(['ap-1'])).toMatchObject({ unknown: new Set(['ap-1']), untold: new Set() });
    expect(standings).toEqual(['waiting', 'doubled']);
    expect(ends.get('ap-1')).toMatchObject({ kind: 'completed', outputFields: outputsOf('ap-1') });
  });

  it('[H24] that lost the reply to a batch has all of it completed, once each, and asks for no more than a few', async () => {
    const ids = idsOf(100);
    const ends = block(ids);
    current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'resetAfterEffect' } });
    expect(await complete(ids)).toMatchObject(NONE);
    expect(ends.size).toBe(100);
    // The lost one, the one that is refused, and three ids.
    expect(current().simulator.calls.count()).toBe(5);
  });

  it.each([2, 3, 4])('[H24] that lost the reply to a batch of %i, too', async (count) => {
    const ends = block(idsOf(count));
    current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'truncate' } });
    expect(await complete(idsOf(count))).toMatchObject(NONE);
    expect(ends.size).toBe(count);
  });

  it('[H24, H25] that failed a try without effect still has the unknown ids found, wherever they are', async () => {
    const odd = fc.uniqueArray(fc.oneof(fc.constantFrom(0, 49, 99), fc.nat({ max: 99 })), {
      minLength: 1,
      maxLength: 2,
    });
    let from = 0;
    await fc.assert(
      fc.asyncProperty(odd, async (places) => {
        from += 100;
        const ids = idsOf(100, from);
        const bad = new Set(places.map((index) => ids[index] ?? ''));
        // Another day: the refusals of the searches before count as errors, and many of those end the retries.
        current().clock.advance(86_400_000);
        const ends = block(ids.filter((id) => !bad.has(id)));
        current().simulator.faults.script({ route: 'POST callbacks', fault: { kind: 'status', status: 503 } });
        const report = await complete(ids, { deadlineEpochMs: current().clock.now() + 8_000 });
        expect(report).toMatchObject({ unknown: bad, untold: new Set() });
        expect(ends.size).toBe(100 - bad.size);
      }),
      { numRuns: 10 },
    );
  });

  it('[H24] that stays bad is an error, and nothing is said about anybody', async () => {
    block(idsOf(3));
    current().simulator.faults.script({ route: 'POST callbacks', times: 3, fault: { kind: 'status', status: 500 } });
    await expect(complete(idsOf(3))).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: 'http_500' });
    expect(await complete(idsOf(3))).toMatchObject(NONE);
  });
});

it('[H6] tells the lack of the scope apart from everything else', async () => {
  const { state } = current().simulator;
  revokeToken(state, PORTAL, TOKEN);
  const scopes = ALL_SCOPES.filter((scope) => scope !== 'automation');
  addToken(state, PORTAL, TOKEN, scopes);
  await expect(complete(idsOf(2))).rejects.toMatchObject({ code: 'MISSING_SCOPES', retryable: false });
  await expect(complete(idsOf(1))).rejects.toMatchObject({ code: 'MISSING_SCOPES', retryable: false });
});
