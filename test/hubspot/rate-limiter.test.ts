import { toDeadline } from '../../lib/domain/deadline.ts';
import { LOWEST_LIMIT, mostAtOnce, paceOf } from '../../lib/domain/rate-limit.ts';
import type { FakeBudgetRows } from '../fakes/rate-limit.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { portalId } from './gateway.ts';
import { BULK, type Desk, type DeskOptions, INTERACTIVE, makeDesk } from './permit-desk.ts';

const [A, B] = [portalId(1), portalId(2)];
const { intervalMs } = paceOf(LOWEST_LIMIT);
const MOST = mostAtOnce(paceOf(LOWEST_LIMIT), 'interactive');
const MOST_BULK = mostAtOnce(paceOf(LOWEST_LIMIT), 'bulk');

let clock: FakeClock;

beforeEach(() => {
  clock = makeClock();
});

const open = (options: DeskOptions = {}) => makeDesk({ clock, ...options });
const take = (desk: Desk, portal = A, budgetMs = 8_000) =>
  desk.permits.acquire(portal, toDeadline(clock.now() + budgetMs));
const drain = (desk: Desk, portal = A) => drainOf(desk, MOST, portal);

/** Takes what can be had at once past the container, as other containers do. */
async function drainOf(desk: Desk, count: number, portal = A): Promise<void> {
  expect(await desk.budget.take(portal, count, 'interactive', LOWEST_LIMIT)).toMatchObject({ kind: 'granted' });
}

it('[D12] A container whose clock was an hour ahead does not leave the account alone for an hour', async () => {
  const desk = open();
  clock.advance(3_600_000);
  await desk.permits.pauseEverywhere(A, 10_000, { kind: 'limit' });
  clock.advance(-3_600_000);
  await expect(take(desk)).resolves.toBeUndefined();
});

describe('Batches of permits', () => {
  it('A batch of permits serves several calls with one request to the table', async () => {
    const desk = open();
    for (let call = 0; call < 5; call += 1) await take(desk);
    expect(desk.asked).toEqual([{ count: 5, priority: 'interactive' }]);
    await take(desk);
    expect(desk.asked).toHaveLength(3);
    expect(desk.waited).toEqual([]);
  });

  it.each([
    [999, 1, 'are good until then'],
    [1_000, 2, 'are worth nothing from then on'],
  ])('Two calls %i ms apart make %i requests for permits, because the first permits %s', async (ms, questions) => {
    const desk = open();
    await take(desk);
    clock.advance(ms);
    await take(desk);
    expect(desk.asked).toHaveLength(questions);
  });

  it('The lifetime of permits starts at the request, however long the answer takes', async () => {
    const desk = open({ meanwhile: (asked) => (asked === 1 ? clock.advance(600) : undefined) });
    await take(desk);
    clock.advance(399);
    await take(desk);
    expect(desk.asked).toHaveLength(1);
    clock.advance(1);
    await take(desk);
    expect(desk.asked).toHaveLength(2);
  });

  it('A batch has one permit when no more are due', async () => {
    const desk = open();
    await drainOf(desk, MOST - 1);
    await take(desk);
    expect(desk.asked).toEqual([
      { count: 5, priority: 'interactive' },
      { count: 1, priority: 'interactive' },
    ]);
  });

  it('A caller for whom one permit is of little use waits for a whole batch', async () => {
    const desk = open({ policy: { ...BULK, permitBatch: 2, allowPartial: false } });
    await drainOf(desk, MOST_BULK - 1);
    const startedAt = clock.now();
    await take(desk);
    await take(desk);
    expect(desk.asked).toEqual([
      { count: 2, priority: 'bulk' },
      { count: 2, priority: 'bulk' },
    ]);
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(intervalMs);
  });

  it('A batch of permits is never larger than the burst limit', async () => {
    const desk = open({ policy: { ...BULK, permitBatch: 50 } });
    await take(desk);
    expect(desk.asked).toEqual([{ count: MOST_BULK, priority: 'bulk' }]);
  });

  it('A batch of permits belongs to one account', async () => {
    const desk = open();
    await take(desk, A);
    await take(desk, B);
    expect(desk.asked).toHaveLength(2);
  });

  it('Callers that arrive during a request for permits share its answer', async () => {
    const answer = Promise.withResolvers<void>();
    const desk = open({ meanwhile: () => answer.promise });
    const calls = Promise.all(Array.from({ length: 5 }, () => take(desk)));
    answer.resolve();
    await calls;
    expect(desk.asked).toHaveLength(1);
  });
});

