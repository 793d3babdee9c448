import type { OwnerId } from '../../lib/domain/ids.ts';
import type { Successors } from '../../lib/ports/store.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeSuccessors = Successors & { readonly outage: Outage; readonly reads: () => number };

/** The successor map in a map. */
export function createFakeSuccessors(): FakeSuccessors {
  const successorIds = new Map<string, OwnerId>();
  const outage = makeOutage();
  let reads = 0;
  return {
    outage,
    reads: () => reads,
    async findSuccessorId(portalId, leaverId) {
      reads += 1;
      outage.check();
      return successorIds.get(JSON.stringify([portalId, leaverId]));
    },
    async setSuccessor(portalId, leaverId, successorId) {
      outage.check();
      successorIds.set(JSON.stringify([portalId, leaverId]), successorId);
    },
    async removeSuccessor(portalId, leaverId) {
      outage.check();
      successorIds.delete(JSON.stringify([portalId, leaverId]));
    },
  };
}
