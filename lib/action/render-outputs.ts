import { StoreUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Owner } from '../domain/owner.ts';
import type { OwnerCache } from '../ports/store.ts';
import { type OutputFields, toOutputFields } from './output-fields.ts';

/** Renders a result as the declared outputs, with the names of its owners. `asked` is the email from the workflow. */
export async function renderOutputs(
  findKnownOwner: OwnerCache['findByOwnerId'],
  portalId: PortalId,
  result: ActionResult,
  asked: string,
  installUrl = '',
): Promise<OutputFields> {
  return toOutputFields(result, asked, await findPeople(findKnownOwner, portalId, result), installUrl);
}

async function findPeople(
  findKnownOwner: OwnerCache['findByOwnerId'],
  portalId: PortalId,
  { ownerId, previousOwnerId, substitutedFor, aboutOwnerIds = [] }: ActionResult,
): Promise<Owner[]> {
  const named = [ownerId, previousOwnerId, substitutedFor, ...aboutOwnerIds];
  const ids = new Set(named.flatMap((id) => id || []));
  try {
    const found = await Promise.all([...ids].map((id) => findKnownOwner(portalId, id)));
    return found.flatMap((cached) => cached?.owner ?? []);
  } catch (error) {
    // Names are optional: the answer is true without them.
    if (error instanceof StoreUnavailableError) return [];
    throw error;
  }
}
