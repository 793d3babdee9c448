import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import { provenance, reason } from './resolution-facts.ts';
import type { OwnerResolver } from './resolve-owner.ts';

export type FindOwnerCommand = { readonly portalId: PortalId; readonly ownerEmail: string };

/** Finds the owner that an email stands for and writes nothing. */
export function createFindOwner(resolver: OwnerResolver) {
  return async function findOwner(command: FindOwnerCommand, deadlineEpochMs: number): Promise<ActionResult> {
    const resolution = await resolver.resolveEmail(command.portalId, command.ownerEmail, deadlineEpochMs);
    const facts = { ...provenance(resolution), ...reason(resolution) };
    return resolution.kind === 'assignable'
      ? { outcome: 'FOUND', ownerId: resolution.owner.id, ...facts }
      : { outcome: 'FAILED', ...facts };
  };
}
