/**
 * The two halves of a refused batch. If they differ in size, the first one is larger, so that halving always ends with single
 * members.
 */
export function halve<T>(all: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}

/** HubSpot refuses a whole batch for one bad member. It is tried in halves until each refused member is alone. */
export async function inHalves<T>(
  all: readonly T[],
  attempt: (some: readonly T[]) => Promise<'refused' | 'done'>,
): Promise<void> {
  if ((await attempt(all)) === 'done' || all.length < 2) return;
  for (const half of halve(all)) await inHalves(half, attempt);
}
