import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { OwnerRef } from '../../domain/owner-ref.ts';
import type { OwnerResolver } from '../../ports/steps.ts';

export type FoundPerson =
  | { readonly kind: 'found'; readonly owner: Owner }
  | { readonly kind: 'absent'; readonly by: OwnerRef['kind'] }
  | { readonly kind: 'ambiguous'; readonly ownerIds: readonly OwnerId[] };

/** Finds the one owner that is meant, active or not. An email is asked live, because what people say here lasts. */
export function createFindPerson(resolver: Pick<OwnerResolver, 'resolveOwnerId' | 'lookUpLive'>) {
  return async function findPerson(portalId: PortalId, ref: OwnerRef, deadlineEpochMs: number): Promise<FoundPerson> {
    if (ref.kind === 'ownerId') {
      const owner = await resolver.resolveOwnerId(portalId, ref.ownerId, deadlineEpochMs);
      return owner === undefined ? { kind: 'absent', by: 'ownerId' } : { kind: 'found', owner };
    }
    const resolution = await resolver.lookUpLive(portalId, ref.email, deadlineEpochMs);
    if (resolution.kind === 'assignable') return { kind: 'found', owner: resolution.owner };
    const [first, second] = resolution.about;
    if (first === undefined) return { kind: 'absent', by: 'email' };
    if (second === undefined) return { kind: 'found', owner: first };
    return { kind: 'ambiguous', ownerIds: resolution.about.map(({ id }) => id) };
  };
}
