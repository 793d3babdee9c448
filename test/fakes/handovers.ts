import type { BatchWrites, HandoverBatch } from '../../lib/domain/handover.ts';
import type { OwnerId } from '../../lib/domain/ids.ts';
import type { Handovers, NightlyHandovers, StoredHandover } from '../../lib/ports/handovers.ts';

/** Handovers in maps. What is kept is a copy, as it is in a table. */
export function createFakeHandovers(): Handovers & NightlyHandovers {
  const rows = new Map<string, StoredHandover>();
  const batches = new Map<string, HandoverBatch>();
  const writes = new Map<string, BatchWrites>();
  const nightly = new Set<string>();
  return {
    async create(portalId, handover) {
      const standing = rows.get(`${portalId}/${handover.id}`);
      if (standing !== undefined) return structuredClone(standing);
      const stored = structuredClone({ ...handover, version: 1 });
      rows.set(`${portalId}/${handover.id}`, stored);
      return stored;
    },
    async read(portalId, id) {
      return structuredClone(rows.get(`${portalId}/${id}`));
    },
    async list(portalId) {
      const own = [...rows].filter(([key]) => key.startsWith(`${portalId}/`)).map(([, row]) => structuredClone(row));
      return own.sort((one, other) => other.plannedAtEpochMs - one.plannedAtEpochMs);
    },
    async save(portalId, handover) {
      const key = `${portalId}/${handover.id}`;
      if (rows.get(key)?.version !== handover.version) return undefined;
      const stored = structuredClone({ ...handover, version: handover.version + 1 });
      rows.set(key, stored);
      return stored;
    },
    async listNightly(portalId) {
      const own = [...nightly].filter((key) => key.startsWith(`${portalId}/`));
      return own.map((key) => key.split('/')[1] as OwnerId).sort();
    },
    async setNightly(portalId, leaverId, isNightly) {
      const key = `${portalId}/${leaverId}`;
      if (isNightly) nightly.add(key);
      else nightly.delete(key);
    },
    async saveBatch({ portalId, handoverId, number }, batch, replaced = batch) {
      const key = `${portalId}/${handoverId}/${number}`;
      const standing = batches.get(key);
      if (standing !== undefined && JSON.stringify(standing) !== JSON.stringify(replaced))
        return structuredClone(standing);
      batches.set(key, structuredClone(batch));
      return batch;
    },
    async readBatch({ portalId, handoverId, number }) {
      return structuredClone(batches.get(`${portalId}/${handoverId}/${number}`));
    },
    async readWrites({ portalId, handoverId, number }, kind) {
      return structuredClone(writes.get(`${portalId}/${handoverId}/${kind}/${number}`));
    },
    async addWrites({ portalId, handoverId, number }, kind, ids, atEpochMs) {
      const key = `${portalId}/${handoverId}/${kind}/${number}`;
      const before = writes.get(key);
      writes.set(key, {
        ids: [...new Set([...(before?.ids ?? []), ...ids])],
        firstAtEpochMs: before?.firstAtEpochMs ?? atEpochMs,
        lastAtEpochMs: atEpochMs,
      });
    },
    async isStill(portalId, id, status) {
      const standing = rows.get(`${portalId}/${id}`);
      return standing?.status === status && !standing.isStopped;
    },
  };
}
