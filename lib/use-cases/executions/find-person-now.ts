import type { Deadline } from '../../domain/deadline.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import { addressesOf, type Owner } from '../../domain/owner.ts';
import type { OwnerResolver } from '../../ports/steps.ts';

/**
 * The owner that somebody named by ID, as a successor or behind an alias. A person who left and came back may have another owner
 * ID, as the same user. Nobody has to name them again: their address leads to who they are now.
 */
export async function findPersonNow(
  resolver: OwnerResolver,
  portalId: PortalId,
  named: OwnerId,
  deadline: Deadline,
): Promise<Owner | undefined> {
  const owner = await resolver.resolveOwnerId(portalId, named, deadline);
  if (owner?.archived !== true || owner.userId === undefined) return owner;
  const [address] = addressesOf(owner);
  if (address === undefined) return owner;
  const found = await resolver.resolveEmail(portalId, address, deadline);
  // The same ID again is one that HubSpot refused a moment ago.
  const isBack = found.kind === 'assignable' && found.owner.userId === owner.userId && found.owner.id !== named;
  return isBack ? found.owner : owner;
}
