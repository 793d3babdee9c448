import type { Owner } from '../../lib/domain/owner.ts';
import { addPage, type CompleteOwnerListing, completeListing, startSweep } from '../../lib/domain/owner-listing.ts';

/** The listing that a sweep of two pages makes of these owners. */
export function makeListing(owners: readonly Owner[], startedAtEpochMs = 1): CompleteOwnerListing {
  const of = (archived: boolean) => ({ owners: owners.filter((o) => o.archived === archived), after: undefined });
  const listing = completeListing(addPage(addPage(startSweep(startedAtEpochMs), of(false)), of(true)));
  if (listing === undefined) throw new Error('a fixture’s sweep has no end');
  return listing;
}
