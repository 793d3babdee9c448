import { createRateLimiter, type RateLimiter } from '../../lib/hubspot/rate-limiter.ts';
import type { RateBudget } from '../../lib/ports/store.ts';
import type { Now, Sleep } from '../../lib/ports/telemetry.ts';
import { createOpenRateBudget } from '../fakes/rate-limit.ts';

/** Permits that are always there, unless HubSpot said to leave the portal alone. Nobody waits for the end of that. */
export function makeOpenPermits(
  now: Now,
  sleep: Sleep,
  random: () => number = () => 0,
  budget: RateBudget = createOpenRateBudget(now),
): RateLimiter {
  return createRateLimiter({
    budget,
    policy: { priority: 'interactive', permitBatch: 1, allowPartial: true, maxWaitMs: 0 },
    now,
    sleep,
    random,
    metrics: { count() {}, measure() {} },
  });
}
