import fc from 'fast-check';
import type { PortalId } from '../../lib/domain/ids.ts';
import { mostAtOnce, PERMIT_LIFETIME_MS, type Priority, paceOf, type RateLimit } from '../../lib/domain/rate-limit.ts';
import type { PermitAnswer, RateBudget } from '../../lib/ports/store.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { PORTAL_A, PORTAL_B, toPortalId } from '../builders/ids.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';

/** One budget as containers with clocks of their own see it. */
export type SharedBudget = (now: Now) => RateBudget;

const LIMIT: RateLimit = { calls: 100, windowMs: 10_000 };
const PACE = paceOf(LIMIT);
const MOST = mostAtOnce(PACE, 'interactive');
const RUNS = { numRuns: 12 };

type Step = {
  readonly afterMs: number;
  readonly taker: number;
  readonly count: number;
  readonly priority: Priority;
};

const limits = fc.constantFrom(LIMIT, { calls: 190, windowMs: 10_000 }, { calls: 20, windowMs: 1_000 });
const priorities = fc.constantFrom<Priority>('interactive', 'deferrable', 'bulk');
/** Mostly as fast as it goes, now and then after a pause. */
const steps = fc.array(
  fc.record<Step>({
    afterMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 60 }) }, fc.integer({ min: 0, max: 15_000 })),
    taker: fc.nat({ max: 2 }),
    count: fc.integer({ min: 1, max: 5 }),
    priority: priorities,
  }),
  { minLength: 20, maxLength: 60 },
);