describe('Waiting in a workflow', () => {
  it('A workflow waits briefly for the next permit, and reports how long it waited', async () => {
    const desk = open();
    await drain(desk);
    await take(desk);
    expect(desk.slept).toEqual([intervalMs]);
    expect(desk.waited).toEqual([intervalMs]);
    expect(desk.counted).toEqual([]);
  });

  it('Workflows that wait for the same permit wait until different moments', async () => {
    const desk = open({ random: () => 0.5 });
    await drain(desk);
    await take(desk);
    expect(desk.slept).toEqual([intervalMs + Math.floor(intervalMs / 2)]);
  });

  it('A workflow that was overtaken once gives up, and its container stops asking for a second', async () => {
    // Whenever it asks, others have taken what fell due.
    const desk: Desk = open({
      meanwhile: async () => void (await desk.budget.take(A, 1, 'interactive', LOWEST_LIMIT)),
    });
    await drain(desk);
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(desk.slept).toEqual([intervalMs]);
    expect(desk.counted).toEqual([{ name: 'HubSpotPermitsRefused', dimensions: { priority: 'interactive' } }]);

    const questions = desk.asked.length;
    clock.advance(999);
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(desk.slept).toHaveLength(1);
    expect(desk.asked).toHaveLength(questions);
    await take(desk, B);
    clock.advance(1);
    await take(desk);
    expect(desk.asked.length).toBeGreaterThan(questions + 1);
  });

  it.each([
    [1_000, 8_000, 'its patience'],
    [5_000, 1_000, 'its deadline'],
  ])(
    'A workflow asks once and does not wait when the permit is due after %i and %i ms: %s',
    async (maxWaitMs, budgetMs) => {
      const desk = open({ policy: { ...INTERACTIVE, maxWaitMs } });
      await desk.budget.learnLimit(A, { calls: 10, windowMs: 10_000 });
      await desk.budget.take(A, 2, 'interactive', LOWEST_LIMIT);
      await expect(take(desk, A, budgetMs)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      expect(desk.slept).toEqual([]);
      await expect(take(desk, A, budgetMs)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      expect(desk.asked).toHaveLength(2);
    },
  );

  it.each([
    [0, 10_000],
    [0.5, 35_000],
    [0.9999, 59_995],
  ])(
    'A workflow without a permit is asked to return after ten to sixty seconds: chance %d gives %d ms',
    async (chance, ms) => {
      const desk = open({ policy: { ...INTERACTIVE, maxWaitMs: 0 }, random: () => chance });
      await drain(desk);
      await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: ms });
    },
  );
});

describe('Waiting of bulk work', () => {
  it('Bulk work keeps waiting within its patience, even when others overtake it', async () => {
    let overtaken = 0;
    const desk: Desk = open({
      policy: BULK,
      meanwhile: async () => {
        if (overtaken++ < 6) await desk.budget.take(A, 1, 'interactive', LOWEST_LIMIT);
      },
    });
    await drain(desk);
    await take(desk);
    expect(desk.slept.length).toBeGreaterThan(5);
    expect(desk.waited).toEqual([desk.slept.reduce((sum, ms) => sum + ms, 0)]);
    expect(desk.counted).toEqual([]);
  });

  it('Bulk work gives up at the end of its patience and reports the time until the next permit', async () => {
    const desk: Desk = open({
      policy: BULK,
      meanwhile: async () => {
        while ((await desk.budget.take(A, 1, 'interactive', LOWEST_LIMIT)).kind === 'granted');
      },
    });
    const startedAt = clock.now();
    await expect(take(desk)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: (MOST - MOST_BULK + 1) * intervalMs,
    });
    expect(clock.now() - startedAt).toBeLessThanOrEqual(BULK.maxWaitMs);
    expect(clock.now() - startedAt).toBeGreaterThan(BULK.maxWaitMs / 2);
    expect(desk.counted).toEqual([{ name: 'HubSpotPermitsRefused', dimensions: { priority: 'bulk' } }]);
  });

  it('Bulk work waits for the end of a block that is soon over', async () => {
    const desk = open({ policy: BULK });
    await desk.permits.pauseEverywhere(A, 2_000, { kind: 'limit' });
    await take(desk);
    expect(desk.slept).toEqual([2_000]);
  });
});

