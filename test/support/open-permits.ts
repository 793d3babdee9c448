import type { Now, Sleep } from '../../lib/domain/ports.ts';
import type { RateBudget } from '../../lib/domain/rate-budget.ts';
import { createPermits, type Permits } from '../../lib/hubspot/permits.ts';
import { createOpenRateBudget } from '../fakes/rate-budget.ts';

/** Permits that are always there, unless HubSpot said to leave the portal alone. Nobody waits for the end of that. */
export function makeOpenPermits(
  now: Now,
  sleep: Sleep,
  random: () => number = () => 0,
  budget: RateBudget = createOpenRateBudget(now),
): Permits {
  return createPermits({
    budget,
    policy: { priority: 'interactive', blockSize: 1, splitsBlocks: true, patienceMs: 0 },
    now,
    sleep,
    random,
    metrics: { count() {}, measure() {} },
  });
}
