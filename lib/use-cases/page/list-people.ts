import type { AddressAlias } from '../../domain/alias.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { People } from '../../ports/page.ts';
import type { Aliases } from '../../ports/store.ts';

export type ListPeopleDeps = { readonly people: People; readonly aliases: Pick<Aliases, 'list'> };

export type ListedPerson = {
  readonly owner: Owner;
  readonly aliases: readonly AddressAlias[];
  readonly successorId: OwnerId | undefined;
  /** Undefined also if the ID belongs to nobody any more. */
  readonly successor: Owner | undefined;
};

/**
 * The maximum number of reads for one page, each of a thousand owners or more. A page that is not full after them says where it
 * stopped.
 */
const MAX_READS = 5;

/** Leavers, and other people with more than one address that leads to them, by ID. */
export function createListPeople({ people, aliases }: ListPeopleDeps) {
  return async function listPeople(
    portalId: PortalId,
    after: OwnerId | undefined,
    limit: number,
  ): Promise<{ readonly entries: readonly ListedPerson[]; readonly after?: OwnerId }> {
    const addresses = (await aliases.list(portalId)).filter((alias) => alias.kind === 'address');
    const ofOwner = Map.groupBy(addresses, ({ ownerId }) => ownerId);
    const found: Owner[] = [];
    let next: OwnerId | undefined = after;
    for (let reads = 0; reads < MAX_READS && found.length <= limit; reads += 1) {
      const page = await people.listPage(portalId, next);
      found.push(...page.owners.filter((owner) => isListed(owner) || ofOwner.has(owner.id)));
      next = page.after;
      if (next === undefined) break;
    }
    const shown = found.slice(0, limit);
    const end = found.length > limit ? shown.at(-1)?.id : next;
    return { entries: await complete(portalId, shown, ofOwner), ...(end !== undefined && { after: end }) };
  };

  async function complete(
    portalId: PortalId,
    shown: readonly Owner[],
    ofOwner: ReadonlyMap<OwnerId, readonly AddressAlias[]>,
  ): Promise<ListedPerson[]> {
    const successorIds = await people.findSuccessorIds(
      portalId,
      shown.map(({ id }) => id),
    );
    const successors = await people.findPresentOwners(portalId, [...successorIds.values()]);
    return shown.map((owner) => {
      const successorId = successorIds.get(owner.id);
      const successor = successorId && successors.get(successorId);
      return { owner, aliases: ofOwner.get(owner.id) ?? [], successorId, successor };
    });
  }
}

/** A queue is not a leaver, and its former addresses lead nowhere. */
function isListed({ type, archived, formerEmails }: Owner): boolean {
  return type === 'PERSON' && (archived || formerEmails !== undefined);
}
