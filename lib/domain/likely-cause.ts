import { type OwnerEmail, SANDBOX_SUFFIX } from './email.ts';
import type { OwnerId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';
import { isWithinTwoEdits } from './typo.ts';
import type { LikelyCause } from './unresolved.ts';

/**
 * Says why an email gives nobody, by what a complete listing holds. Made once a run: looking for typos compares with
 * everybody.
 * @param userEmails emails of the portal's users, with and without an owner, as far as the run could read them
 */
export function createCauseFinder(owners: Iterable<Owner>, userEmails: ReadonlySet<OwnerEmail>) {
  const byEmail = new Map<OwnerEmail, Owner[]>();
  for (const owner of owners) {
    if (owner.email !== undefined) byEmail.set(owner.email, [...(byEmail.get(owner.email) ?? []), owner]);
  }

  return function findCause(email: OwnerEmail): LikelyCause {
    const exact = byEmail.get(email) ?? [];
    if (exact.length > 0) return judge(exact);
    // The action finds people of a sandbox without their suffix, but nobody by a suffix that they do not have.
    const inSandbox = byEmail.get(withSuffix(email)) ?? [];
    if (inSandbox.length > 0) return judge(inSandbox);
    const outside = byEmail.get(withoutSuffix(email)) ?? [];
    if (outside.length > 0) return { kind: 'sandbox_suffix', ownerIds: idsOf(outside) };
    if (userEmails.has(email)) return { kind: 'user_without_owner' };
    return findTypo(email) ?? { kind: 'never_seen' };
  };

  /** Only when one address is meant: a list of guesses helps nobody. Active people before those who left. */
  function findTypo(email: OwnerEmail): LikelyCause | undefined {
    const close = [...byEmail].filter(([known]) => isWithinTwoEdits(email, known));
    const active = close.filter(([, people]) => people.some(isAssignable));
    const [first, second] = active.length > 0 ? active : close;
    if (first === undefined || second !== undefined) return undefined;
    return { kind: 'typo', of: first[0], ownerIds: idsOf(first[1]) };
  }
}

function judge(people: readonly Owner[]): LikelyCause {
  const active = people.filter(isAssignable);
  if (active.length === 1) return { kind: 'resolved', ownerIds: idsOf(active) };
  if (active.length > 1) return { kind: 'shared', ownerIds: idsOf(active) };
  const queues = people.filter(({ archived }) => !archived);
  return queues.length > 0 ? { kind: 'queue', ownerIds: idsOf(queues) } : { kind: 'left', ownerIds: idsOf(people) };
}

function withSuffix(email: OwnerEmail): OwnerEmail {
  return `${email}${SANDBOX_SUFFIX}` as OwnerEmail;
}

function withoutSuffix(email: OwnerEmail): OwnerEmail {
  return (email.endsWith(SANDBOX_SUFFIX) ? email.slice(0, -SANDBOX_SUFFIX.length) : email) as OwnerEmail;
}

function idsOf(people: readonly Owner[]): OwnerId[] {
  return people.map(({ id }) => id).sort();
}
