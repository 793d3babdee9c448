/**
 * The two halves of what HubSpot refused together. The first is the larger one where they differ, so that halving ends with
 * members that stand alone.
 */
export function halve<T>(all: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}

/** HubSpot refuses a batch for one bad member: it is tried in halves until each that is refused stands alone. */
export async function inHalves<T>(
  all: readonly T[],
  attempt: (some: readonly T[]) => Promise<'refused' | 'done'>,
): Promise<void> {
  if ((await attempt(all)) === 'done' || all.length < 2) return;
  for (const half of halve(all)) await inHalves(half, attempt);
}
