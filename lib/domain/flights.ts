import type { Now } from './ports.ts';

/**
 * One piece of work for all who ask for it at the same time. Nobody joins work that may take longer than they have, nor work
 * whose time is over: the container may have been frozen while it was under way.
 */
export function createFlights<T>(now: Now) {
  const flights = new Map<string, { readonly deadlineEpochMs: number; readonly done: Promise<T> }>();
  return function join(key: string, deadlineEpochMs: number, start: () => Promise<T>): Promise<T> {
    const standing = flights.get(key);
    if (standing !== undefined && now() < standing.deadlineEpochMs && standing.deadlineEpochMs <= deadlineEpochMs) {
      return standing.done;
    }
    const done = start().finally(() => {
      if (flights.get(key)?.done === done) flights.delete(key);
    });
    flights.set(key, { deadlineEpochMs, done });
    return done;
  };
}
