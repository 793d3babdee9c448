import { addCounts, type BatchWrites, type Handover, type HandoverCounts, NO_COUNTS } from '../../domain/handover.ts';
import { MAX_CLOCK_SKEW_MS } from '../../domain/held-owner.ts';
import type { ObjectId, PortalId } from '../../domain/ids.ts';
import type { HandoverStep, Handovers, RewriteBatch, WriteKind } from '../../ports/handovers.ts';
import type { Now } from '../../ports/telemetry.ts';

export type MoveBatchDeps = {
  readonly rewriteBatch: RewriteBatch;
  readonly handovers: Pick<Handovers, 'readBatch' | 'readWrites' | 'saveWrites'>;
  readonly now: Now;
};

/** A write that was begun reaches HubSpot within the life of the function, which may wait for permits before it. */
const WRITE_MS = 6 * 60_000;

/** Batches at a time: so many calls are under way that HubSpot's limit and not its speed decides. */
const WIDTH = 8;

type Batch = {
  readonly portalId: PortalId;
  readonly handover: Handover;
  readonly number: number;
  readonly deadlineEpochMs: number;
};
type Moved = { readonly counts: HandoverCounts; readonly calls: number };

/**
 * Moves, or undoes, the next batches of a handover. What is about to be written is kept before it is written, so that a run after
 * a crash knows its own writes, and an undo knows which owners are ours.
 * @returns the handover after these batches, to be saved
 */
export function createMoveBatch({ rewriteBatch, handovers, now }: MoveBatchDeps) {
  return { moveBatch: stepBy('moved', moveOne), undoBatch: stepBy('undone', undoOne) };

  function stepBy(kind: WriteKind, work: (batch: Batch) => Promise<Moved | 'expired'>): HandoverStep {
    return async (portalId, handover, deadlineEpochMs) => {
      const { position, batches } = handover;
      const numbers = Array.from({ length: Math.min(WIDTH, batches - position) }, (_, index) => position + index);
      // All of them end before the first error is thrown: nothing still runs when the caller retries.
      const ended = await Promise.allSettled(
        numbers.map((number) => work({ portalId, handover, number, deadlineEpochMs })),
      );
      const moved = ended.map((one) => {
        if (one.status === 'rejected') throw one.reason;
        return one.value;
      });
      let { calls, [kind]: counts } = handover;
      for (const one of moved) {
        if (one === 'expired') return { ...handover, status: 'failed', reason: 'PLAN_EXPIRED' };
        counts = addCounts(counts, one.counts);
        calls += one.calls;
      }
      return { ...handover, position: position + numbers.length, [kind]: counts, calls };
    };
  }

  async function moveOne({ portalId, handover, number, deadlineEpochMs }: Batch): Promise<Moved | 'expired'> {
    const { id, leaverId, target, plannedAtEpochMs } = handover;
    const batch = await handovers.readBatch(portalId, id, number);
    if (batch === undefined) return 'expired';
    const before = await handovers.readWrites(portalId, id, 'moved', number);
    return rewriteBatch(
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
      (ids) => note(portalId, id, 'moved', number, before, ids),
    );
  }

  /** Only what this handover wrote and nobody changed since gets the leaver back. */
  async function undoOne({ portalId, handover, number, deadlineEpochMs }: Batch): Promise<Moved | 'expired'> {
    const { id, leaverId, target } = handover;
    const written = await handovers.readWrites(portalId, id, 'moved', number);
    if (written === undefined) return { counts: NO_COUNTS, calls: 0 };
    const batch = await handovers.readBatch(portalId, id, number);
    if (batch === undefined) return 'expired';
    const before = await handovers.readWrites(portalId, id, 'undone', number);
    const [first, last] = [written.firstAtEpochMs - MAX_CLOCK_SKEW_MS, written.lastAtEpochMs + WRITE_MS];
    return rewriteBatch(
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
      (ids) => note(portalId, id, 'undone', number, before, ids),
    );
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
