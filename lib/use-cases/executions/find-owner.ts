import { provenance, reason } from '../../domain/resolution.ts';
import type { FindOwner, OwnerResolver } from '../../ports/steps.ts';

/**
 * Finds the owner of an email and writes nothing. `FOUND` is an assignable owner; everything else is `FAILED` with an error code.
 */
export function createFindOwner(resolver: OwnerResolver): FindOwner {
  return async function findOwner({ portalId, ownerEmail }, deadline) {
    const resolution = await resolver.resolveEmail(portalId, ownerEmail, deadline);
    const facts = { ...provenance(resolution), ...reason(resolution) };
    return resolution.kind === 'assignable'
      ? { outcome: 'FOUND', ownerId: resolution.owner.id, ...facts }
      : { outcome: 'FAILED', ...facts };
  };
}
