import { type OwnerEmail, readOwnerEmail } from '../../domain/email.ts';
import { type OwnerId, type PortalId, parseOwnerId } from '../../domain/ids.ts';
import type { Owner } from '../../domain/owner.ts';
import type { OwnerResolver } from '../../ports/steps.ts';

/** How somebody is named: by their owner id, or by an email. */
export type OwnerRef =
  | { readonly kind: 'ownerId'; readonly ownerId: OwnerId }
  | { readonly kind: 'email'; readonly email: OwnerEmail };

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

/** Undefined when the value is neither one owner id nor one email. */
export function readOwnerRef(value: unknown): OwnerRef | undefined {
  const reading = typeof value === 'string' ? readOwnerEmail(value) : undefined;
  if (reading?.kind === 'email') return reading;
  const ownerId = parseOwnerId(reading?.kind === 'number' ? reading.digits : value);
  return ownerId && { kind: 'ownerId', ownerId };
}
