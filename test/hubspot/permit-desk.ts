import { StoreUnavailableError } from '../../lib/domain/errors.ts';
import type { Priority } from '../../lib/domain/rate-limit.ts';
import { createRateLimiter, type RateLimiter, type RateLimitPolicy } from '../../lib/hubspot/rate-limiter.ts';
import type { RateBudget } from '../../lib/ports/store.ts';
import type { MetricName } from '../../lib/ports/telemetry.ts';
import { createFakeRateBudget, type FakeBudgetRows } from '../fakes/rate-limit.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';

export const INTERACTIVE: RateLimitPolicy = {
  priority: 'interactive',
  permitBatch: 5,
  allowPartial: true,
  maxWaitMs: 1_000,
};
export const BULK: RateLimitPolicy = { priority: 'bulk', permitBatch: 1, allowPartial: true, maxWaitMs: 3_000 };

type Asked = { readonly count: number; readonly priority: Priority };

export type Desk = {
  readonly permits: RateLimiter;
  readonly budget: RateBudget;
  /** What the budget was asked for, in order. */
  readonly asked: readonly Asked[];
  /** The limits that were passed on to all containers. */
  readonly learned: readonly unknown[];
  readonly counted: readonly { readonly name: MetricName; readonly dimensions: object | undefined }[];
  readonly waited: readonly number[];
  readonly slept: readonly number[];
  /** The table is unavailable from now on, or is back. */
  away(isAway: boolean): void;
};

export type DeskOptions = {
  readonly policy?: RateLimitPolicy;
  readonly clock?: FakeClock;
  /** Shared by the containers of a test. */
  readonly rows?: FakeBudgetRows;
  readonly random?: () => number;
  /** Before each answer of the budget: what others do meanwhile. */
  readonly meanwhile?: (asked: number) => Promise<void> | void;
};

/** One container's permits over a budget that can be shared, watched and taken away. */
export function makeDesk(options: DeskOptions = {}): Desk {
  const { policy = INTERACTIVE, clock = makeClock(), rows, random = () => 0, meanwhile = () => undefined } = options;
  const budget = createFakeRateBudget(clock.now, rows);
  const asked: Asked[] = [];
  const learned: unknown[] = [];
  const counted: { name: MetricName; dimensions: object | undefined }[] = [];
  const waited: number[] = [];
  const slept: number[] = [];
  let isAway = false;
  const reach = async <T>(call: () => Promise<T>): Promise<T> => {
    if (isAway) throw new StoreUnavailableError('the table is away');
    return call();
  };
  const watched: RateBudget = {
    async take(portalId, count, priority, limit) {
      asked.push({ count, priority });
      await meanwhile(asked.length);
      return reach(() => budget.take(portalId, count, priority, limit));
    },
    async learnLimit(portalId, limit) {
      learned.push(limit);
      return reach(() => budget.learnLimit(portalId, limit));
    },
    noteBacklog: (...backlog) => reach(() => budget.noteBacklog(...backlog)),
    pause: (...block) => reach(() => budget.pause(...block)),
  };
  const permits = createRateLimiter({
    budget: watched,
    policy,
    now: clock.now,
    sleep: async (ms) => {
      slept.push(ms);
      clock.advance(ms);
    },
    random,
    metrics: {
      count: (name, dimensions) => void counted.push({ name, dimensions }),
      measure: (name, ms) => {
        if (name === 'HubSpotPermitWaitMs') waited.push(ms);
      },
    },
  });
  const away = (value: boolean) => {
    isAway = value;
  };
  return { permits, budget, asked, learned, counted, waited, slept, away };
}
