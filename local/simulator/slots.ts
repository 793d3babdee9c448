/** How many requests may be open at once. Waiters get a slot in the order in which they asked. */
export type Slots = {
  /** Runs `work` in a slot of its own. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves when a slot is free and nobody waits for one. */
  free(): Promise<void>;
};

export function createSlots(count: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];
  let hoping: (() => void)[] = [];

  function release(): void {
    const next = waiting.shift();
    if (next !== undefined) {
      // The slot goes directly to the first waiter.
      next();
      return;
    }
    taken -= 1;
    const released = hoping;
    hoping = [];
    for (const proceed of released) proceed();
  }

  return {
    async run(work) {
      if (taken < count) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        release();
      }
    },
    async free() {
      while (taken >= count) await new Promise<void>((resolve) => hoping.push(resolve));
    },
  };
}
