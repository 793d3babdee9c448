import { createVirtualTime, type VirtualTime } from '../../bench/flood/virtual-time.ts';
import { toDeadline } from '../../lib/domain/deadline.ts';
import { RateLimitedError } from '../../lib/domain/errors.ts';
import { createRateLimiter, type RateLimitPolicy } from '../../lib/hubspot/rate-limiter.ts';
import { BEHIND_FLOODS } from '../../lib/runtime/hubspot.ts';
import { QUEUED } from '../../lib/runtime/queue-runtime.ts';
import { createFakeRateBudget, type FakeBudgetRows } from '../fakes/rate-limit.ts';
import { portalId } from './gateway.ts';

const PORTAL = portalId(1);
const START_EPOCH_MS = Date.UTC(2026, 10, 27, 9);
/** As many as work behind the queue at a time. */
const WORKERS = 5;
/** Batches of a handover that are worked on at a time. */
const WIDTH = 8;
/** The handover has its pace when the flood comes. */
const HANDOVER_FIRST_MS = 5_000;
/** What a worker does for a batch beside its calls: reading and writing the table. */
const TABLE_MS = 40;
/** One request for permits. */
const ASK_MS = 8;
/** What comes back to the queue is received again after about this. */
const REQUEUE_MS = 1_000;

type Scene = { readonly calls: number; readonly latencyMs: number; readonly batches: number };

/** Numbers in [0, 1) that are the same in every run. */
function createRandom(): () => number {
  let state = 20_261_127;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Containers that share one budget, each with permits of its own. */
function createContainers(time: VirtualTime, calls: number) {
  const rows: FakeBudgetRows = new Map();
  const random = createRandom();
  return (policy: RateLimitPolicy) => {
    const shared = createFakeRateBudget(time.now, rows);
    const budget = {
      ...shared,
      async take(...asked: Parameters<typeof shared.take>) {
        await time.sleep(ASK_MS);
        return shared.take(...asked);
      },
    };
    void shared.learnLimit(PORTAL, { calls, windowMs: 10_000 });
    const metrics = { count: () => undefined, measure: () => undefined };
    return createRateLimiter({ budget, policy, now: time.now, sleep: time.sleep, random, metrics });
  };
}

/** @returns how long the flood took, and how many calls the handover made meanwhile */
function run({ calls, latencyMs, batches }: Scene, handover: RateLimitPolicy | undefined) {
  const time = createVirtualTime(START_EPOCH_MS);
  const open = createContainers(time, calls);
  let left = batches;
  let handedOver = 0;
  return time.run(async () => {
    const limiter = handover && open(handover);
    if (limiter !== undefined) for (let one = 0; one < WIDTH; one += 1) void move(limiter);
    await time.sleep(HANDOVER_FIRST_MS);
    handedOver = 0;
    await Promise.all(Array.from({ length: WORKERS }, work));
    return { ms: time.now() - START_EPOCH_MS - HANDOVER_FIRST_MS, handedOver };
  });

  /** Reads a batch, writes it and completes its callbacks. */
  async function work(): Promise<void> {
    const limiter = open(QUEUED);
    while (left > 0) {
      left -= 1;
      for (let call = 0; call < 3; ) {
        try {
          await limiter.acquire(PORTAL, toDeadline(time.now() + 50_000));
          await time.sleep(latencyMs + TABLE_MS);
          call += 1;
        } catch (error) {
          if (!(error instanceof RateLimitedError)) throw error;
          await time.sleep(REQUEUE_MS);
        }
      }
    }
  }

  async function move(limiter: ReturnType<typeof open>): Promise<void> {
    for (;;) {
      await limiter.acquire(PORTAL, toDeadline(Number.POSITIVE_INFINITY));
      handedOver += 1;
      await time.sleep(latencyMs);
    }
  }
}

const SCENES: readonly (readonly [string, number, number, number])[] = [
  ['at the lowest limit', 100, 120, 300],
  ['at the limit of an app of the marketplace', 110, 120, 300],
  ['while HubSpot is slow', 110, 400, 300],
  ['while HubSpot is so slow that the flood cannot use all of its permits', 110, 2_500, 100],
  ['at a limit that the flood cannot use', 250, 400, 300],
  ['of thirty batches', 110, 120, 30],
  ['of ten batches', 110, 120, 10],
];

it.each(SCENES)(
  'A flood %s takes at most 1.15 times as long beside a handover as alone',
  async (_what, calls, latencyMs, batches) => {
    const scene = { calls, latencyMs, batches };
    const alone = await run(scene, undefined);
    const beside = await run(scene, BEHIND_FLOODS);
    expect(beside.ms / alone.ms).toBeLessThanOrEqual(1.15);
  },
);

it('A flood takes more than 1.15 times as long beside a handover that takes as many permits at a time as the flood', async () => {
  const scene = { calls: 110, latencyMs: 120, batches: 300 };
  const alone = await run(scene, undefined);
  const beside = await run(scene, { ...BEHIND_FLOODS, permitBatch: QUEUED.permitBatch });
  expect(beside.ms / alone.ms).toBeGreaterThan(1.15);
});

it('A handover uses the permits that a flood leaves', async () => {
  const { ms, handedOver } = await run({ calls: 250, latencyMs: 400, batches: 300 }, BEHIND_FLOODS);
  expect(handedOver / (ms / 1_000)).toBeGreaterThan(5);
});
