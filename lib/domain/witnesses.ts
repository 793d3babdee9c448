/**
 * What HubSpot said of a callback that was completed by itself. `unclear`: it knew nothing of it, but only after a try without an
 * answer, which may have been what completed it.
 */
export type Testimony = 'waited' | 'unknown' | 'unclear';

/** Fewer may be unknown to HubSpot for reasons of their own. */
const ENOUGH = 3;
const MOST_ASKED = 6;

/**
 * Whether a call that was to complete several callbacks had its effect, which it had on all of them or on none, when nobody heard
 * its answer. A few that no other call can have completed are asked for.
 * @param size how many the call was to complete
 * @returns `asked`: those that are completed now, in whichever case
 */
export async function askWitnesses<T>(
  witnesses: readonly T[],
  size: number,
  ask: (witness: T) => Promise<Testimony>,
): Promise<{ readonly effect: 'had' | 'none' | 'unclear'; readonly asked: ReadonlySet<T> }> {
  const enough = Math.min(ENOUGH, size);
  const asked = new Set<T>();
  let unknown = 0;
  for (const witness of inSpread(witnesses)) {
    if (unknown === enough || asked.size === MOST_ASKED) break;
    asked.add(witness);
    const testimony = await ask(witness);
    if (testimony === 'waited') return { effect: 'none', asked };
    if (testimony === 'unknown') unknown += 1;
  }
  return { effect: unknown === enough ? 'had' : 'unclear', asked };
}

/** The first, the middle and the last before the others: those that lie together may be unknown for one reason. */
function inSpread<T>(all: readonly T[]): Set<T> {
  const last = all.length - 1;
  return new Set([...[0, Math.floor(last / 2), last].flatMap((place) => all.slice(place, place + 1)), ...all]);
}
