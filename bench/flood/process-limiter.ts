import type { VirtualTime } from './virtual-time.ts';

export type ProcessLimits = { readonly minTimeMs: number; readonly maxConcurrent: number };

/** What `@hubspot/api-client` 14.0.1 gives its limiter when nobody sets one, read 2026-11-24. */
export const SDK_LIMITS: ProcessLimits = { minTimeMs: 1000 / 9, maxConcurrent: 6 };

export type ProcessLimiter = {
  /**
   * Waits for its turn, then does the job.
   * @returns undefined when the turn came only after `deadline`: the job is not done then
   */
  schedule<T>(job: () => Promise<T>, deadline: number): Promise<T | undefined>;
};

/** First come, first served: a time between two starts and a number of jobs at once. Knows nothing of other processes. */
export function createProcessLimiter(time: VirtualTime, { minTimeMs, maxConcurrent }: ProcessLimits): ProcessLimiter {
  const waiting: { readonly start: () => Promise<void>; readonly giveUp: () => void; readonly deadline: number }[] = [];
  let running = 0;
  let nextStartAt = 0;
  let isTimerSet = false;

  function startNext(): void {
    while (waiting[0] !== undefined && waiting[0].deadline <= time.now()) waiting.shift()?.giveUp();
    if (waiting.length === 0 || running >= maxConcurrent || isTimerSet) return;
    const waitMs = nextStartAt - time.now();
    if (waitMs > 0) {
      isTimerSet = true;
      time.after(waitMs, () => {
        isTimerSet = false;
        startNext();
      });
      return;
    }
    running += 1;
    nextStartAt = time.now() + minTimeMs;
    void waiting.shift()?.start();
    startNext();
  }

  return {
    schedule: (job, deadline) =>
      new Promise((resolve, reject) => {
        const start = () =>
          job()
            .then(resolve, reject)
            .finally(() => {
              running -= 1;
              startNext();
            });
        waiting.push({ start, giveUp: () => resolve(undefined), deadline });
        startNext();
      }),
  };
}
