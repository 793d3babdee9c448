import { type OwnerEmail, SANDBOX_SUFFIX } from './email.ts';
import { isAssignable, type Owner } from './owner.ts';

/** What the owners that share an email amount to. Every kind but `assignable` names the owners it is about. */
export type OwnerVerdict =
  | { readonly kind: 'assignable'; readonly owner: Owner }
  | { readonly kind: 'ambiguous'; readonly owners: readonly Owner[] }
  | { readonly kind: 'queue'; readonly owners: readonly Owner[] }
  | { readonly kind: 'deactivated'; readonly owners: readonly Owner[] }
  | { readonly kind: 'absent' };

/**
 * Chooses the owner an email stands for. The verdict does not depend on the order of `candidates`, and it is never a pick
 * among equals: two active people with one email are ambiguous.
 *
 * An owner whose email is the wanted one with a sandbox suffix counts only when nobody carries the wanted email itself.
 */
export function chooseOwner(wanted: OwnerEmail, candidates: readonly Owner[]): OwnerVerdict {
  const exact = distinct(candidates.filter((owner) => owner.email === wanted));
  if (exact.length > 0) return judge(exact);
  return judge(distinct(candidates.filter((owner) => owner.email === `${wanted}${SANDBOX_SUFFIX}`)));
}

function judge(owners: readonly Owner[]): OwnerVerdict {
  const [first, ...others] = owners.filter(isAssignable);
  if (first !== undefined) {
    return others.length === 0
      ? { kind: 'assignable', owner: first }
      : { kind: 'ambiguous', owners: [first, ...others] };
  }
  const queues = owners.filter((owner) => owner.type === 'QUEUE' && !owner.archived);
  if (queues.length > 0) return { kind: 'queue', owners: queues };
  return owners.length > 0 ? { kind: 'deactivated', owners } : { kind: 'absent' };
}

/** One entry per owner id, in id order. Of rows that disagree the careful reading counts, whichever came first. */
function distinct(owners: readonly Owner[]): Owner[] {
  const byId = new Map<string, Owner>();
  for (const owner of owners) {
    const seen = byId.get(owner.id);
    if (seen === undefined || caution(owner) > caution(seen)) byId.set(owner.id, owner);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Archived before active, queue before person. */
function caution(owner: Owner): number {
  return (owner.archived ? 2 : 0) + (owner.type === 'QUEUE' ? 1 : 0);
}
