import type { OwnerId } from './ids.ts';
import type { Owner } from './owner.ts';

declare const complete: unique symbol;

/**
 * Every owner of a portal, active and archived, as one sync read them. Only `completeListing` creates one, and only from a sync
 * that reached the last page of both listings, so that half a listing can remove nobody.
 */
export type CompleteOwnerListing = {
  readonly owners: ReadonlyMap<OwnerId, Owner>;
  /** How many rows could not be read. */
  readonly oddRows: number;
  /** The owners of those rows: they are not gone. `undefined` stands for rows without a readable ID. */
  readonly oddIds: ReadonlySet<OwnerId | undefined>;
  /** Those of them that may be active, because their row was in the active listing. */
  readonly oddActiveIds: ReadonlySet<OwnerId | undefined>;
  readonly startedAtEpochMs: number;
  readonly [complete]: true;
};

export type OwnerPage = {
  readonly owners: readonly Owner[];
  /** The rows that could not be read, by owner ID if that could be read. */
  readonly odd?: readonly (OwnerId | undefined)[];
  /** How many of those rows only have an unknown type. */
  readonly otherTypes?: number;
  readonly after: string | undefined;
};

/**
 * A sync in progress. It is plain data, so that it can be saved at any page and resumed elsewhere. It has one user at a time:
 * `addPage` changes its collections in place, because copying them for each page would take quadratic time.
 */
export type OwnerSync = {
  readonly startedAtEpochMs: number;
  /** Active owners are listed first, then archived ones; `done` after both. */
  readonly stage: 'active' | 'archived' | 'done';
  /** HubSpot's cursor of the next page of this stage. */
  readonly after: string | undefined;
  readonly seenCursors: string[];
  readonly pages: number;
  readonly owners: Map<OwnerId, Owner>;
  readonly oddRows: number;
  readonly oddIds: (OwnerId | undefined)[];
  readonly oddActiveIds: (OwnerId | undefined)[];
};

/** Far more than any portal has at 500 owners a page. A listing with more pages loops. */
export const MAX_SYNC_PAGES = 1_000;

/** Why a listing is not trustworthy. The known owners are not changed. */
export class BrokenListingError extends Error {
  readonly reason: 'repeated_cursor' | 'too_many_pages' | 'no_owners' | 'odd_rows';

  constructor(reason: BrokenListingError['reason']) {
    super(`the owners listing is broken: ${reason}`);
    this.name = 'BrokenListingError';
    this.reason = reason;
  }
}

export function startSync(startedAtEpochMs: number): OwnerSync {
  const collections = { seenCursors: [], owners: new Map(), oddIds: [], oddActiveIds: [] };
  return { startedAtEpochMs, stage: 'active', after: undefined, pages: 0, oddRows: 0, ...collections };
}

/**
 * Adds a page, and takes the sync over. An owner in two rows counts once. If one row is active and one archived, the owner was
 * deactivated during the listing and counts as archived. An empty page with a cursor is not the end. A row that cannot be read is
 * left out.
 * @throws {BrokenListingError} if the cursor repeats, the pages do not end, or a page has rows and none can be read. A page with
 * one odd row or any number of unknown types is accepted, but not as the first page: there is always an active person.
 */
export function addPage(sync: OwnerSync, { owners, odd = [], otherTypes = 0, after }: OwnerPage): OwnerSync {
  const isBroken = sync.pages === 0 ? odd.length > 0 : odd.length - otherTypes > 1;
  if (owners.length === 0 && isBroken) throw new BrokenListingError('odd_rows');
  for (const owner of owners) {
    if (sync.owners.get(owner.id)?.archived !== true) sync.owners.set(owner.id, owner);
  }
  sync.oddIds.push(...odd);
  if (sync.stage === 'active') sync.oddActiveIds.push(...odd);
  const added = { ...sync, pages: sync.pages + 1, oddRows: sync.oddRows + odd.length };
  if (after === undefined) {
    return { ...added, stage: sync.stage === 'active' ? 'archived' : 'done', after, seenCursors: [] };
  }
  if (sync.seenCursors.includes(after)) throw new BrokenListingError('repeated_cursor');
  if (added.pages >= MAX_SYNC_PAGES) throw new BrokenListingError('too_many_pages');
  sync.seenCursors.push(after);
  return { ...added, after };
}

/**
 * @returns undefined while pages are missing
 * @throws {BrokenListingError} if a portal has no owner at all: there is at least the person who installed the app
 */
export function completeListing(sync: OwnerSync): CompleteOwnerListing | undefined {
  if (sync.stage !== 'done') return undefined;
  const { oddRows, startedAtEpochMs } = sync;
  const owners: CompleteOwnerListing['owners'] = sync.owners;
  const oddIds: CompleteOwnerListing['oddIds'] = new Set(sync.oddIds);
  // One row can be read and one row of the other listing cannot: the owner moved between the listings, and their state is
  // unknown.
  for (const id of oddIds) if (id !== undefined) sync.owners.delete(id);
  if (owners.size === 0) throw new BrokenListingError('no_owners');
  const oddActiveIds: CompleteOwnerListing['oddActiveIds'] = new Set(sync.oddActiveIds);
  return { owners, oddRows, oddIds, oddActiveIds, startedAtEpochMs } as CompleteOwnerListing;
}

/** A row without an ID may be anybody's. */
export function isNamed(oddIds: ReadonlySet<OwnerId | undefined>, id: OwnerId): boolean {
  return oddIds.has(undefined) || oddIds.has(id);
}
