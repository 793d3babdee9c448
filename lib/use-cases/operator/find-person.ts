import type { FindPerson, OwnerResolver } from '../../ports/steps.ts';

/**
 * Finds the one matching owner, active or not. An email is looked up in HubSpot, because the change that follows is permanent.
 */
export function createFindPerson(resolver: Pick<OwnerResolver, 'resolveOwnerId' | 'lookUpLive'>): FindPerson {
  return async function findPerson(portalId, ref, deadline) {
    if (ref.kind === 'ownerId') {
      const owner = await resolver.resolveOwnerId(portalId, ref.ownerId, deadline);
      return owner === undefined ? { kind: 'absent', by: 'ownerId' } : { kind: 'found', owner };
    }
    const resolution = await resolver.lookUpLive(portalId, ref.email, deadline, ref.input);
    if (resolution.kind === 'assignable') return { kind: 'found', owner: resolution.owner };
    const [first, second] = resolution.about;
    if (first === undefined) return { kind: 'absent', by: 'email' };
    if (second === undefined) return { kind: 'found', owner: first };
    return { kind: 'ambiguous', ownerIds: resolution.about.map(({ id }) => id) };
  };
}
