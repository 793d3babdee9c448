import type { Sleep } from '../../lib/ports/telemetry.ts';
import type { FakeClock } from './clock.ts';

export type Patience = {
  readonly sleep: Sleep;
  /** Resolves once somebody waits for something no longer than a time of their own. */
  begun(): Promise<void>;
  /** That time is over, for all who wait. */
  runOut(): void;
};

/** A sleep that can be cut short is somebody's patience: it lasts until the test ends it. Any other moves the clock. */
export function makePatience(clock: FakeClock): Patience {
  const waiting = new Map<() => void, number>();
  let announce = () => {};
  return {
    async sleep(ms, signal) {
      if (signal === undefined) return clock.sleep(ms);
      await new Promise<void>((resolve, reject) => {
        waiting.set(resolve, clock.now() + ms);
        signal.addEventListener('abort', () => {
          waiting.delete(resolve);
          reject(new Error('cut short'));
        });
        announce();
      });
    },
    begun: () =>
      waiting.size > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            announce = resolve;
          }),
    runOut() {
      const ends = [...waiting];
      waiting.clear();
      clock.advance(Math.max(0, ...ends.map(([, endEpochMs]) => endEpochMs - clock.now())));
      for (const [resolve] of ends) resolve();
    },
  };
}
