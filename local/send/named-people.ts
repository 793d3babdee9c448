import type { SeededPeople } from '../seed.ts';
import type { Person } from './saved-execution.ts';

/** The simulator's people under the names that executions call them by: `jane`, and `twins1` and `twins2` of two. */
export function namedPeople(people: SeededPeople): Readonly<Record<string, Person>> {
  const entries = Object.entries(people).flatMap(([name, one]) =>
    Array.isArray(one) ? one.map((twin, index) => [`${name}${index + 1}`, twin] as const) : [[name, one] as const],
  );
  return Object.fromEntries(
    entries.map(([name, { email = '', id, userId }]) => [name, { email, id, userId: String(userId ?? '') }]),
  );
}
