import type { Deadline } from './deadline.ts';

/** Enough to keep a table busy, few enough to avoid throttling. */
const DEFAULT_LIMIT = 25;

/**
 * Runs tasks side by side, `limit` at a time. After a task fails, no other starts. Running tasks are awaited, then the first
 * error is thrown, so nothing still runs when the caller retries.
 * @returns false if `mayGoOn` stopped it before the end
 */
export async function inParallel<T>(
  tasks: readonly T[],
  work: (task: T) => Promise<void>,
  { limit = DEFAULT_LIMIT, mayGoOn = () => true }: { readonly limit?: number; readonly mayGoOn?: () => boolean } = {},
): Promise<boolean> {
  const queue = tasks.values();
  const errors: unknown[] = [];
  let stopped = false;
  const worker = async () => {
    for (const task of queue) {
      if (errors.length > 0) return;
      if (!mayGoOn()) {
        stopped = true;
        return;
      }
      try {
        await work(task);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (errors.length > 0) throw errors[0];
  return !stopped;
}

/**
 * One shared piece of work for all who need it at the same time. A caller does not join work that may take longer than the caller
 * has, or work that should be finished: the container may have been frozen meanwhile.
 */
export function createInFlight<T>(now: () => number) {
  const flights = new Map<string, { readonly deadline: Deadline; readonly done: Promise<T> }>();
  return function join(key: string, deadline: Deadline, start: () => Promise<T>): Promise<T> {
    const standing = flights.get(key);
    if (standing !== undefined && now() < standing.deadline && standing.deadline <= deadline) {
      return standing.done;
    }
    const done = start().finally(() => {
      if (flights.get(key)?.done === done) flights.delete(key);
    });
    flights.set(key, { deadline, done });
    return done;
  };
}
