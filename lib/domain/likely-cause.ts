import { chooseOwner } from './choose-owner.ts';
import { type OwnerEmail, withoutSandboxSuffix } from './email.ts';
import type { OwnerId } from './ids.ts';
import { addressesOf, isAssignable, type Owner } from './owner.ts';
import { isWithinTwoEdits } from './typo.ts';
import type { LikelyCause } from './unresolved.ts';

/**
 * Says why an email gives nobody, by what a refresh knows: with the action's own verdict first. Made once a run: looking for
 * typos compares with everybody.
 * @param owners those listed and those remembered, with the addresses they had
 * @param userEmails emails of the portal's users, with and without an owner, as far as the run could read them
 */
export function createCauseFinder(owners: Iterable<Owner>, userEmails: ReadonlySet<OwnerEmail>) {
  const byAddress = new Map<OwnerEmail, Owner[]>();
  for (const owner of owners) {
    for (const address of addressesOf(owner)) {
      const holders = byAddress.get(address);
      if (holders === undefined) byAddress.set(address, [owner]);
      else holders.push(owner);
    }
  }

  return function findCause(email: OwnerEmail): LikelyCause {
    const verdict = chooseOwner(email, byAddress.get(email) ?? []);
    if (verdict.kind === 'assignable') return { kind: 'resolved', ownerIds: [verdict.owner.id] };
    if (verdict.kind !== 'absent') return { kind: CAUSES[verdict.kind], ownerIds: idsOf(verdict.owners) };
    // The action finds people of a sandbox without their suffix, but nobody by a suffix that they do not have.
    const bare = withoutSandboxSuffix(email);
    const outside = bare === email ? [] : (byAddress.get(bare) ?? []);
    if (outside.length > 0) return { kind: 'sandbox_suffix', ownerIds: idsOf(outside) };
    if (userEmails.has(email)) return { kind: 'user_without_owner' };
    return findTypo(email) ?? { kind: 'never_seen' };
  };

  /** Only when one address is meant: a list of guesses helps nobody. Active people before those who left. */
  function findTypo(email: OwnerEmail): LikelyCause | undefined {
    const close: [OwnerEmail, Owner[]][] = [];
    for (const entry of byAddress) if (isWithinTwoEdits(email, entry[0])) close.push(entry);
    const active = close.filter(([, people]) => people.some(isAssignable));
    const [first, second] = active.length > 0 ? active : close;
    if (first === undefined || second !== undefined) return undefined;
    return { kind: 'typo', of: first[0], ownerIds: idsOf(first[1]) };
  }
}

const CAUSES = { ambiguous: 'shared', queue: 'queue', deactivated: 'left' } as const;

function idsOf(people: readonly Owner[]): OwnerId[] {
  return people.map(({ id }) => id).sort();
}