describe('Blocked accounts', () => {
  const blocks = [
    [{ kind: 'limit' }, 0.5, { code: 'RATE_LIMITED', retryAfterMs: 10_500 }],
    [{ kind: 'fault', fault: 'http_503' }, 0.5, { code: 'HUBSPOT_UNAVAILABLE', fault: 'http_503' }],
  ] as const;

  it.each(blocks)(
    '[H11] An account that is blocked because of %j is left alone by every container',
    async (reason, chance, error) => {
      const rows = new Map();
      const [one, other] = [open({ rows, random: () => chance }), open({ rows, random: () => chance })];
      await take(other);
      await one.permits.pauseEverywhere(A, 10_000, reason);
      await expect(take(one)).rejects.toMatchObject(error);
      expect(one.asked).toEqual([]);

      clock.advance(1_000);
      await expect(take(other)).rejects.toMatchObject({ code: error.code });
      await take(other, B);
      clock.advance(8_999);
      await expect(take(other)).rejects.toMatchObject({ code: error.code });
      clock.advance(1);
      await take(one);
      await take(other);
    },
  );

  it('[H11] A blocked account gets none of the permits that its container still has', async () => {
    const desk = open();
    await take(desk);
    await desk.permits.pauseEverywhere(A, 500, { kind: 'limit' });
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 500 });
  });

  it('[W17] A blocked account gets none of the permits that were being requested when HubSpot refused', async () => {
    const desk: Desk = open({ meanwhile: () => desk.permits.pause(A, 500, { kind: 'limit' }) });
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 500 });
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(desk.asked).toHaveLength(1);
  });

  it('[W17] An account stays blocked for as long as HubSpot said, even if a requested permit is due sooner', async () => {
    const desk: Desk = open({
      policy: BULK,
      meanwhile: (asked) => (asked === 1 ? desk.permits.pause(A, 10_000, { kind: 'limit' }) : undefined),
    });
    await drain(desk);
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 10_000 });
  });

  it('[W17] A blocked account is not called without a permit either while the table is away', async () => {
    const desk: Desk = open({
      meanwhile: async () => {
        desk.away(true);
        await desk.permits.pauseEverywhere(A, 500, { kind: 'limit' });
      },
    });
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('A shorter block does not end a longer one', async () => {
    const desk = open();
    await desk.permits.pauseEverywhere(A, 10_000, { kind: 'limit' });
    await desk.permits.pauseEverywhere(A, 1_000, { kind: 'fault', fault: 'timeout' });
    clock.advance(9_999);
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1 });
  });

  it('A workflow does not wait for the end of a block, however short it is', async () => {
    const desk = open();
    await desk.permits.pauseEverywhere(A, 10, { kind: 'limit' });
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(desk.slept).toEqual([]);
  });
});

