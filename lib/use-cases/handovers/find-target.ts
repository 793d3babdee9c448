import { followSuccessors } from '../../domain/successor.ts';
import type { FindTarget } from '../../ports/handovers.ts';
import type { OwnerResolver } from '../../ports/steps.ts';
import type { Successors } from '../../ports/store.ts';

/** Finds the owner who gets a leaver's records: the first active person in the chain of successors. */
export function createFindTarget(
  successors: Pick<Successors, 'findSuccessorId'>,
  findOwner: OwnerResolver['resolveOwnerId'],
): FindTarget {
  return async function findTarget(portalId, leaverId, deadline) {
    const succession = await followSuccessors(
      leaverId,
      (id) => successors.findSuccessorId(portalId, id),
      (id) => findOwner(portalId, id, deadline),
    );
    return succession.kind === 'found' ? succession.owner.id : undefined;
  };
}
