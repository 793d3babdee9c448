import { setImmediate } from 'node:timers/promises';
import type { Sleep } from '../../lib/ports/telemetry.ts';
import { type FakeClock, makeClock } from './clock.ts';

export type TimerWheel = {
  readonly clock: FakeClock;
  /** Sleeps until the wheel reaches that moment. */
  readonly sleep: Sleep;
  /** Lets all of the work end: whenever every piece of it sleeps, the clock goes on to the first that wakes. */
  run<T>(work: readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]>;
};

/** A clock for many who sleep side by side, as containers do that start together. No real time passes. */
export function makeTimerWheel(): TimerWheel {
  const clock = makeClock();
  const sleepers: { readonly wakesAtEpochMs: number; readonly wake: () => void }[] = [];
  return {
    clock,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ wakesAtEpochMs: clock.now() + ms, wake });
      }),
    async run(work) {
      let ended = 0;
      for (const piece of work) piece.catch(() => undefined).finally(() => (ended += 1));
      while (ended < work.length) {
        await setImmediate();
        if (ended + sleepers.length < work.length) continue;
        sleepers.sort((one, other) => one.wakesAtEpochMs - other.wakesAtEpochMs);
        const first = sleepers.shift();
        if (first === undefined) continue;
        clock.advance(first.wakesAtEpochMs - clock.now());
        first.wake();
      }
      return Promise.allSettled(work);
    },
  };
}
