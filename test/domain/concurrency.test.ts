import fc from 'fast-check';
import { inParallel } from '../../lib/domain/concurrency.ts';

/** A task that ends when the test says so. */
function makeTasks(count: number) {
  const ends = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const log: string[] = [];
  return {
    log,
    ends,
    async work(index: number) {
      log.push(`start ${index}`);
      await ends[index]?.promise.finally(() => log.push(`end ${index}`));
    },
  };
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('[W15] After a task fails, no further task starts, running tasks finish, and the first error is thrown', async () => {
  const { work, ends, log } = makeTasks(6);
  const outcome = inParallel([0, 1, 2, 3, 4, 5], work, { limit: 3 }).then(
    () => 'done',
    (error: Error) => {
      log.push('thrown');
      return error.message;
    },
  );
  await settle();
  ends[1]?.reject(new Error('first'));
  await settle();
  expect(log).toEqual(['start 0', 'start 1', 'start 2', 'end 1']);
  ends[0]?.reject(new Error('second'));
  await settle();
  expect(log).not.toContain('thrown');
  ends[2]?.resolve();
  expect(await outcome).toBe('first');
  expect(log).toEqual(['start 0', 'start 1', 'start 2', 'end 1', 'end 0', 'end 2', 'thrown']);
});

it('[W15] No task is still running when the result is returned, whatever fails and whenever it is stopped', async () => {
  const plan = fc.record({
    tasks: fc.array(fc.record({ turns: fc.nat(3), fails: fc.boolean() }), { maxLength: 30 }),
    limit: fc.integer({ min: 1, max: 8 }),
    stopAfter: fc.nat(40),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ tasks, limit, stopAfter }) => {
      let [started, running, most, failedAt] = [0, 0, 0, -1];
      const outcome = await inParallel(
        tasks,
        async ({ turns, fails }) => {
          expect(failedAt).toBe(-1);
          started += 1;
          running += 1;
          most = Math.max(most, running);
          for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
          running -= 1;
          if (!fails) return;
          failedAt = failedAt === -1 ? started : failedAt;
          throw new Error('failed');
        },
        { limit, mayGoOn: () => started < stopAfter },
      ).catch(() => 'failed');
      expect(running).toBe(0);
      expect(most).toBeLessThanOrEqual(limit);
      if (outcome === true) expect(started).toBe(tasks.length);
      if (outcome === false) expect(started).toBe(stopAfter);
      expect(outcome === 'failed').toBe(failedAt !== -1);
    }),
    { numRuns: 500 },
  );
});
