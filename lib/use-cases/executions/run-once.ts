import { EXECUTION_ROW_MS, UNSTABLE_EXECUTION_ROW_MS } from '../../domain/ages.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { AppError, ExecutionInProgressError, orOnStoreOutage, PortalNotConnectedError } from '../../domain/errors.ts';
import { BLOCK_MS, type ExecutionKey, type Moment, SNAPSHOT_LIFETIME_MS } from '../../domain/execution.ts';
import { type ExecutionAnswer, failed, isQueued, QUEUED } from '../../domain/outcome.ts';
import { toResult } from '../../domain/result.ts';
import type { ExecutionLedger, LedgerEntry, WorkLog } from '../../ports/executions.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type RunOnceDeps = Needs<'now' | 'sleep' | 'newId' | 'metrics' | 'log'> & {
  readonly ledger: ExecutionLedger;
  readonly workLog: Pick<WorkLog, 'noteBlocked'>;
};

/** A little more than a function may run, so that only a crashed delivery loses its lease. */
const LEASE_MS = 15_000;
const POLL_MS = 150;

/** An execution as it came. */
export type Delivery = ExecutionKey & {
  /** A hash of the request; the same ID with another payload is refused. */
  readonly payloadHash: string;
  /** False if two executions could have the same ID. */
  readonly hasStableId: boolean;
  /** When HubSpot signed it, by HubSpot's clock, if known. An earlier delivery may have failed unseen. */
  readonly signedAtEpochMs?: number | undefined;
};

export type RunOnce = ReturnType<typeof createRunOnce>;

/**
 * Runs the work of an execution once, however often it is delivered. A repeated delivery gets the first result. One that overlaps
 * the first waits for it. One that comes while the execution is queued gets `BLOCK` again.
 * @throws any error of `work`, after releasing the execution so that the next delivery can start immediately
 */
export function createRunOnce({ ledger, workLog, now, sleep, newId, metrics, log }: RunOnceDeps) {
  return async function runOnce(
    { portalId, executionId, payloadHash, hasStableId, signedAtEpochMs = now() }: Delivery,
    deadline: Deadline,
    work: (moment: Moment) => Promise<ExecutionAnswer>,
  ): Promise<ExecutionAnswer> {
    const key = { portalId, executionId };
    const writerId = newId();
    const lifetimeMs = hasStableId ? EXECUTION_ROW_MS : UNSTABLE_EXECUTION_ROW_MS;
    const delivery = { writerId, payloadHash, sentAtEpochMs: signedAtEpochMs, leaseMs: LEASE_MS, lifetimeMs };
    const begin = () => ledger.begin(key, delivery);
    const entry = await whenNoneRuns(key, begin, deadline);
    if (entry.kind !== 'started') {
      const answer = entry.kind === 'queued' ? QUEUED : entry.result;
      return replay(entry.payloadHash === payloadHash, answer);
    }
    const { isFirstDelivery } = entry;
    const firstSeenAtEpochMs = Math.min(entry.firstSeenAtEpochMs, signedAtEpochMs);
    const isLate = !isFirstDelivery || now() - firstSeenAtEpochMs > SNAPSHOT_LIFETIME_MS;
    const { answer, isForgotten } = await workOrRelease(key, writerId, () => work({ firstSeenAtEpochMs, isLate }));
    if (isQueued(answer) && !isFirstDelivery) await noteBlocked(key);
    // The answer is true without it; a second delivery would at worst set the same owner again, or queue it again.
    const stored = await orOnStoreOutage<ExecutionAnswer | undefined>(
      async () => {
        if (isForgotten) return void (await ledger.forget(key, writerId));
        if (!isQueued(answer)) return ledger.complete(key, writerId, payloadHash, answer);
        return ledger.leaveToQueue(key, writerId, now() + BLOCK_MS);
      },
      () => log.warn('the answer of an execution could not be stored', { portalId }),
    );
    return stored ?? answer;
  };

  /** Waits until no other delivery is running. */
  async function whenNoneRuns(
    key: ExecutionKey,
    begin: () => Promise<LedgerEntry>,
    deadline: Deadline,
  ): Promise<Exclude<LedgerEntry, { kind: 'running' }>> {
    let isNoted = false;
    for (;;) {
      const entry = await begin();
      if (entry.kind === 'queued' && !isNoted) {
        await noteBlocked(key);
        isNoted = true;
        // Read it again: the worker may have recorded the result before it could find that note.
        continue;
      }
      if (entry.kind !== 'running') return entry;
      if (now() + POLL_MS >= deadline) throw new ExecutionInProgressError();
      await sleep(POLL_MS);
    }
  }

  /** HubSpot may learn only now that the execution waits. Its callback must not be completed before that, so no note is no `BLOCK`. */
  function noteBlocked({ portalId, executionId }: ExecutionKey): Promise<void> {
    return workLog.noteBlocked(portalId, [executionId]);
  }

  function replay(samePayload: boolean, answer: ExecutionAnswer): ExecutionAnswer {
    if (samePayload) {
      metrics.count('ExecutionReplayed');
      return answer;
    }
    metrics.count('ExecutionConflict');
    log.error('an execution was sent again with a different payload');
    return failed('INPUT_INVALID', { subject: 'callbackId' });
  }

  /** A permanent error is an answer. After any other error, the execution is released. */
  async function workOrRelease(
    key: ExecutionKey,
    writerId: string,
    work: () => Promise<ExecutionAnswer>,
  ): Promise<{ readonly answer: ExecutionAnswer; readonly isForgotten: boolean }> {
    try {
      return { answer: await work(), isForgotten: false };
    } catch (error) {
      const answer = toResult(error);
      const isForgotten = error instanceof PortalNotConnectedError && error.isForgotten;
      if (answer !== undefined) return { answer, isForgotten };
      await ledger.release(key, writerId).catch((releaseError: unknown) => {
        if (!(releaseError instanceof AppError)) throw releaseError;
        log.warn('an execution could not be released; its lease ends soon', { portalId: key.portalId });
      });
      throw error;
    }
  }
}
