import { addCounts, type BatchWrites, type Handover } from '../../domain/handover.ts';
import { MAX_CLOCK_SKEW_MS } from '../../domain/held-owner.ts';
import type { ObjectId, PortalId } from '../../domain/ids.ts';
import type { Handovers, RewriteBatch, WriteKind } from '../../ports/handovers.ts';
import type { Now } from '../../ports/telemetry.ts';

export type MoveBatchDeps = {
  readonly rewriteBatch: RewriteBatch;
  readonly handovers: Pick<Handovers, 'readBatch' | 'readWrites' | 'saveWrites'>;
  readonly now: Now;
};

/** A write that was begun reaches HubSpot within the life of a function. */
const WRITE_MS = 60_000;

/**
 * Moves, or undoes, the next batch of a handover. What is about to be written is kept before it is written, so that a run after
 * a crash knows its own writes, and an undo knows which owners are ours.
 * @returns the handover after the batch, to be saved
 */
export function createMoveBatch({ rewriteBatch, handovers, now }: MoveBatchDeps) {
  return { moveBatch, undoBatch };

  async function moveBatch(portalId: PortalId, handover: Handover, deadlineEpochMs: number): Promise<Handover> {
    const { id, position, leaverId, target, plannedAtEpochMs, calls, moved } = handover;
    const batch = await handovers.readBatch(portalId, id, position);
    if (batch === undefined) return { ...handover, status: 'failed', reason: 'PLAN_EXPIRED' };
    const before = await handovers.readWrites(portalId, id, 'moved', position);
    const rewritten = await rewriteBatch(
      {
        portalId,
        batch,
        from: leaverId,
        to: target,
        mayReplace: (setAtEpochMs) => setAtEpochMs <= plannedAtEpochMs,
        unchangedSinceEpochMs: plannedAtEpochMs,
        begun: new Set(before?.ids),
        deadlineEpochMs,
      },
      (ids) => note(portalId, id, 'moved', position, before, ids),
    );
    return {
      ...handover,
      position: position + 1,
      moved: addCounts(moved, rewritten.counts),
      calls: calls + rewritten.calls,
    };
  }

  /** Only what this handover wrote and nobody changed since gets the leaver back. */
  async function undoBatch(portalId: PortalId, handover: Handover, deadlineEpochMs: number): Promise<Handover> {
    const { id, position, leaverId, target, calls, undone } = handover;
    const next = { ...handover, position: position + 1 };
    const batch = await handovers.readBatch(portalId, id, position);
    const written = await handovers.readWrites(portalId, id, 'moved', position);
    if (written === undefined) return next;
    if (batch === undefined) return { ...handover, status: 'failed', reason: 'PLAN_EXPIRED' };
    const before = await handovers.readWrites(portalId, id, 'undone', position);
    const [first, last] = [written.firstAtEpochMs - MAX_CLOCK_SKEW_MS, written.lastAtEpochMs + WRITE_MS];
    const rewritten = await rewriteBatch(
      {
        portalId,
        batch: { ...batch, ids: written.ids },
        from: target,
        to: leaverId,
        mayReplace: (setAtEpochMs) => setAtEpochMs >= first && setAtEpochMs <= last,
        unchangedSinceEpochMs: last,
        begun: new Set(before?.ids),
        deadlineEpochMs,
      },
      (ids) => note(portalId, id, 'undone', position, before, ids),
    );
    return { ...next, undone: addCounts(undone, rewritten.counts), calls: calls + rewritten.calls };
  }

  async function note(
    portalId: PortalId,
    id: string,
    kind: WriteKind,
    position: number,
    before: BatchWrites | undefined,
    ids: readonly ObjectId[],
  ): Promise<void> {
    const atEpochMs = now();
    await handovers.saveWrites(portalId, id, kind, position, {
      ids: [...new Set([...(before?.ids ?? []), ...ids])],
      firstAtEpochMs: before?.firstAtEpochMs ?? atEpochMs,
      lastAtEpochMs: atEpochMs,
    });
  }
}
