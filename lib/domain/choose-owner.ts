import { hasLost } from './address-history.ts';
import type { OwnerEmail } from './email.ts';
import type { UserId } from './ids.ts';
import type { MatchedBy } from './outcome.ts';
import { addressesOf, isAssignable, leadsOf, type Owner } from './owner.ts';

/** The result for the owners who share an email. Every kind except `assignable` names the owners it is about. */
export type OwnerVerdict =
  | { readonly kind: 'assignable'; readonly owner: Owner; readonly matchedBy: MatchedBy }
  | { readonly kind: 'ambiguous' | 'queue' | 'deactivated'; readonly owners: readonly Owner[] }
  | { readonly kind: 'absent' };

/**
 * Why an address leads to an owner, the strongest reason first: they have it, they have it with a sandbox's suffix, or they had
 * it.
 */
const BONDS = ['exact', 'suffixed', 'former'] as const;
export type Bond = (typeof BONDS)[number];

export function bondOf(wanted: OwnerEmail, owner: Owner): Bond | undefined {
  if (owner.email === wanted) return 'exact';
  if (leadsOf(owner).includes(wanted)) return 'suffixed';
  return addressesOf(owner).includes(wanted) ? 'former' : undefined;
}

export function matchedBy(wanted: OwnerEmail, owner: Owner): MatchedBy {
  return bondOf(wanted, owner) === 'former' ? 'FORMER_EMAIL' : 'EMAIL';
}

/** An active person has the address now, so nothing may lead it to somebody else. A queue is nobody. */
export function isOwnHolder(email: OwnerEmail, owner: Owner): boolean {
  return isAssignable(owner) && bondOf(email, owner) !== 'former';
}

/**
 * Chooses the owner of an email, from the cache and live. The result does not depend on the order of `candidates`, and it never
 * picks among equals: two active people with one email are ambiguous.
 *
 * An active person wins over all leavers. Among active people, the strongest bond wins. A queue is found by its present address
 * only. Among leavers, those who had it last win.
 */
export function chooseOwner(wanted: OwnerEmail, candidates: readonly Owner[]): OwnerVerdict {
  const holders = findHolders(wanted, candidates);
  for (const bond of BONDS) {
    const [first, ...others] = holders.filter((holder) => holder.bond === bond && isAssignable(holder.owner));
    if (first === undefined) continue;
    return others.length === 0
      ? { kind: 'assignable', owner: first.owner, matchedBy: matchedBy(wanted, first.owner) }
      : { kind: 'ambiguous', owners: [first, ...others].map(({ owner }) => owner) };
  }
  const queues = holders.filter(({ owner, bond }) => !owner.archived && bond !== 'former').map(({ owner }) => owner);
  if (queues.length > 0) return { kind: 'queue', owners: queues };
  const left = findLastLeavers(
    wanted,
    holders.map(({ owner }) => owner).filter((owner) => owner.archived),
  );
  return left.length > 0 ? { kind: 'deactivated', owners: left } : { kind: 'absent' };
}

/** Without those who lost the email to somebody who left later, unless it is the same user with another owner ID. */
function findLastLeavers(wanted: OwnerEmail, left: readonly Owner[]): readonly Owner[] {
  const last = left.filter((owner) => !hasLost(owner, wanted));
  const users = new Set<UserId | undefined>(last.flatMap(({ userId }) => userId ?? []));
  return last.length > 0 ? left.filter((owner) => !hasLost(owner, wanted) || users.has(owner.userId)) : left;
}

type Holder = { readonly owner: Owner; readonly bond: Bond };

/**
 * Everybody the address leads to, once and by ID. If rows of one owner differ, the more careful one counts: archived before
 * active, queue before person, and then the stronger bond.
 */
function findHolders(wanted: OwnerEmail, candidates: readonly Owner[]): Holder[] {
  const byId = new Map<string, Holder>();
  for (const owner of candidates) {
    const bond = bondOf(wanted, owner);
    const seen = byId.get(owner.id);
    if (bond === undefined || (seen !== undefined && weight(seen) >= weight({ owner, bond }))) continue;
    byId.set(owner.id, { owner, bond });
  }
  return [...byId.values()].sort((a, b) => (a.owner.id < b.owner.id ? -1 : 1));
}

function weight({ owner, bond }: Holder): number {
  return (owner.archived ? 8 : 0) + (owner.type === 'QUEUE' ? 4 : 0) - BONDS.indexOf(bond);
}
