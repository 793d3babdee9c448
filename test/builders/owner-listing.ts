import type { OwnerId } from '../../lib/domain/ids.ts';
import type { Owner } from '../../lib/domain/owner.ts';
import { addPage, type CompleteOwnerListing, completeListing, startSync } from '../../lib/domain/owner-listing.ts';

/**
 * The listing that a sync of two pages makes of these owners.
 * @param odd rows that could not be read, each by its id or by nothing
 */
export function makeListing(
  owners: readonly Owner[],
  startedAtEpochMs = 1,
  odd: readonly (OwnerId | undefined)[] = [],
): CompleteOwnerListing {
  const of = (archived: boolean) => ({ owners: owners.filter((o) => o.archived === archived), after: undefined });
  const active = addPage(startSync(startedAtEpochMs), { ...of(false), odd });
  const listing = completeListing(addPage(active, of(true)));
  if (listing === undefined) throw new Error('a fixture’s listing has no last page');
  return listing;
}
