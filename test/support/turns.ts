/** What a call comes to: the process is killed before it or after it, it fails, or only its answer is lost. */
export type Accident = 'killedBefore' | 'killedAfter' | 'fault' | 'lost';

type Call = { readonly process: string; readonly make: () => Promise<void> };

type TurnsOptions = {
  /** By the number of the call. */
  readonly accidents: ReadonlyMap<number, Accident>;
  /** Around each call that is made. `done` runs before anybody else's turn. */
  readonly around: (process: string, name: string) => { done(): void };
};

/** Calls of many processes, which wait until the test makes the next one. A killed process never goes on. */
export function createTurns({ accidents, around }: TurnsOptions) {
  const waiting: Call[] = [];
  const living = new Map<string, () => void>();
  let made = 0;

  function kill(process: string): void {
    for (let at = waiting.length - 1; at >= 0; at -= 1) if (waiting[at]?.process === process) waiting.splice(at, 1);
    living.get(process)?.();
  }

  function take<T>(process: string, name: string, act: () => Promise<T>, fault: () => Error): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const make = async () => {
      const accident = accidents.get(made);
      if (accident === 'killedBefore') return kill(process);
      if (accident === 'fault') return reject(fault());
      const turn = around(process, name);
      const [answer] = await Promise.allSettled([act()]);
      turn.done();
      if (accident === 'killedAfter') return kill(process);
      if (accident === 'lost') return reject(fault());
      return answer.status === 'rejected' ? reject(answer.reason) : resolve(answer.value);
    };
    waiting.push({ process, make });
    return promise;
  }

  return {
    take,
    /** A turn of nobody's, to which nothing happens. */
    pass: (act: () => void): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ process: '', make: async () => resolve(act()) });
      return promise;
    },
    count: () => waiting.length,
    made: () => made,
    isAnybodyAtWork: () => living.size > 0,
    /** Makes one of the waiting calls. */
    async make(at: number): Promise<void> {
      const [call] = waiting.splice(at, 1);
      made += 1;
      await call?.make();
    },
    /** Runs a process to its end. */
    async run<T>(process: string, work: () => Promise<T>): Promise<T | 'killed'> {
      const { promise, resolve } = Promise.withResolvers<'killed'>();
      living.set(process, () => resolve('killed'));
      try {
        return await Promise.race([work(), promise]);
      } finally {
        living.delete(process);
      }
    },
  };
}
