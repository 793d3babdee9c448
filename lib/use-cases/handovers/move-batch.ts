import { inParallel } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { WritesUnderWayError } from '../../domain/errors.ts';
import {
  addCounts,
  type Handover,
  type HandoverCounts,
  isUndo,
  LIFE_OF_A_RUN_MS,
  NO_COUNTS,
} from '../../domain/handover.ts';
import { MAX_CLOCK_SKEW_MS } from '../../domain/held-owner.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { BatchRef, HandoverStep, Handovers, Rewrite, RewriteBatch, WriteKind } from '../../ports/handovers.ts';
import type { Now } from '../../ports/telemetry.ts';

export type MoveBatchDeps = {
  readonly rewriteBatch: RewriteBatch;
  readonly handovers: Pick<Handovers, 'readBatch' | 'readWrites' | 'addWrites' | 'isStill'>;
  readonly now: Now;
};

/** Batches at a time: enough calls side by side that HubSpot's limit decides the speed. */
const WIDTH = 8;

type BatchRun = BatchRef & { readonly handover: Handover; readonly deadline: Deadline };
type OwnersToRewrite = Omit<Rewrite, 'portalId' | 'findBegun' | 'failures' | 'deadline'>;
type Moved = { readonly counts: HandoverCounts; readonly calls: number };

/**
 * Moves, or undoes, the next batches of a handover. Each write is noted before it is made, so that a run after a crash recognizes
 * its own writes, and an undo knows which owners the handover set.
 * @returns the handover after these batches, which the caller saves
 */
export function createMoveBatch({ rewriteBatch, handovers, now }: MoveBatchDeps) {
  return { moveBatch: toStep('moved', moveOne), undoBatch: toStep('undone', undoOne), countAhead };

  function toStep(kind: WriteKind, runOne: (run: BatchRun) => Promise<Moved | 'expired'>): HandoverStep {
    return async (portalId, handover, deadline) => {
      const { position, ahead = 0 } = handover;
      const numbers = numbersOf(handover);
      // All of them end before an error is thrown, so nothing still runs when the caller retries.
      const run = { portalId, handoverId: handover.id, handover, deadline };
      const ended = await Promise.allSettled(numbers.map((number) => runOne({ ...run, number })));
      let { calls, [kind]: counts } = handover;
      let done = 0;
      for (const result of ended) {
        // Batches before the failed one count. The next step begins with the failed one, and fails if it fails again.
        if (result.status === 'rejected' && done > 0) break;
        if (result.status === 'rejected') throw result.reason;
        if (result.value === 'expired') return { ...handover, status: 'failed', reason: 'PLAN_EXPIRED' };
        counts = addCounts(counts, result.value.counts);
        calls += result.value.calls;
        done += 1;
      }
      // The failed batches are done again, so records of theirs that were counted before still count.
      const rest = done < numbers.length ? ahead - (counts.done - handover[kind].done) : 0;
      return { ...handover, position: position + done, [kind]: counts, ahead: Math.max(0, rest), calls };
    };
  }

  /**
   * Counts what a stopped step, or one that crashed, has written. Its batches stay to be done: they are counted as a whole when
   * the handover continues.
   */
  async function countAhead(portalId: PortalId, handover: Handover, deadline: Deadline): Promise<Handover> {
    const { isUncounted = false, ...counted } = handover;
    const { id: handoverId, leaverId, target, failures = 0, status } = handover;
    const kind = isUndo(status) ? 'undone' : 'moved';
    const [from, to] = kind === 'undone' ? [target, leaverId] : [leaverId, target];
    let ahead = 0;
    await inParallel(numbersOf(handover), async (number) => {
      const ref = { portalId, handoverId, number };
      const writes = await handovers.readWrites(ref, kind);
      const batch = writes && (await handovers.readBatch(ref));
      if (writes === undefined || batch === undefined) return;
      const nothing = { mayReplace: () => false, unchangedSinceEpochMs: Number.POSITIVE_INFINITY };
      const written = { batch: { ...batch, ids: writes.ids }, findBegun: async () => new Set(writes.ids) };
      const { counts } = await rewriteBatch(
        { portalId, from, to, failures, deadline, ...nothing, ...written },
        async () => undefined,
      );
      ahead += counts.done;
    });
    return !isUncounted && ahead === (handover.ahead ?? 0) ? handover : { ...counted, ahead };
  }

  async function moveOne(run: BatchRun): Promise<Moved | 'expired'> {
    const { leaverId, target, plannedAtEpochMs } = run.handover;
    const batch = await handovers.readBatch(run);
    if (batch === undefined) return 'expired';
    return rewrite('moved', run, {
      batch,
      from: leaverId,
      to: target,
      mayReplace: (setAtEpochMs) => setAtEpochMs <= plannedAtEpochMs,
      unchangedSinceEpochMs: plannedAtEpochMs,
    });
  }

  /** Only what this handover wrote and nobody changed since gets the leaver back. */
  async function undoOne(run: BatchRun): Promise<Moved | 'expired'> {
    const { leaverId, target } = run.handover;
    const written = await handovers.readWrites(run, 'moved');
    if (written === undefined) return { counts: NO_COUNTS, calls: 0 };
    const batch = await handovers.readBatch(run);
    if (batch === undefined) return 'expired';
    const [first, last] = [written.firstAtEpochMs - MAX_CLOCK_SKEW_MS, written.lastAtEpochMs + LIFE_OF_A_RUN_MS];
    const undone = await rewrite('undone', run, {
      batch: { ...batch, ids: written.ids },
      from: target,
      to: leaverId,
      mayReplace: (setAtEpochMs) => setAtEpochMs >= first && setAtEpochMs <= last,
      unchangedSinceEpochMs: last,
      movedSinceEpochMs: first,
    });
    // A run that was stopped may be about to write them still, also where another one wrote them before.
    const isOfSeveral = written.firstAtEpochMs < written.lastAtEpochMs;
    if ((undone.unbegun > 0 || isOfSeveral) && now() <= last) throw new WritesUnderWayError(last - now() + 1);
    return undone;
  }

  /**
   * It notes first what is about to be written, then looks whether it still may be: an undo that does not find the note has begun
   * before that look.
   */
  function rewrite(kind: WriteKind, run: BatchRun, owners: OwnersToRewrite) {
    const { portalId, handoverId, deadline } = run;
    const { status, failures = 0 } = run.handover;
    const findBegun = async () => new Set((await handovers.readWrites(run, kind))?.ids);
    return rewriteBatch({ ...owners, portalId, findBegun, failures, deadline }, async (ids) => {
      await handovers.addWrites(run, kind, ids, now());
      if (!(await handovers.isStill(portalId, handoverId, status))) throw new WritesUnderWayError(0);
    });
  }
}

/** The batches of the next step. */
function numbersOf({ position, batches }: Handover): number[] {
  return Array.from({ length: Math.min(WIDTH, batches - position) }, (_, index) => position + index);
}
