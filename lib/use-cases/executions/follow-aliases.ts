import { toForgotten } from '../../domain/address-history.ts';
import { domainOf, moveTo } from '../../domain/alias.ts';
import { isOwnHolder } from '../../domain/choose-owner.ts';
import { isAssignable } from '../../domain/owner.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Aliases } from '../../ports/store.ts';
import { type Answered, redirecting } from './redirect.ts';

export type FollowAliasesDeps = {
  readonly resolver: OwnerResolver;
  /** Read only if no active person has the address: one or two reads by key. */
  readonly aliases: Pick<Aliases, 'find'>;
};

/**
 * A resolver that also follows aliases of addresses. An active person's own address always wins. An alias wins over a former
 * address, because somebody set it on purpose. Its owner is confirmed by ID, like any owner.
 *
 * If that owner left, they are refused like any leaver, so that their successor replaces them. So is an owner of whom nothing is
 * known any more: an alias is set for active people only.
 */
export function createAddressAliasResolver({ resolver, aliases }: FollowAliasesDeps): OwnerResolver {
  return redirecting(resolver, async (portalId, resolution, deadline) => {
    if (hasOwnHolder(resolution)) return undefined;
    const alias = await aliases.find(portalId, { kind: 'address', alias: resolution.email });
    if (alias?.kind !== 'address') return undefined;
    const { ownerId } = alias;
    const known = await resolver.resolvePresentOwner(portalId, ownerId, deadline);
    const isGone = known === undefined && (await resolver.isActiveOwner(portalId, ownerId, deadline)) === false;
    const owner = isGone ? toForgotten(ownerId) : known;
    if (owner === undefined || (!owner.archived && !isAssignable(owner))) return undefined;
    const { email, from = 'CACHE', ageSeconds = 0 } = resolution;
    const match = { matchedBy: 'ALIAS', email, from, ageSeconds } as const;
    return owner.archived
      ? { kind: 'refused', code: 'OWNER_DEACTIVATED', about: [owner], ...match }
      : { kind: 'assignable', owner, ...match };
  });
}

/**
 * A resolver that looks for the same name at the domain that replaced a former one. It comes last: a former owner of the exact
 * address, the person of its alias, or a leaver's successor, is more certain than a name.
 */
export function createDomainAliasResolver({ resolver, aliases }: FollowAliasesDeps): OwnerResolver {
  return redirecting(resolver, async (portalId, resolution, _deadline, resolve) => {
    if (resolution.kind === 'assignable' || hasOwnHolder(resolution)) return undefined;
    // Somebody said whose address it is. That this person left makes it nobody else's.
    if (resolution.matchedBy === 'ALIAS') return undefined;
    const alias = await aliases.find(portalId, { kind: 'domain', alias: domainOf(resolution.email) });
    const moved = alias?.kind === 'domain' ? moveTo(alias.toDomain, resolution.email) : undefined;
    if (moved === undefined) return undefined;
    const there = await resolve(moved);
    // It leads to an existing person, or has no effect.
    return there.kind === 'assignable' ? { ...there, matchedBy: 'ALIAS', email: resolution.email } : undefined;
  });
}

function hasOwnHolder(resolution: Answered): boolean {
  if (resolution.kind === 'assignable') return resolution.matchedBy !== 'FORMER_EMAIL';
  return resolution.about.some((owner) => isOwnHolder(resolution.email, owner));
}
