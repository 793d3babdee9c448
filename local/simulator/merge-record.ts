import type { ObjectType } from './state.ts';

/**
 * Makes `mergedId` an old id of `survivorId`, and with it the ids that led to it before. The single update still understands
 * them (object APIs, read 2026-11-23).
 * @returns false when there is no such record to merge
 */
export function mergeRecord(type: ObjectType, mergedId: string, survivorId: string): boolean {
  if (!type.records.delete(mergedId)) return false;
  for (const [oldId, target] of type.mergedInto) if (target === mergedId) type.mergedInto.set(oldId, survivorId);
  type.mergedInto.set(mergedId, survivorId);
  return true;
}
