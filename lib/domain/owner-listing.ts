import type { OwnerId } from './ids.ts';
import type { Owner } from './owner.ts';

declare const complete: unique symbol;

/**
 * Every owner of a portal, active and archived, as one sync saw them. Only `completeListing` makes one, and only from a
 * sync that reached the last page of both listings: so nothing can be removed on the strength of half a listing.
 */
export type CompleteOwnerListing = {
  readonly owners: ReadonlyMap<OwnerId, Owner>;
  /** How many rows could not be read. */
  readonly oddRows: number;
  /** Whose rows those were: they are not gone. `undefined` stands for rows that say not even that. */
  readonly oddIds: ReadonlySet<OwnerId | undefined>;
  /** Those of them who may be active, because their row was in the active listing. */
  readonly oddActiveIds: ReadonlySet<OwnerId | undefined>;
  readonly startedAtEpochMs: number;
  readonly [complete]: true;
};

export type OwnerPage = {
  readonly owners: readonly Owner[];
  /** The rows that could not be read, each by its owner's id where that could. */
  readonly odd?: readonly (OwnerId | undefined)[];
  /** How many of those rows are as they should be, but for a type that we do not know. */
  readonly otherTypes?: number;
  readonly after: string | undefined;
};

/**
 * A sync under way. Plain data, so that it can be saved at any page and resumed elsewhere. It has one owner at a
 * time: `addPage` adds to its collections in place, because copying them for each page takes time in the square of the pages.
 */
export type OwnerSync = {
  readonly startedAtEpochMs: number;
  /** Active owners are listed first, then archived ones; `done` once both ended. */
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

/** Far more than any portal has at 500 owners a page: beyond it the listing goes in circles. */
export const MAX_SYNC_PAGES = 1_000;

/** Why a listing cannot be believed. The owners known before stay as they are. */
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
 * Adds a page, and takes the sync over. An owner seen twice counts once; one seen as active and as archived was deactivated
 * while we listed, and counts as archived. An empty page with a cursor is no end. A row that cannot be read is left out.
 * @throws {BrokenListingError} when the cursor repeats, the pages do not end, or no row of a page can be read. One row alone
 * may be odd, and any number of another type, but not where the listing begins: somebody who can be read is always active.
 */
export function addPage(sync: OwnerSync, { owners, odd = [], otherTypes = 0, after }: OwnerPage): OwnerSync {
  const isBroken = sync.pages === 0 ? odd.length > 0 : odd.length - otherTypes > 1;
  if (owners.length === 0 && isBroken) throw new BrokenListingError('odd_rows');
  for (const owner of owners) {
    if (!(sync.owners.get(owner.id)?.archived === true)) sync.owners.set(owner.id, owner);
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
 * @throws {BrokenListingError} when a whole portal has no owner at all: there is at least the one who installed the app
 */
export function completeListing(sync: OwnerSync): CompleteOwnerListing | undefined {
  if (sync.stage !== 'done') return undefined;
  const { oddRows, startedAtEpochMs } = sync;
  const owners: CompleteOwnerListing['owners'] = sync.owners;
  const oddIds: CompleteOwnerListing['oddIds'] = new Set(sync.oddIds);
  // Seen well once and oddly once, in the other listing: they moved between the two, and it is unknown how.
  for (const id of oddIds) if (id !== undefined) sync.owners.delete(id);
  if (owners.size === 0) throw new BrokenListingError('no_owners');
  const oddActiveIds: CompleteOwnerListing['oddActiveIds'] = new Set(sync.oddActiveIds);
  return { owners, oddRows, oddIds, oddActiveIds, startedAtEpochMs } as CompleteOwnerListing;
}
