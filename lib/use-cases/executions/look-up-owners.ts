import { gatherTakenSince, gatherTakers, sinceThen, withHistory, withoutTaken } from '../../domain/address-history.ts';
import { bondOf } from '../../domain/choose-owner.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { type OwnerEmail, spellingsOf } from '../../domain/email.ts';
import { UpstreamContractError } from '../../domain/errors.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { isAssignable, type Owner } from '../../domain/owner.ts';
import type { OwnerListing, OwnersApi } from '../../ports/hubspot.ts';

export type LookUp = {
  readonly portalId: PortalId;
  readonly email: OwnerEmail;
  /** The text from the workflow. */
  readonly input?: string | undefined;
  /** The owners whom the cache has for the email, however old; undefined if it could not be read. */
  readonly known: readonly Owner[] | undefined;
};

type Wanted = {
  readonly id: OwnerId;
  readonly archived?: boolean;
  /** As they were known before; undefined when nobody ever saw them. */
  readonly before?: Owner | undefined;
};

/**
 * Asks HubSpot for the owners of an email. HubSpot's `email` filter may compare exactly, by case or by prefix (not documented,
 * read 2026-11-26). So each spelling is requested, the answer is filtered again, and missing known owners are requested by ID.
 */
export function createLookUpOwners(ownersApi: OwnersApi) {
  return { findHolders, confirmHolder, findById };

  /** Everybody the email leads to now. Archived owners are not requested if an active person has the email. */
  async function findHolders({ portalId, email, input, known = [] }: LookUp, deadline: Deadline): Promise<Owner[]> {
    const found = new Map<OwnerId, Owner>();
    const isExact = (owner: Owner) => isAssignable(owner) && owner.email === email;
    const list = async (listing: OwnerListing) => {
      for (const spelling of spellingsOf(email, input)) {
        const owners = await ownersApi.listByEmail(portalId, spelling, listing, deadline);
        for (const owner of owners) if (bondOf(email, owner) !== undefined) found.set(owner.id, owner);
        // If the usual spelling is in Unicode, another owner may have the same email in punycode.
        if (/^\p{ASCII}*$/u.test(spelling) && [...found.values()].some(isExact)) return;
      }
    };
    await list('active');
    const isPersons = [...found.values()].some(isAssignable);
    if ([...found.values()].every(({ archived }) => archived)) await list('archived');
    const taken = gatherTakenSince(known);
    const isTaken = gatherTakers(known).has(email);
    // Who had it before an active person had it, has lost it, also if that person left since.
    const hasLostIt = (owner: Owner) => isTaken && !owner.archived && bondOf(email, owner) === 'former';
    for (const owner of known.filter(({ id }) => !found.has(id))) {
      // A leaver cannot take the email from an active person, so they need not be confirmed.
      if (isPersons && owner.archived) found.set(owner.id, owner);
      else {
        const [before = owner] = withoutTaken([owner], taken);
        const present = await confirm(portalId, before, deadline);
        const bond = bondOf(email, present);
        if (bond !== undefined && !(bond === 'former' && hasLostIt(owner))) found.set(owner.id, present);
      }
    }
    return [...found.values()];
  }

  /**
   * The cached row, if its one holder still has the email: one call for the holder, and one for other people in it who may be
   * active.
   */
  async function confirmHolder(
    { portalId, email, known = [] }: LookUp,
    holder: Owner,
    deadline: Deadline,
  ): Promise<Owner[] | undefined> {
    const now = await ownersApi.findById(portalId, holder.id, 'active', deadline);
    if (now === undefined || now === 'odd' || !isAssignable(now) || now.email !== email) return undefined;
    const owners = [withHistory(now, [holder])];
    for (const owner of known.filter(({ id }) => id !== holder.id)) {
      owners.push(owner.archived ? owner : await confirm(portalId, owner, deadline));
    }
    return owners;
  }

  async function confirm(portalId: PortalId, before: Owner, deadline: Deadline): Promise<Owner> {
    const now = await findById(portalId, { ...before, before }, deadline);
    // Neither gone nor of a type we know. As in a sync, the row stays as it is.
    if (now === 'odd') throw new UpstreamContractError('a known owner has become of an unknown type');
    return sinceThen(before, now);
  }

  /** Either listing has an owner, never both: the likelier one is asked first. An odd row among those who left is a leaver's. */
  async function findById(
    portalId: PortalId,
    { id, archived = false, before }: Wanted,
    deadline: Deadline,
  ): Promise<Owner | 'odd' | undefined> {
    for (const listing of archived ? (['archived', 'active'] as const) : (['active', 'archived'] as const)) {
      const found = await ownersApi.findById(portalId, id, listing, deadline);
      if (found === 'odd' && listing === 'archived' && before !== undefined) return { ...before, archived: true };
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