describe('The limit in the headers of a reply', () => {
  const headers = (max: unknown, intervalMilliseconds: unknown) => ({
    'x-hubspot-ratelimit-max': String(max),
    'x-hubspot-ratelimit-interval-milliseconds': String(intervalMilliseconds),
  });

  it.each([
    [100, 10_000],
    [110, 10_000],
    [190, 10_000],
    [250, 10_000],
    [10, 1_000],
    [100_000, 60_000],
  ])('A limit of %d calls in %d ms is passed on to all containers once', async (calls, windowMs) => {
    const desk = open();
    await desk.permits.learn(A, headers(calls, windowMs));
    await desk.permits.learn(A, headers(calls, windowMs));
    expect(desk.learned).toEqual([{ calls, windowMs }]);
    await desk.permits.learn(B, headers(calls, windowMs));
    expect(desk.learned).toHaveLength(2);
  });

  it.each<[Readonly<Record<string, string>>, string]>([
    [{}, 'search answers without them'],
    [{ 'x-hubspot-ratelimit-max': '190' }, 'no window'],
    [{ 'x-hubspot-ratelimit-interval-milliseconds': '10000' }, 'no calls'],
    [headers('', ''), 'empty'],
    [headers('NaN', 10_000), 'no number'],
    [headers('many', 10_000), 'a word'],
    [headers(0, 10_000), 'none at all'],
    [headers(9, 10_000), 'hardly any'],
    [headers(-190, 10_000), 'negative'],
    [headers(190.5, 10_000), 'not whole'],
    [headers('Infinity', 10_000), 'endless'],
    [headers(100_001, 10_000), 'more than anybody sells'],
    [headers(190, 0), 'no time'],
    [headers(190, 999), 'a window shorter than a second'],
    [headers(190, 60_001), 'a window longer than a minute'],
    [headers(190, '10s'), 'a window in other words'],
    [headers('190, 190', 10_000), 'doubled by something in between'],
  ])('The limit in the headers %j is ignored: %s', async (nonsense) => {
    const desk = open();
    await desk.permits.learn(A, nonsense);
    expect(desk.learned).toEqual([]);
  });

  const TEN_MINUTES_MS = 600_000;

  it.each([
    [
      [190, 100],
      [190, 100],
    ],
    [[100, 190], [100]],
    [
      [250, 190, 100],
      [250, 190, 100],
    ],
  ])(
    '[W9] When endpoints report different limits, %j in turn, the limits %j are stored, and not with every call',
    async (told, stored) => {
      const desk = open();
      for (let round = 0; round < 50; round += 1) {
        for (const calls of told) await desk.permits.learn(A, headers(calls, 10_000));
        clock.advance(1_000);
      }
      expect(desk.learned).toEqual(stored.map((calls) => ({ calls, windowMs: 10_000 })));
    },
  );

  it.each([
    [TEN_MINUTES_MS - 1, 100],
    [TEN_MINUTES_MS, 190],
  ])(
    '[W9] A higher limit is used once the lower one was not seen for ten minutes: after %i ms it is %i',
    async (...given) => {
      const [ms, calls] = given;
      const desk = open();
      await desk.permits.learn(A, headers(100, 10_000));
      clock.advance(ms);
      await desk.permits.learn(A, headers(190, 10_000));
      expect(desk.learned.at(-1)).toEqual({ calls, windowMs: 10_000 });
      expect(desk.learned).toHaveLength(calls === 100 ? 1 : 2);
    },
  );

  it('[W9] A lower limit is used at once', async () => {
    const desk = open();
    for (const calls of [250, 190, 110, 100]) await desk.permits.learn(A, headers(calls, 10_000));
    expect(desk.learned).toHaveLength(4);
  });

  it.each([
    [[headers(190, 10_000), headers(10, 1_000)], { calls: 10, windowMs: 1_000 }],
    [[headers(10, 1_000), headers(190, 10_000)], { calls: 10, windowMs: 1_000 }],
    [[headers(100, 10_000), headers(100, 1_000)], { calls: 100, windowMs: 10_000 }],
  ])('[W9] Of limits for windows of two lengths, the one with the slowest pace is used: %j', async (told, counting) => {
    const desk = open();
    for (let round = 0; round < 20; round += 1) for (const each of told) await desk.permits.learn(A, each);
    expect(desk.learned.at(-1)).toEqual(counting);
    expect(desk.learned.length).toBeLessThanOrEqual(2);
  });

  it('[W9] Containers that see different limits write two rows in ten minutes, and the strictest limit counts for all', async () => {
    const rows: FakeBudgetRows = new Map();
    const desks = [open({ rows }), open({ rows })];
    for (let second = 0; second < 1_200; second += 1) {
      for (const [index, desk] of desks.entries()) {
        await take(desk);
        await desk.permits.learn(A, headers(index === 0 ? 100 : 190, 10_000));
      }
      clock.advance(1_000);
    }
    expect(desks.flatMap(({ learned }) => learned).length).toBeLessThanOrEqual(6);
    expect(rows.get(A)?.limit).toEqual({ calls: 100, windowMs: 10_000 });
  });

  it('A new limit changes the size of the burst', async () => {
    const desk = open({ policy: { ...BULK, permitBatch: 50 } });
    await desk.permits.learn(A, headers(250, 10_000));
    await take(desk);
    expect(desk.asked).toEqual([{ count: 9, priority: 'bulk' }]);
  });

  it('A limit is known to another container from its first request on', async () => {
    const rows = new Map();
    const [one, other] = [open({ rows }), open({ rows, policy: { ...BULK, permitBatch: 50 } })];
    await one.permits.learn(A, headers(250, 10_000));
    await take(other);
    clock.advance(60_000);
    await take(other);
    expect(other.asked.map(({ count }) => count)).toEqual([MOST_BULK, 9]);
  });
});

