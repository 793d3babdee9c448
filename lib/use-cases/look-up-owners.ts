import { toUnlisted, withHistory } from '../domain/address-history.ts';
import { type Bond, bondOf } from '../domain/choose-owner.ts';
import { type OwnerEmail, spellingsOf } from '../domain/email.ts';
import type { OwnerId, PortalId } from '../domain/ids.ts';
import { isAssignable, type Owner } from '../domain/owner.ts';
import type { OwnerDirectory, OwnerListing } from '../domain/ports.ts';

export type LookUp = {
  readonly portalId: PortalId;
  readonly email: OwnerEmail;
  /** As the workflow gave it. */
  readonly input: string | undefined;
  /** Whom the cache knows under the email, however long ago. */
  readonly known: readonly Owner[];
};

/**
 * Asks HubSpot whom an email leads to. Its `email` filter may be exact, go by case or by prefix (not documented, read
 * 2026-11-26): so it is asked for each spelling, its answer is filtered again, and whom it leaves out is asked for by id.
 */
export function createLookUpOwners(directory: OwnerDirectory) {
  return { findHolders, confirmOnly, findById };

  /** Everybody the email leads to now. Archived owners are not asked for where somebody active has the email. */
  async function findHolders({ portalId, email, input, known }: LookUp, deadlineEpochMs: number): Promise<Owner[]> {
    const found = new Map<OwnerId, Owner>();
    const isHeld = (...bonds: (Bond | undefined)[]) =>
      [...found.values()].some((owner) => isAssignable(owner) && bonds.includes(bondOf(email, owner)));
    const list = async (listing: OwnerListing) => {
      for (const spelling of spellingsOf(email, input)) {
        for (const owner of await directory.listByEmail(portalId, spelling, listing, deadlineEpochMs)) {
          if (bondOf(email, owner) !== undefined) found.set(owner.id, owner);
        }
        // Where the usual spelling is in Unicode, somebody else may have the same email in punycode.
        if (isHeld('exact') && /^\p{ASCII}*$/u.test(spelling)) return;
      }
    };
    await list('active');
    const isPersons = isHeld('exact', 'suffixed');
    if ([...found.values()].every(({ archived }) => archived)) await list('archived');
    for (const owner of known.filter(({ id }) => !found.has(id))) {
      // One who left takes the email from no active person, so they are kept as they were.
      found.set(owner.id, isPersons && owner.archived ? owner : await confirm(portalId, owner, deadlineEpochMs));
    }
    return [...found.values()];
  }

  /**
   * Confirms by id the one active person who has the email, and whoever else in the row might be active.
   * @returns undefined where that does not settle it
   */
  async function confirmOnly(
    { portalId, email, known }: LookUp,
    holder: Owner,
    deadlineEpochMs: number,
  ): Promise<Owner[] | undefined> {
    const now = await directory.findById(portalId, holder.id, 'active', deadlineEpochMs);
    if (now === undefined || !isAssignable(now) || now.email !== email) return undefined;
    const owners = [withHistory(now, [holder])];
    for (const owner of known.filter(({ id }) => id !== holder.id)) {
      owners.push(owner.archived ? owner : await confirm(portalId, owner, deadlineEpochMs));
    }
    return owners;
  }

  async function confirm(portalId: PortalId, before: Owner, deadlineEpochMs: number): Promise<Owner> {
    const now = await findById(portalId, before.id, before.archived, deadlineEpochMs);
    return now === undefined ? toUnlisted([before]) : withHistory(now, [before]);
  }

  /** Either listing has an owner, never both: the likelier one is asked first. */
  async function findById(
    portalId: PortalId,
    ownerId: OwnerId,
    isProbablyArchived: boolean,
    deadlineEpochMs: number,
  ): Promise<Owner | undefined> {
    const listings: OwnerListing[] = isProbablyArchived ? ['archived', 'active'] : ['active', 'archived'];
    for (const listing of listings) {
      const owner = await directory.findById(portalId, ownerId, listing, deadlineEpochMs);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}
