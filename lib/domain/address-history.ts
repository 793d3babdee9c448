import { leadsFrom } from './email.ts';
import { isAssignable, type Owner } from './owner.ts';

/** More than anybody changes their address; it bounds a row. */
const MAX_FORMER_EMAILS = 20;
const NOTHING: ReadonlySet<string> = new Set();

/**
 * An owner as HubSpot has them now, with the addresses that earlier versions of them had: never their present one, the
 * newest first, at most 20.
 * @param earlier newest first
 * @param taken what belongs to others now, as `gatherTaken` says
 */
export function withHistory(owner: Owner, earlier: readonly Owner[], taken = NOTHING): Owner {
  const present = owner.email === undefined ? [] : leadsFrom(owner.email);
  const had = earlier.flatMap(({ email, formerEmails = [] }) => [email ?? [], ...formerEmails].flat());
  const formerEmails = [...new Set(had)]
    .filter((email) => !present.includes(email) && !taken.has(email))
    .slice(0, MAX_FORMER_EMAILS);
  return formerEmails.length === 0 ? owner : { ...owner, formerEmails };
}

/** What is kept of somebody whom HubSpot lists no more: ids and former addresses, neither names nor teams. */
export function toUnlisted(earlier: readonly [Owner, ...Owner[]], taken = NOTHING): Owner {
  const [{ id, type, userId }] = earlier;
  const nameless = { id, type, archived: true, email: undefined, firstName: '', lastName: '', teams: [] };
  const isTaken = userId !== undefined && taken.has(userId);
  return withHistory({ ...nameless, userId: isTaken ? undefined : userId, unlisted: true }, earlier, taken);
}

/** The addresses that lead to an active person, and the user ids of everybody listed: one user may get another owner. */
export function gatherTaken(owners: Iterable<Owner>): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const owner of owners) {
    if (owner.userId !== undefined) taken.add(owner.userId);
    if (isAssignable(owner) && owner.email !== undefined) for (const email of leadsFrom(owner.email)) taken.add(email);
  }
  return taken;
}
