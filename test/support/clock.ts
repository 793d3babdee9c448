import type { Now, Sleep } from '../../lib/ports/telemetry.ts';

export const START_EPOCH_MS = Date.UTC(2026, 10, 23, 9, 0, 0);

/** A clock that moves only when a test moves it, and a sleep that moves it instead of waiting. */
export type FakeClock = { readonly now: Now; readonly sleep: Sleep; advance(ms: number): void };

export function makeClock(startEpochMs = START_EPOCH_MS): FakeClock {
  let nowEpochMs = startEpochMs;
  const advance = (ms: number) => {
    nowEpochMs += ms;
  };
  return {
    now: () => nowEpochMs,
    sleep: async (ms) => advance(ms),
    advance,
  };
}
