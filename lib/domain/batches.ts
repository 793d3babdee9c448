/** Cuts a list into batches of at most `size`. */
export function chunk<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** Those for which it is true, and the others. */
export function divide<T>(all: readonly T[], isFirst: (one: T, index: number) => boolean): [T[], T[]] {
  const { first = [], others = [] } = Object.groupBy(all, (one, index) => (isFirst(one, index) ? 'first' : 'others'));
  return [first, others];
}

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

/*
 * HubSpot's limits for calls about many records or callbacks. The function behind the queue takes several batches of messages
 * at a time (`batchSize` of `assignOwners` in serverless.yml).
 */

/** Records of one batch read or update (object APIs guide, read 2026-11-23). */
export const RECORDS_PER_BATCH = 100;

/** Records whose histories one call reads (unconfirmed; object APIs guide, read 2026-11-26). */
export const RECORDS_WITH_HISTORY_PER_BATCH = 50;

/** Callbacks that one call completes (actions OpenAPI 2026-09, read 2026-11-23). */
export const CALLBACKS_PER_BATCH = 100;

/** Owners of a listing's page; HubSpot gives no more than 500 (owners guide, read 2026-11-23). */
export const OWNERS_PER_PAGE = 500;

/** Owners of a page for one email: there are only a few. */
export const OWNERS_PER_EMAIL_PAGE = 100;

/** Records of a page of HubSpot's search (search guide, read 2026-11-26). */
export const RECORDS_PER_SEARCH_PAGE = 200;

/** Records of an object listing's page, such as the users object (object APIs guide, read 2026-11-23). */
export const RECORDS_PER_PAGE = 100;

/**
 * Each portal has a call or two in progress. Opening five hundred encrypted connections at once takes a function of this size
 * five seconds of processor time (measured 2026-11-28), and calls to KMS and HubSpot time out meanwhile.
 */
export const PORTALS_AT_A_TIME = 50;
