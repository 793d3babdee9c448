import { setImmediate as nextTurn } from 'node:timers/promises';
import { createEventQueue } from './event-queue.ts';

/**
 * A clock for work that takes hours, run in seconds. It stands still while anything can be done and jumps to the next
 * event when nothing can; events happen one at a time, so that a run with the same input goes the same way.
 */
export type VirtualTime = {
  /** Epoch ms; fractions are kept. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** @returns a function that cancels it */
  after(ms: number, act: () => void): () => void;
  /**
   * The clock waits for this real work, a call over a socket say. Everything else that is waited for must be brought
   * about by events, by held work, or by promises alone.
   */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** A sleep inside held work, on its far side: the clock goes on meanwhile. */
  readonly sleepWhileHeld: (ms: number) => Promise<void>;
  /**
   * Drives the clock until `work` ends. What is still to come then does not happen.
   * @throws what `work` throws, and when nothing is left that could bring its end about
   */
  run<T>(work: () => Promise<T>): Promise<T>;
};

export function createVirtualTime(startEpochMs: number): VirtualTime {
  const events = createEventQueue();
  let nowEpochMs = startEpochMs;
  let held = 0;
  let notifyReleased = (): void => {};

  function after(ms: number, act: () => void): () => void {
    if (!(ms >= 0)) throw new RangeError(`cannot wait for ${ms} ms`);
    return events.add({ atMs: nowEpochMs + ms, act });
  }

  function release(): void {
    if (held === 0) throw new Error('more work was released than is held');
    held -= 1;
    if (held === 0) notifyReleased();
  }

  /** All promises that can go on have done so after a turn of the event loop; held work may then set off others. */
  async function settle(): Promise<void> {
    await nextTurn();
    while (held > 0) {
      await new Promise<void>((resolve) => {
        notifyReleased = resolve;
      });
      await nextTurn();
    }
  }

  return {
    now: () => nowEpochMs,
    after,
    sleep: (ms) => new Promise((resolve) => void after(ms, resolve)),
    async hold(work) {
      held += 1;
      try {
        return await work();
      } finally {
        release();
      }
    },
    sleepWhileHeld: (ms) =>
      new Promise((resolve) => {
        after(ms, () => {
          held += 1;
          resolve();
        });
        release();
      }),
    async run(work) {
      let isOver = false;
      const end = () => {
        isOver = true;
      };
      const result = work();
      result.then(end, end);
      await settle();
      while (!isOver) {
        const event = events.take();
        if (event === undefined) throw new Error('nothing is left that could end this work');
        nowEpochMs = event.atMs;
        event.act();
        await settle();
      }
      return result;
    },
  };
}
