import type { OwnerId, PortalId } from '../domain/ids.ts';
import type { ItemKey } from './table.ts';

/**
 * Keys of what the nightly refresh keeps for itself. They begin with the portal like all others, and `listing` gathers the
 * owners of the last sweep in one partition, so that a query lists them.
 */
export function refreshStateKey(portalId: PortalId): ItemKey {
  return { pk: { S: `portal#${portalId}#refresh` }, sk: { S: 'state' } };
}

export function listingPartition(portalId: PortalId): string {
  return `portal#${portalId}#listing`;
}

export function listedOwnerKey(portalId: PortalId, ownerId: OwnerId): ItemKey {
  return { pk: { S: listingPartition(portalId) }, sk: { S: ownerId } };
}

export function parkedSweepPartition(portalId: PortalId, runId: string): string {
  return `portal#${portalId}#sweep#${runId}`;
}

/** `0` is the sweep's position, the others are its owners in pieces that fit an item. */
export function parkedSweepKey(portalId: PortalId, runId: string, piece: number): ItemKey {
  return { pk: { S: parkedSweepPartition(portalId, runId) }, sk: { S: String(piece).padStart(6, '0') } };
}
