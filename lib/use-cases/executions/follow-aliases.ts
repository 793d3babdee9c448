import { domainOf, moveTo } from '../../domain/alias.ts';
import { bondOf } from '../../domain/choose-owner.ts';
import { isAssignable } from '../../domain/owner.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Aliases } from '../../ports/store.ts';
import { type Answered, redirecting } from './redirect.ts';

export type FollowAliasesDeps = {
  readonly resolver: OwnerResolver;
  /** Asked only where no active person has the address, which costs such an execution one or two reads by key. */
  readonly aliases: Pick<Aliases, 'find'>;
};

/**
 * A resolver that also knows the addresses which lead to somebody by an alias. An active person's own address always wins.
 * An alias wins over a former address, because somebody meant it; whoever it leads to passes the leaver guard by id.
 *
 * When they left, they are refused like any leaver, so that their successor takes their place.
 */
export function createAddressAliasResolver({ resolver, aliases }: FollowAliasesDeps): OwnerResolver {
  return redirecting(resolver, async (portalId, resolution, deadlineEpochMs) => {
    if (hasOwnHolder(resolution)) return undefined;
    const alias = await aliases.find(portalId, { kind: 'address', alias: resolution.email });
    if (alias?.kind !== 'address') return undefined;
    const owner = await resolver.resolveOwnerId(portalId, alias.ownerId, deadlineEpochMs);
    if (owner === undefined || (!owner.archived && !isAssignable(owner))) return undefined;
    const { email, from = 'CACHE', ageSeconds = 0 } = resolution;
    const match = { matchedBy: 'ALIAS', email, from, ageSeconds } as const;
    return owner.archived
      ? { kind: 'refused', code: 'OWNER_DEACTIVATED', about: [owner], ...match }
      : { kind: 'assignable', owner, ...match };
  });
}

/**
 * A resolver that looks for the same name at the domain which took the place of a former one. It comes last: a person who
 * had the very address, and the successor of one who left with it, are known better than a name is.
 */
export function createDomainAliasResolver({ resolver, aliases }: FollowAliasesDeps): OwnerResolver {
  return redirecting(resolver, async (portalId, resolution, deadlineEpochMs, isLive) => {
    if (resolution.kind === 'assignable' || hasOwnHolder(resolution)) return undefined;
    const alias = await aliases.find(portalId, { kind: 'domain', alias: domainOf(resolution.email) });
    const moved = alias?.kind === 'domain' ? moveTo(alias.toDomain, resolution.email) : undefined;
    if (moved === undefined) return undefined;
    const there = isLive
      ? await resolver.lookUpLive(portalId, moved, deadlineEpochMs)
      : await resolver.resolveEmail(portalId, moved, deadlineEpochMs);
    // It leads to somebody who exists, or changes nothing.
    return there.kind === 'assignable' ? { ...there, matchedBy: 'ALIAS', email: resolution.email } : undefined;
  });
}

/** Somebody active has the address now: one person, or several. A queue is nobody. */
function hasOwnHolder(resolution: Answered): boolean {
  if (resolution.kind === 'assignable') return resolution.matchedBy !== 'FORMER_EMAIL';
  if (resolution.code !== 'OWNER_AMBIGUOUS') return false;
  return resolution.about.some((owner) => bondOf(resolution.email, owner) !== 'former');
}
