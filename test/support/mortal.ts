/**
 * What befalls a process at a step. It ends `before` the call, or right `after` it with its answer unread. Or it lives, and the
 * call fails: it is `refused`, or done and its answer `lost`.
 */
export type Fate = (step: string) => 'before' | 'after' | 'refused' | 'lost' | undefined;

export const KILLED = Symbol('killed');

/** A process that may be killed at any call to something outside of it. */
export type Mortal = {
  /** Does one call, unless the process ends there. A dead process's calls are not made, and nothing in it goes on. */
  step<T>(name: string, act: () => Promise<T>): Promise<T>;
  /** What came of the work, or `KILLED`. */
  run<T>(work: () => Promise<T>): Promise<T | typeof KILLED>;
  /** Lets what still waits in a dead process fail, so that it leaves no timers behind: for the end of a test. */
  bury(): void;
};

/**
 * Death is no error that code could catch: whatever the process waits for never comes, as after a SIGKILL. Calls that were
 * under way at that moment still arrive.
 */
export function createMortal(fate: Fate): Mortal {
  const { promise: never, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  never.catch(() => undefined);
  const { promise: death, resolve } = Promise.withResolvers<typeof KILLED>();
  let isDead = false;
  function die(): Promise<never> {
    isDead = true;
    resolve(KILLED);
    return never;
  }
  return {
    async step(name, act) {
      if (isDead) return never;
      const end = fate(name);
      if (end === 'before') return die();
      if (end === 'refused') throw new Error('the call failed');
      const outcome = await Promise.allSettled([act()]);
      if (isDead || end === 'after') return die();
      if (end === 'lost') throw new Error('the answer was lost');
      const [settled] = outcome;
      if (settled.status === 'rejected') throw settled.reason;
      return settled.value;
    },
    run: (work) => Promise.race([work(), death]),
    bury() {
      isDead = true;
      reject(new Error('the process was killed'));
    },
  };
}
