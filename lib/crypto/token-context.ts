import type { PortalId } from '../domain/ids.ts';

/** What ciphertext is bound to: copied into another portal's row it opens for nobody. KMS writes it to CloudTrail. */
export function contextOf(portalId: PortalId): { readonly portalId: PortalId; readonly app: string } {
  return { portalId, app: 'set-owner-by-email' };
}
