import type { ObjectType } from './state.ts';

/**
 * Makes `mergedId`, and the IDs that led to it before, old IDs of `survivorId`. The single update still accepts them (object
 * APIs, read 2026-11-23).
 * @returns false if there is no such record to merge
 */
export function mergeRecord(type: ObjectType, mergedId: string, survivorId: string): boolean {
  if (!type.records.delete(mergedId)) return false;
  for (const [oldId, target] of type.mergedInto) if (target === mergedId) type.mergedInto.set(oldId, survivorId);
  type.mergedInto.set(mergedId, survivorId);
  return true;
}
