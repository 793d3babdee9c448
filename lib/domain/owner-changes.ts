import type { Owner } from './owner.ts';
import { hasSameTeams, type ListedOwners, type OwnerChanges, type OwnerDiff, reportedOf } from './owner-diff.ts';

/** The changes since the last report, including what an interrupted run wrote before. */
export function describeChanges(known: ListedOwners, { owners, changed, removed }: OwnerDiff): OwnerChanges {
  const written = [...(known.unreported?.keys() ?? [])].flatMap((id) => owners.get(id) ?? []);
  const pairs = [...new Map([...written, ...changed].map((owner) => [owner.id, owner])).values()].map((owner) => {
    return { before: reportedOf(known, owner.id), owner };
  });
  const ids = (matches: (pair: { before: Owner | undefined; owner: Owner }) => boolean) =>
    pairs.filter(matches).map(({ owner }) => owner.id);
  return {
    joined: ids(({ before, owner }) => before === undefined && !owner.archived),
    deactivated: ids(({ before, owner }) => before?.archived === false && owner.archived && !owner.unlisted),
    reactivated: ids(({ before, owner }) => before?.archived === true && !owner.archived),
    // Deactivation can blank an email. That is not a change of address.
    emailChanged: ids(({ before, owner }) => before !== undefined && !owner.archived && before.email !== owner.email),
    teamChanged: ids(({ before, owner }) => before !== undefined && !owner.archived && !hasSameTeams(before, owner)),
    removed: [
      ...ids(({ before, owner }) => owner.unlisted === true && isListed(before)),
      ...removed.flatMap(({ id }) => (isListed(reportedOf(known, id)) ? id : [])),
    ],
  };
}

/** In an earlier report, and not as somebody who was gone. */
function isListed(before: Owner | undefined): boolean {
  return before !== undefined && before.unlisted !== true;
}
