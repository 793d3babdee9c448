import type { OwnerId } from './ids.ts';
import type { Owner } from './owner.ts';

declare const complete: unique symbol;

/**
 * Every owner of a portal, active and archived, as one sweep saw them. Only `completeListing` makes one, and only from a
 * sweep that reached the last page of both listings: so nothing can be removed on the strength of half a listing.
 */
export type CompleteOwnerListing = {
  readonly owners: ReadonlyMap<OwnerId, Owner>;
  readonly startedAtEpochMs: number;
  readonly [complete]: true;
};

export type OwnerPage = { readonly owners: readonly Owner[]; readonly after: string | undefined };

/** A sweep under way. Plain data, so that it can be put down at any page and taken up again elsewhere. */
export type OwnerSweep = {
  readonly startedAtEpochMs: number;
  /** Active owners are listed first, then archived ones; `done` once both ended. */
  readonly stage: 'active' | 'archived' | 'done';
  /** HubSpot's cursor of the next page of this stage. */
  readonly after: string | undefined;
  readonly seenCursors: readonly string[];
  readonly pages: number;
  readonly owners: ReadonlyMap<OwnerId, Owner>;
};

/** Far more than any portal has at 500 owners a page: beyond it the listing goes in circles. */
export const MAX_SWEEP_PAGES = 1_000;

/** Why a listing cannot be believed. The owners known before stay as they are. */
export class BrokenListingError extends Error {
  readonly reason: 'repeated_cursor' | 'too_many_pages' | 'no_owners';

  constructor(reason: BrokenListingError['reason']) {
    super(`the owners listing is broken: ${reason}`);
    this.name = 'BrokenListingError';
    this.reason = reason;
  }
}

export function startSweep(startedAtEpochMs: number): OwnerSweep {
  return { startedAtEpochMs, stage: 'active', after: undefined, seenCursors: [], pages: 0, owners: new Map() };
}

/**
 * Adds a page. An owner seen twice counts once; one seen as active and as archived was deactivated while we listed, and
 * counts as archived. An empty page with a cursor is no end.
 * @throws {BrokenListingError} when the cursor repeats or the pages do not end
 */
export function addPage(sweep: OwnerSweep, page: OwnerPage): OwnerSweep {
  const owners = new Map(sweep.owners);
  for (const owner of page.owners) {
    if (!(owners.get(owner.id)?.archived === true)) owners.set(owner.id, owner);
  }
  const pages = sweep.pages + 1;
  if (page.after === undefined) {
    const stage = sweep.stage === 'active' ? 'archived' : 'done';
    return { ...sweep, stage, after: undefined, seenCursors: [], pages, owners };
  }
  if (sweep.seenCursors.includes(page.after)) throw new BrokenListingError('repeated_cursor');
  if (pages >= MAX_SWEEP_PAGES) throw new BrokenListingError('too_many_pages');
  return { ...sweep, after: page.after, seenCursors: [...sweep.seenCursors, page.after], pages, owners };
}

/**
 * @returns undefined while pages are missing
 * @throws {BrokenListingError} when a whole portal has no owner at all: there is at least the one who installed the app
 */
export function completeListing(sweep: OwnerSweep): CompleteOwnerListing | undefined {
  if (sweep.stage !== 'done') return undefined;
  if (sweep.owners.size === 0) throw new BrokenListingError('no_owners');
  return { owners: sweep.owners, startedAtEpochMs: sweep.startedAtEpochMs } as CompleteOwnerListing;
}
