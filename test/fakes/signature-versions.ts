import type { PortalId } from '../../lib/domain/ids.ts';
import type { SignatureVersions } from '../../lib/ports/store.ts';

/** Which portals sent v3, in a set. */
export function createFakeSignatureMemory(): SignatureVersions {
  const sent = new Set<PortalId>();
  return {
    noteV3: async (portalId) => void sent.add(portalId),
    hasSentV3: async (portalId) => sent.has(portalId),
  };
}
