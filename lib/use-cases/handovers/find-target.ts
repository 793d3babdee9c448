import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import { followSuccessors } from '../../domain/successor.ts';
import type { FindTarget } from '../../ports/handovers.ts';
import type { Successors } from '../../ports/store.ts';

/** Finds who gets a leaver's records: the first active person of the chain of successors, as `findOwner` knows them. */
export function createFindTarget(
  successors: Pick<Successors, 'findSuccessorId'>,
  findOwner: (portalId: PortalId, ownerId: OwnerId, deadlineEpochMs: number) => Promise<Owner | undefined>,
): FindTarget {
  return async function findTarget(portalId, leaverId, deadlineEpochMs) {
    const succession = await followSuccessors(
      leaverId,
      (id) => successors.findSuccessorId(portalId, id),
      (id) => findOwner(portalId, id, deadlineEpochMs),
    );
    return succession.kind === 'found' ? succession.owner.id : undefined;
  };
}
