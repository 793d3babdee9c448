import { chooseOwner, type OwnerVerdict } from './choose-owner.ts';
import { type OwnerEmail, withoutSandboxSuffix } from './email.ts';
import type { OwnerId } from './ids.ts';
import { addressesOf, isAssignable, type Owner } from './owner.ts';

/** The results for an email that somebody should check. A value that is not an email is reported to the workflow only. */
export const UNRESOLVED_CODES = ['OWNER_NOT_FOUND', 'OWNER_DEACTIVATED', 'OWNER_AMBIGUOUS', 'OWNER_IS_QUEUE'] as const;

/** An unresolved email that workflows asked for since the last report. */
export type UnresolvedEmail = {
  readonly email: OwnerEmail;
  readonly count: number;
  /** HubSpot's workflow IDs, if the executions contained them. */
  readonly workflowIds: readonly string[];
  readonly lastSeenAtEpochMs: number;
  /** The former owner of this address, if it led to them; absent if nobody could be assigned. */
  readonly formerOf?: OwnerId;
};

type CountedEmail = { readonly count: number; readonly email: string };

/** The most frequent first, then by email: a total order, so that pages neither overlap nor skip. */
export function byFrequency(one: CountedEmail, other: CountedEmail): number {
  if (one.count !== other.count) return other.count - one.count;
  if (one.email === other.email) return 0;
  return one.email < other.email ? -1 : 1;
}

export type LikelyCause =
  /**
   * `resolved`: an active person has the email by now. `sandbox_suffix`: it has the suffix that sandboxes append, and somebody has
   * the address without it.
   */
  | {
      readonly kind: 'resolved' | 'left' | 'shared' | 'queue' | 'sandbox_suffix';
      readonly ownerIds: readonly OwnerId[];
    }
  /** A user of the account has the email, but HubSpot lists no owner for them. */
  | { readonly kind: 'user_without_owner' }
  | { readonly kind: 'typo'; readonly of: OwnerEmail; readonly ownerIds: readonly OwnerId[] }
  | { readonly kind: 'never_seen' };

export type ExplainedEmail = Omit<UnresolvedEmail, 'formerOf'> & { readonly cause: LikelyCause };
/** An address in records that its owner no longer has. */
export type FormerEmail = Omit<UnresolvedEmail, 'formerOf'> & { readonly ownerId: OwnerId };

/**
 * Says why an email matches nobody, from the data of a refresh; the action's own result comes first. Created once for each run,
 * because finding typos compares with everybody.
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
    const cause = causeOf(chooseOwner(email, byAddress.get(email) ?? []));
    if (cause !== undefined) return cause;
    // The action finds people in a sandbox without their suffix, but nobody by a suffix that they do not have.
    const bare = withoutSandboxSuffix(email);
    const outside = bare === email ? [] : (byAddress.get(bare) ?? []);
    if (outside.length > 0) return { kind: 'sandbox_suffix', ownerIds: idsOf(outside) };
    if (userEmails.has(email)) return { kind: 'user_without_owner' };
    return findTypo(email) ?? { kind: 'never_seen' };
  };

  /** Only if it is one address: a list of guesses does not help. Active people come before leavers. */
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

/** Undefined if nobody has the email, or had it. */
export function causeOf(verdict: OwnerVerdict): LikelyCause | undefined {
  if (verdict.kind === 'assignable') return { kind: 'resolved', ownerIds: [verdict.owner.id] };
  return verdict.kind === 'absent' ? undefined : { kind: CAUSES[verdict.kind], ownerIds: idsOf(verdict.owners) };
}

export function idsOf(people: readonly Owner[]): OwnerId[] {
  return people.map(({ id }) => id).sort();
}

const MAX_EDITS = 2;

/**
 * True if at most two typos turn one text into the other: a character too many, too few or wrong, or two neighbors swapped
 * (optimal string alignment). Also true for equal texts.
 *
 * A refresh compares a few hundred emails with every address of a portal. So the comparison of different texts ends at the third
 * difference, and nothing is allocated.
 */
export function isWithinTwoEdits(left: string, right: string): boolean {
  return isWithin(left, 0, right, 0, MAX_EDITS);
}

function isWithin(left: string, leftAt: number, right: string, rightAt: number, edits: number): boolean {
  if (Math.abs(left.length - leftAt - (right.length - rightAt)) > edits) return false;
  let [i, j] = [leftAt, rightAt];
  while (i < left.length && left[i] === right[j]) {
    i += 1;
    j += 1;
  }
  if (i === left.length && j === right.length) return true;
  if (edits === 0) return false;
  const isSwapped = left[i] === right[j + 1] && left[i + 1] === right[j] && i + 1 < left.length;
  return (
    (isSwapped && isWithin(left, i + 2, right, j + 2, edits - 1)) ||
    isWithin(left, i + 1, right, j + 1, edits - 1) ||
    isWithin(left, i + 1, right, j, edits - 1) ||
    isWithin(left, i, right, j + 1, edits - 1)
  );
}