describe('Table outages', () => {
  const STORE_UNAVAILABLE = { name: 'StoreUnavailable', dimensions: undefined };

  it('Calls go through while the table is away, and they are counted', async () => {
    const desk = open();
    desk.away(true);
    for (let call = 0; call < 3; call += 1) await take(desk);
    expect(desk.counted).toEqual(Array(3).fill(STORE_UNAVAILABLE));
    desk.away(false);
    await take(desk);
    expect(desk.counted).toHaveLength(3);
  });

  it('Calls go through when the table goes away between two requests', async () => {
    const desk: Desk = open({ meanwhile: (asked) => desk.away(asked === 2) });
    await drainOf(desk, MOST - 1);
    await take(desk);
    expect(desk.asked).toHaveLength(2);
    expect(desk.counted).toEqual([STORE_UNAVAILABLE]);
  });

  it('A container still knows limits and blocks while the table is away', async () => {
    const desk = open();
    desk.away(true);
    await desk.permits.learn(A, {
      'x-hubspot-ratelimit-max': '190',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
    });
    await desk.permits.pauseEverywhere(A, 5_000, { kind: 'limit' });
    expect(desk.counted).toEqual([STORE_UNAVAILABLE, STORE_UNAVAILABLE]);
    await expect(take(desk)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5_000 });
    expect(desk.asked).toEqual([]);
  });

  it.each([1_000, 30_000])(
    '[D1, W11] A call is made during an outage of the table that kept its request for a permit waiting for %i ms',
    async (ms) => {
      const meanwhile = (asked: number) => {
        if (asked > 3) throw new Error('the table is asked again and again');
        clock.advance(ms);
      };
      const desk = open({ policy: BULK, meanwhile });
      desk.away(true);
      await expect(take(desk, A, 60_000)).resolves.toBeUndefined();
      expect(desk.asked).toHaveLength(1);
    },
  );

  it('[W11] Permits that a slow table always grants too late are not requested after the deadline', async () => {
    const meanwhile = (asked: number) => {
      if (asked > 20) throw new Error('the table is asked again and again');
      clock.advance(1_100);
    };
    const desk = open({ policy: BULK, meanwhile });
    await expect(take(desk)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: 'out_of_time' });
    expect(desk.asked).toHaveLength(8);
  });

  it('A programming mistake does not count as an outage of the table and is thrown', async () => {
    const desk = open({ meanwhile: () => Promise.reject(new TypeError('a mistake')) });
    await expect(take(desk)).rejects.toThrow('a mistake');
  });
});

it('[H28] A pause of one container does not affect another container', async () => {
  const clock = makeClock();
  const rows: FakeBudgetRows = new Map();
  const [one, other] = [makeDesk({ clock, rows }), makeDesk({ clock, rows })];
  one.permits.pause(A, 10_000, { kind: 'fault', fault: 'http_503' });
  await expect(one.permits.acquire(A, toDeadline(clock.now() + 8_000))).rejects.toMatchObject({ fault: 'http_503' });
  await other.permits.acquire(A, toDeadline(clock.now() + 8_000));
  clock.advance(10_001);
  await one.permits.acquire(A, toDeadline(clock.now() + 8_000));
});
