import type { OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import { type ListedOwners, versionsOf } from './known-owners.ts';
import { addressesOf } from './owner.ts';
import type { OwnerDiff } from './owner-diff.ts';

/** Applying a piece takes seconds. The changes of a normal night fit into one. */
const OWNERS_A_PIECE = 2_000;

/**
 * The diff in pieces that are applied one after the other. Owners who share an address are in the same piece, so each piece is
 * consistent, and an interrupted run makes progress with any number of owners.
 */
export function splitDiff(known: ListedOwners, diff: OwnerDiff, size = OWNERS_A_PIECE): OwnerDiff[] {
  const own = Map.groupBy([...diff.changed, ...diff.removed], ({ id }) => id);
  const leftOver = Map.groupBy(known.leftOver ?? [], ({ id }) => id);
  const versions = (id: OwnerId) => [...(own.get(id) ?? []), ...versionsOf(known, id), ...(leftOver.get(id) ?? [])];
  const pieces: OwnerDiff[] = [];
  let ids: OwnerId[] = [];
  for (const group of groupsByAddress()) {
    for (const id of group) ids.push(id);
    if (ids.length < size) continue;
    pieces.push(toPiece(ids));
    ids = [];
  }
  return ids.length === 0 ? pieces : [...pieces, toPiece(ids)];

  function* groupsByAddress(): Generator<ReadonlySet<OwnerId>> {
    const idsByEmail = new Map<OwnerEmail, OwnerId[]>([...diff.emails.keys()].map((email) => [email, []]));
    for (const id of own.keys()) for (const email of versions(id).flatMap(addressesOf)) idsByEmail.get(email)?.push(id);
    const grouped = new Set<OwnerId>();
    for (const first of own.keys()) {
      if (grouped.has(first)) continue;
      // It also visits the owners that are added on the way.
      const group = new Set([first]);
      for (const id of group) {
        grouped.add(id);
        for (const email of versions(id).flatMap(addressesOf)) {
          for (const other of idsByEmail.get(email) ?? []) group.add(other);
          // All owners of an address are found with the first of them.
          idsByEmail.delete(email);
        }
      }
      yield group;
    }
  }

  function toPiece(ids: readonly OwnerId[]): OwnerDiff {
    const touched = ids.flatMap(versions);
    const emails = new Set(touched.flatMap(addressesOf));
    return {
      owners: diff.owners,
      changed: ids.flatMap((id) => (diff.owners.has(id) ? (own.get(id) ?? []) : [])),
      removed: ids.flatMap((id) => (diff.owners.has(id) ? [] : (own.get(id) ?? []))),
      emails: new Map([...emails].map((email) => [email, diff.emails.get(email) ?? []])),
      touched,
      reported: diff.reported,
    };
  }
}
