import fc from 'fast-check';
import { mostAtOnce, PERMIT_LIFETIME_MS, paceOf } from '../../lib/domain/rate-limit.ts';

const WINDOW_MS = 10_000;

/** The limits that HubSpot publishes, and what the pace makes of each, reckoned by hand. */
const GOLDEN = [
  { calls: 100, intervalMs: 121, interactive: 7, bulk: 4, inAnyWindow: 97 },
  { calls: 110, intervalMs: 110, interactive: 7, bulk: 4, inAnyWindow: 107 },
  { calls: 190, intervalMs: 64, interactive: 13, bulk: 7, inAnyWindow: 184 },
  { calls: 250, intervalMs: 49, interactive: 17, bulk: 9, inAnyWindow: 241 },
];

it.each(GOLDEN)(
  'A limit of $calls calls in ten seconds allows one call every $intervalMs ms and $interactive at once',
  (golden) => {
    const { calls, intervalMs, interactive, bulk } = golden;
    const pace = paceOf({ calls, windowMs: WINDOW_MS });
    const whole = interactive * intervalMs;
    const toleranceMs = { interactive: whole, deferrable: whole, bulk: bulk * intervalMs };
    expect(pace).toEqual({ intervalMs, toleranceMs });
    expect(mostAtOnce(pace, 'interactive')).toBe(interactive);
    expect(mostAtOnce(pace, 'bulk')).toBe(bulk);
  },
);

it.each(GOLDEN)(
  'A limit of $calls calls in ten seconds gives the same permits when calculated in whole numbers',
  ({ calls, ...golden }) => {
    const reserve = Number((BigInt(calls) * 2n + 99n) / 100n);
    const atOnce = Number((BigInt(calls) * 7n) / 100n);
    let intervalMs = 1;
    while (intervalMs * (calls - reserve - atOnce) < WINDOW_MS + PERMIT_LIFETIME_MS) intervalMs += 1;
    expect({ intervalMs, interactive: atOnce, bulk: (atOnce + (atOnce % 2)) / 2 }).toMatchObject({
      intervalMs: golden.intervalMs,
      interactive: golden.interactive,
      bulk: golden.bulk,
    });
  },
);

it.each(GOLDEN)('Taking every permit of a limit of $calls calls gives $inAnyWindow calls in any window', (golden) => {
  const { calls, intervalMs, interactive, inAnyWindow } = golden;
  // Tokens that are made one an interval and kept up to so many, asked for every millisecond: the greediest there can be.
  const times: number[] = [];
  let tokens = interactive * intervalMs;
  for (let now = 0; now < 45_000; now += 1) {
    tokens = Math.min(interactive * intervalMs, tokens + (now === 0 ? 0 : 1));
    for (; tokens >= intervalMs; tokens -= intervalMs) times.push(now);
  }
  const most = Math.max(
    ...times.map((end) => times.filter((time) => time <= end && time >= end - WINDOW_MS - PERMIT_LIFETIME_MS).length),
  );
  expect(most).toBe(inAnyWindow);
  expect(most).toBeLessThanOrEqual(calls - Math.ceil(calls / 50));
});

it('Any limit that HubSpot reports is kept', () => {
  const limits = fc.record({
    calls: fc.integer({ min: 10, max: 100_000 }),
    windowMs: fc.integer({ min: 1_000, max: 60_000 }),
  });
  fc.assert(
    fc.property(limits, (limit) => {
      const { intervalMs, toleranceMs } = paceOf(limit);
      const inAnyWindow = (toleranceMs.interactive + limit.windowMs + PERMIT_LIFETIME_MS) / intervalMs;
      expect(inAnyWindow).toBeLessThan(limit.calls);
      expect(toleranceMs.bulk).toBeGreaterThanOrEqual(intervalMs);
      expect(toleranceMs.bulk).toBeLessThan(toleranceMs.interactive);
    }),
  );
});
