import fc from 'fast-check';
import { createProcessLimiter, SDK_LIMITS } from '../../../bench/flood/process-limiter.ts';
import { createVirtualTime } from '../../../bench/flood/virtual-time.ts';

type Start = { readonly job: number; readonly at: number };

/** Runs jobs that arrive and last as given. */
async function runJobs(
  jobs: readonly { readonly arrivesAt: number; readonly lastsMs: number }[],
  limits: { readonly minTimeMs: number; readonly maxConcurrent: number },
  patienceMs: number,
) {
  const time = createVirtualTime(0);
  const limiter = createProcessLimiter(time, limits);
  const starts: Start[] = [];
  let running = 0;
  let mostRunning = 0;

  const results = await time.run(() =>
    Promise.all(
      jobs.map(async ({ arrivesAt, lastsMs }, job) => {
        await time.sleep(arrivesAt);
        const work = async () => {
          starts.push({ job, at: time.now() });
          running += 1;
          mostRunning = Math.max(mostRunning, running);
          await time.sleep(lastsMs);
          running -= 1;
          return job;
        };
        return limiter.schedule(work, arrivesAt + patienceMs);
      }),
    ),
  );
  return { starts, mostRunning, results };
}

it('The limiter of a process runs every job, never two too close together and never too many at once', async () => {
  const job = fc.record({ arrivesAt: fc.integer({ min: 0, max: 500 }), lastsMs: fc.integer({ min: 0, max: 400 }) });
  const limits = fc.record({
    minTimeMs: fc.integer({ min: 1, max: 120 }),
    maxConcurrent: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(job, { maxLength: 20 }), limits, async (jobs, given) => {
      const { starts, mostRunning, results } = await runJobs(jobs, given, 1_000_000);
      const gaps = starts.slice(1).map(({ at }, index) => at - (starts[index]?.at ?? 0));
      expect(gaps.every((gap) => gap >= given.minTimeMs)).toBe(true);
      expect(mostRunning).toBeLessThanOrEqual(given.maxConcurrent);
      expect(results).toEqual(jobs.map((_, index) => index));
      const arrivals = starts.map((start) => jobs[start.job]?.arrivesAt ?? 0);
      expect(arrivals).toEqual(arrivals.toSorted((first, second) => first - second));
    }),
  );
});

it('The limiter of a process starts nine calls a second, as the SDK does by default', async () => {
  const jobs = Array.from({ length: 30 }, () => ({ arrivesAt: 0, lastsMs: 120 }));
  const { starts } = await runJobs(jobs, SDK_LIMITS, 1_000_000);
  expect(starts.filter(({ at }) => at < 999.9).length).toBe(9);
});

it('The limiter of a process skips a job whose turn comes after its deadline', async () => {
  const jobs = Array.from({ length: 5 }, () => ({ arrivesAt: 0, lastsMs: 10 }));
  const { starts, results } = await runJobs(jobs, { minTimeMs: 100, maxConcurrent: 1 }, 250);
  expect(starts.map(({ at }) => at)).toEqual([0, 100, 200]);
  expect(results).toEqual([0, 1, 2, undefined, undefined]);
});
