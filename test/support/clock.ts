import type { Now, Sleep } from '../../lib/domain/ports.ts';

export const START_EPOCH_MS = Date.UTC(2026, 10, 23, 9, 0, 0);

/**
 * A clock that moves only when told to, and a sleep that moves it instead of waiting. A sleep that can be cut short is
 * somebody's patience, which does not end here: what is waited for comes.
 */
export type FakeClock = { readonly now: Now; readonly sleep: Sleep; advance(ms: number): void };

export function makeClock(startEpochMs = START_EPOCH_MS): FakeClock {
  let nowEpochMs = startEpochMs;
  const advance = (ms: number) => {
    nowEpochMs += ms;
  };
  return {
    now: () => nowEpochMs,
    async sleep(ms, signal) {
      if (signal === undefined) return advance(ms);
      await new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut short'))));
    },
    advance,
  };
}
