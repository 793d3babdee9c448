import { leadsFrom, type OwnerEmail } from './email.ts';
import type { OwnerId, UserId, UserRecordId } from './ids.ts';
import { isAssignable, type Owner } from './owner.ts';

/** More than anybody changes their address; it bounds a row. */
const MAX_FORMER_EMAILS = 20;
const NOBODY = new Set<OwnerEmail>();

/**
 * An owner as HubSpot has them now, with the addresses that earlier versions of them had: never their present one, the
 * newest first, at most 20.
 * @param earlier newest first
 * @param taken addresses that lead to an active person now, and so to nobody who only had them
 */
export function withHistory(owner: Owner, earlier: readonly Owner[], taken: ReadonlySet<OwnerEmail> = NOBODY): Owner {
  const present = owner.email === undefined ? [] : leadsFrom(owner.email);
  const had = earlier.flatMap(({ email, formerEmails = [] }) => [
    ...(email === undefined ? [] : [email]),
    ...formerEmails,
  ]);
  const formerEmails = [...new Set(had)]
    .filter((email) => !present.includes(email) && !taken.has(email))
    .slice(0, MAX_FORMER_EMAILS);
  return formerEmails.length === 0 ? owner : { ...owner, formerEmails };
}

/** What is kept of somebody whom HubSpot lists no more: ids and former addresses, neither names nor teams. */
export function toUnlisted(earlier: readonly [Owner, ...Owner[]], listed: Listed = NOTHING_LISTED): Owner {
  const [{ id, type, userId, user }] = earlier;
  const isKept = user !== undefined && !listed.recordIds.has(user.recordId);
  const internalUserId = untaken(user?.internalUserId, listed);
  const owner: Owner = {
    id,
    type,
    archived: true,
    userId: untaken(userId, listed),
    email: undefined,
    firstName: '',
    lastName: '',
    teams: [],
    ...(isKept && { user: { recordId: user.recordId, internalUserId, availability: '' } }),
    unlisted: true,
  };
  return withHistory(owner, earlier, listed.addresses);
}

/** What belongs to people whom HubSpot lists. */
export type Listed = {
  /** Those that lead to an active person. */
  readonly addresses: ReadonlySet<OwnerEmail>;
  readonly userIds: ReadonlySet<UserId>;
  readonly recordIds: ReadonlySet<UserRecordId>;
};
const NOTHING_LISTED: Listed = { addresses: NOBODY, userIds: new Set(), recordIds: new Set() };

export function gatherListed(owners: ReadonlyMap<OwnerId, Owner>): Listed {
  const addresses = new Set<OwnerEmail>();
  const userIds = new Set<UserId>();
  const recordIds = new Set<UserRecordId>();
  for (const owner of owners.values()) {
    if (isAssignable(owner) && owner.email !== undefined)
      for (const email of leadsFrom(owner.email)) addresses.add(email);
    for (const id of [owner.userId, owner.user?.internalUserId]) if (id !== undefined) userIds.add(id);
    if (owner.user !== undefined) recordIds.add(owner.user.recordId);
  }
  return { addresses, userIds, recordIds };
}

/** One user may have got another owner: then the user's id leads to that one. */
function untaken(id: UserId | undefined, { userIds }: Listed): UserId | undefined {
  return id === undefined || userIds.has(id) ? undefined : id;
}