/** What every rate budget promises. `make` gives an empty one. */
export function describeRateBudget(name: string, make: () => Promise<SharedBudget>): void {
  describe(`rate budget: ${name}`, () => {
    let clock: FakeClock;
    let shared: SharedBudget;
    let budget: RateBudget;
    let portals = 8_400_000;
    const nextPortal = () => toPortalId(portals++);
    const take = (count = 1, priority: Priority = 'interactive', portalId = PORTAL_A) =>
      budget.take(portalId, count, priority, LIMIT);
    /** Takes one at a time until there are no more, and answers how many there were. */
    const drain = async (priority: Priority = 'interactive', portalId = PORTAL_A) => {
      for (let taken = 0; ; taken += 1) if ((await take(1, priority, portalId)).kind === 'refused') return taken;
    };

    beforeEach(async () => {
      clock = makeClock();
      shared = await make();
      budget = shared(clock.now);
    });

    /** Runs the steps by takers of one clock, on a portal of its own, and answers when each permit was given. */
    async function play(
      given: readonly Step[],
      limit: RateLimit,
      see: (step: Step, answer: PermitAnswer, portalId: PortalId) => Promise<void> | void = () => undefined,
    ): Promise<number[]> {
      const portalId = nextPortal();
      const takers = [0, 1, 2].map(() => shared(clock.now));
      const times: number[] = [];
      for (const step of given) {
        clock.advance(step.afterMs);
        const count = Math.min(step.count, mostAtOnce(paceOf(limit), step.priority));
        const answer = await (takers[step.taker] ?? budget).take(portalId, count, step.priority, limit);
        if (answer.kind === 'granted') times.push(...Array<number>(count).fill(clock.now()));
        await see({ ...step, count }, answer, portalId);
      }
      return times;
    }

    it('The rate budget gives a few permits at once, and then one for each interval', async () => {
      expect(await drain()).toBe(MOST);
      clock.advance(PACE.intervalMs - 1);
      expect(await drain()).toBe(0);
      clock.advance(1);
      expect(await drain()).toBe(1);
    });

    it('The rate budget gives all permits that were requested or none', async () => {
      expect(await take(MOST - 1)).toEqual({ kind: 'granted', limit: LIMIT });
      expect(await take(2)).toEqual({ kind: 'refused', waitMs: PACE.intervalMs, pausedFor: undefined, limit: LIMIT });
      expect(await take(1)).toMatchObject({ kind: 'granted' });
    });

    it('The rate budget never gives more permits than the burst limit, not even to the first caller', async () => {
      expect(await take(MOST + 1)).toMatchObject({ kind: 'refused', pausedFor: undefined, limit: LIMIT });
      clock.advance(60_000);
      expect(await take(MOST + 1)).toMatchObject({ kind: 'refused' });
      expect(await take(MOST)).toMatchObject({ kind: 'granted' });
    });

    it('The permits in a window plus the lifetime of a permit never exceed the limit minus the reserve', async () => {
      await fc.assert(
        fc.asyncProperty(steps, limits, async (given, limit) => {
          const times = await play(given, limit);
          expect(mostWithin(times, limit.windowMs + PERMIT_LIFETIME_MS)).toBeLessThanOrEqual(allowed(limit));
        }),
        RUNS,
      );
    });

    it('The rate budget keeps its limit for as long as somebody takes every permit that is due', async () => {
      const times: number[] = [];
      while (times.length < 3 * LIMIT.calls) {
        const answer = await take();
        if (answer.kind === 'granted') times.push(clock.now());
        else clock.advance(answer.waitMs);
      }
      const most = mostWithin(times, LIMIT.windowMs + PERMIT_LIFETIME_MS);
      expect(most).toBeLessThanOrEqual(allowed(LIMIT));
      // What is never given out is little: the permits' lifetime and the rounding of the interval.
      expect(most).toBeGreaterThan(0.98 * allowed(LIMIT));
    });

    it('The rate budget behaves like a leaky bucket', async () => {
      await fc.assert(
        fc.asyncProperty(steps, limits, async (given, limit) => {
          const pour = makeLeakyBucket(limit);
          await play(given, limit, ({ count, priority }, answer) => {
            const waitMs = pour(clock.now(), count, priority);
            expect(answer).toEqual(
              waitMs === 0 ? { kind: 'granted', limit } : { kind: 'refused', waitMs, pausedFor: undefined, limit },
            );
          });
        }),
        RUNS,
      );
    });

    it('The wait of a refused caller is long enough, and less than an interval too long', async () => {
      await fc.assert(
        fc.asyncProperty(steps, limits, fc.boolean(), async (given, limit, isEarly) => {
          const { intervalMs } = paceOf(limit);
          await play(given, limit, async ({ count, priority }, answer, portalId) => {
            if (answer.kind === 'granted') return;
            clock.advance(isEarly ? Math.max(0, answer.waitMs - intervalMs) : answer.waitMs);
            const again = await budget.take(portalId, count, priority, limit);
            expect(again.kind).toBe(isEarly && answer.waitMs > 0 ? 'refused' : 'granted');
          });
        }),
        RUNS,
      );
    });

    it('Half of the burst is reserved for interactive callers, however much bulk work asks', async () => {
      for (let round = 0; round < 5; round += 1) {
        await drain('bulk');
        expect(await drain('interactive')).toBe(MOST - mostAtOnce(PACE, 'bulk'));
        expect(await take(1, 'bulk')).toMatchObject({ kind: 'refused' });
        clock.advance(5_000);
      }
    });

    it('Bulk work waits for the permits that interactive callers take', async () => {
      await drain('interactive');
      const refused = await take(1, 'bulk');
      const ahead = MOST - mostAtOnce(PACE, 'bulk') + 1;
      expect(refused).toMatchObject({ kind: 'refused', waitMs: ahead * PACE.intervalMs });
    });

    it('Twenty simultaneous callers get exactly the permits that they would get one after the other', async () => {
      const takers = Array.from({ length: 20 }, () => shared(clock.now));
      for (const [round, priority] of (['interactive', 'bulk', 'interactive'] as const).entries()) {
        clock.advance(60_000 * round);
        const expected = mostAtOnce(PACE, priority);
        const answers = await Promise.all(takers.map((taker) => taker.take(PORTAL_A, 1, priority, LIMIT)));
        expect(answers.filter(({ kind }) => kind === 'granted')).toHaveLength(expected);
        expect(await drain(priority)).toBe(0);
      }
    });

    it('[Q17] All permits of a crashed worker become available again with time', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (given) => {
          const portalId = nextPortal();
          for (const { count } of given) await budget.take(portalId, count, 'interactive', LIMIT);
          clock.advance(PACE.toleranceMs.interactive);
          expect(await drain('interactive', portalId)).toBe(MOST);
        }),
        { numRuns: 5 },
      );
    });

    it.each([{ kind: 'limit' } as const, { kind: 'fault', fault: 'http_503' } as const])(
      'Nobody gets a permit while the account is blocked, and the reason is returned: %j',
      async (reason) => {
        const other = shared(clock.now);
        await budget.pause(PORTAL_A, clock.now() + 5_000, reason);
        for (const taker of [budget, other]) {
          for (const priority of ['interactive', 'bulk'] as const) {
            const answer = await taker.take(PORTAL_A, 1, priority, LIMIT);
            expect(answer).toEqual({ kind: 'refused', waitMs: 5_000, pausedFor: reason, limit: LIMIT });
          }
        }
        clock.advance(4_999);
        expect(await take()).toMatchObject({ kind: 'refused', waitMs: 1, pausedFor: reason });
        clock.advance(1);
        expect(await drain()).toBe(MOST);
      },
    );

    it.each([false, true])(
      'Deferrable calls wait behind a backlog, and no other calls do (busy: %s)',
      async (isBusy) => {
        const ask = (priority: Priority, portalId = PORTAL_A) => shared(clock.now).take(portalId, 1, priority, LIMIT);
        if (isBusy) await ask('bulk');
        await shared(clock.now).noteBacklog(PORTAL_A, clock.now() + 5_000);
        expect(await ask('deferrable')).toMatchObject({ kind: 'refused', waitMs: 5_000, isBacklog: true });
        expect(await ask('interactive')).toMatchObject({ kind: 'granted' });
        expect(await ask('bulk')).toMatchObject({ kind: 'granted' });
        expect(await ask('deferrable', PORTAL_B)).toMatchObject({ kind: 'granted' });
        clock.advance(5_000);
        expect(await ask('deferrable')).toMatchObject({ kind: 'granted' });
      },
    );

    it('A backlog lasts for as long as it is noted again', async () => {
      await budget.noteBacklog(PORTAL_A, clock.now() + 5_000);
      clock.advance(4_000);
      await budget.noteBacklog(PORTAL_A, clock.now() + 5_000);
      clock.advance(4_000);
      expect(await budget.take(PORTAL_A, 1, 'deferrable', LIMIT)).toMatchObject({ kind: 'refused', waitMs: 1_000 });
    });

    it('A busy account can be blocked', async () => {
      await drain();
      await budget.pause(PORTAL_A, clock.now() + 60_000, { kind: 'limit' });
      clock.advance(59_999);
      expect(await take()).toMatchObject({ kind: 'refused', waitMs: 1, pausedFor: { kind: 'limit' } });
    });

    it.each<[first: number, second: number, ms: number, kind: string, why: string]>([
      [5_000, 9_000, 9_000, 'fault', 'the longer one came later'],
      [9_000, 5_000, 9_000, 'limit', 'the longer one came first'],
    ])('Two blocks of %i and %i ms give one of %i ms with its own reason: %s: %s', async (first, second, ms, kind) => {
      const start = clock.now();
      await budget.pause(PORTAL_A, start + first, { kind: 'limit' });
      await budget.pause(PORTAL_A, start + second, { kind: 'fault', fault: 'timeout' });
      expect(await take()).toMatchObject({ kind: 'refused', waitMs: ms, pausedFor: { kind } });
    });

    it('A limit that one container learned is returned to all and applied', async () => {
      const learned = { calls: 190, windowMs: 10_000 };
      await shared(clock.now).learnLimit(PORTAL_A, learned);
      const first = await take();
      expect(first).toEqual({ kind: 'granted', limit: learned });
      const pace = paceOf(learned);
      expect(mostAtOnce(pace, 'interactive')).toBeGreaterThan(MOST);
      clock.advance(60_000);
      let taken = 0;
      while ((await budget.take(PORTAL_A, 1, 'interactive', first.limit)).kind === 'granted') taken += 1;
      expect(taken).toBe(mostAtOnce(pace, 'interactive'));
    });

    it('A learned limit survives a block, and a block survives a learned limit', async () => {
      const learned = { calls: 250, windowMs: 10_000 };
      await budget.learnLimit(PORTAL_A, learned);
      await budget.pause(PORTAL_A, clock.now() + 1_000, { kind: 'limit' });
      await budget.learnLimit(PORTAL_A, learned);
      expect(await take()).toMatchObject({ kind: 'refused', pausedFor: { kind: 'limit' }, limit: learned });
    });

    it('The rate budget separates accounts', async () => {
      await drain('interactive', PORTAL_A);
      await budget.pause(PORTAL_A, clock.now() + 60_000, { kind: 'limit' });
      await budget.learnLimit(PORTAL_A, { calls: 10, windowMs: 10_000 });
      expect(await take(1, 'interactive', PORTAL_B)).toEqual({ kind: 'granted', limit: LIMIT });
      expect(await drain('interactive', PORTAL_B)).toBe(MOST - 1);
    });

    /**
     * A clock that is ahead may take permits that fall due only later, and one behind waits longer. Neither adds up: by
     * however much the clocks differ, a window holds no more than the permits of that time too many.
     */
    it('[D12] Clock skew exceeds the bound by no more than the permits of the time by which the clocks differ', async () => {
      const skews = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 3, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(skews, steps, async (skewsMs, given) => {
          const portalId = nextPortal();
          const takers = skewsMs.map((skewMs) => shared(() => clock.now() + skewMs));
          const times: number[] = [];
          for (const { afterMs, taker, count, priority } of given) {
            clock.advance(afterMs);
            const most = Math.min(count, mostAtOnce(PACE, priority));
            const answer = await (takers[taker] ?? budget).take(portalId, most, priority, LIMIT);
            if (answer.kind === 'granted') times.push(...Array<number>(most).fill(clock.now()));
          }
          const apart = Math.max(...skewsMs) - Math.min(...skewsMs);
          const extra = Math.ceil(apart / PACE.intervalMs);
          const windowMs = LIMIT.windowMs + PERMIT_LIFETIME_MS;
          expect(mostWithin(times, windowMs)).toBeLessThanOrEqual(allowed(LIMIT) + extra);
          // Over a longer time the same few are all that clocks can add.
          expect(times.length).toBeLessThanOrEqual(MOST + (spanOf(times) + apart) / PACE.intervalMs + 1);
        }),
        RUNS,
      );
    });

    it.each<[string, (ahead: RateBudget, epochMs: number) => Promise<unknown>]>([
      ['took permits', (ahead) => ahead.take(PORTAL_A, MOST, 'interactive', LIMIT)],
      ['paused the account', (ahead, epochMs) => ahead.pause(PORTAL_A, epochMs + 10_000, { kind: 'limit' })],
      ['noted a backlog', (ahead, epochMs) => ahead.noteBacklog(PORTAL_A, epochMs + 5_000)],
    ])(
      '[D12] A container whose clock was an hour ahead when it %s keeps no other one from its permits',
      async (_what, use) => {
        const budget = await make();
        const ahead = () => clock.now() + 3_600_000;
        await use(budget(ahead), ahead());
        const right = budget(clock.now);
        expect(await right.take(PORTAL_A, 1, 'deferrable', LIMIT)).toMatchObject({ kind: 'granted' });
        expect(await right.take(PORTAL_A, MOST, 'deferrable', LIMIT)).toMatchObject({ kind: 'refused' });
        await right.pause(PORTAL_A, clock.now() + 10_000, { kind: 'limit' });
        expect(await right.take(PORTAL_A, 1, 'deferrable', LIMIT)).toMatchObject({ waitMs: 10_000 });
      },
    );
  });
}

/** The limit less the two in a hundred that are kept back. */
function allowed({ calls }: RateLimit): number {
  return calls - Math.ceil(calls / 50);
}

/** The most moments that lie in any closed window of this length. */
function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(0, ...times.map((end) => times.filter((time) => time <= end && time >= end - windowMs).length));
}

function spanOf(times: readonly number[]): number {
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

/** The budget in other words: each permit pours an interval into a bucket that leaks as time passes and may not run over. */
function makeLeakyBucket(limit: RateLimit) {
  const { intervalMs, toleranceMs } = paceOf(limit);
  let level = 0;
  let lastMs = 0;
  /** @returns how long to wait; 0 when it was poured in */
  return (nowMs: number, count: number, priority: Priority): number => {
    level = Math.max(0, level - (nowMs - lastMs));
    lastMs = nowMs;
    const over = level + count * intervalMs - toleranceMs[priority];
    if (over > 0) return over;
    level += count * intervalMs;
    return 0;
  };
}
