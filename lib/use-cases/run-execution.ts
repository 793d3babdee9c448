import { AppError, ExecutionInProgressError, MissingScopesError, PortalNotConnectedError } from '../domain/errors.ts';
import { type ActionResult, type ExecutionAnswer, failed, isQueued, QUEUED } from '../domain/outcome.ts';
import type { ExecutionKey, ExecutionLedger, Log, Metrics, Now, Sleep } from '../domain/ports.ts';
import { BLOCK_MS } from '../domain/queued-execution.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';

export type RunExecutionDeps = {
  readonly ledger: ExecutionLedger;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly newWriterId: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** A little more than a function may run, so that only a dead delivery ever loses its lease. */
const LEASE_MS = 15_000;
const POLL_MS = 150;

export type RunOnce = ReturnType<typeof createRunOnce>;

/**
 * Runs the work of an execution once, however often it is delivered. A repeated delivery gets the first one's result;
 * one that overlaps the first waits for it; one that comes while the execution is queued is told so again.
 * @param payloadHash what the execution asks for; the same id with another payload is refused
 * @throws whatever `work` throws, after giving the execution back so that the next delivery can start at once
 */
export function createRunOnce({ ledger, now, sleep, newWriterId, metrics, log }: RunExecutionDeps) {
  return async function runOnce(
    key: ExecutionKey,
    payloadHash: string,
    deadlineEpochMs: number,
    work: () => Promise<ExecutionAnswer>,
  ): Promise<ExecutionAnswer> {
    const writerId = newWriterId();
    for (;;) {
      const entry = await ledger.begin(key, writerId, payloadHash, LEASE_MS);
      if (entry.kind === 'started') break;
      if (entry.kind !== 'running') {
        const answer = entry.kind === 'queued' ? QUEUED : entry.result;
        return replay(entry.payloadHash === payloadHash, answer);
      }
      if (now() + POLL_MS >= deadlineEpochMs) throw new ExecutionInProgressError();
      await sleep(POLL_MS);
    }
    const answer = await workOrRelease(key, writerId, work);
    // The answer is true without it; a second delivery would at worst set the same owner again, or queue it again.
    const stored = await tolerateOutage<ExecutionAnswer | undefined>(
      () =>
        isQueued(answer)
          ? ledger.leaveToQueue(key, writerId, now() + BLOCK_MS)
          : ledger.complete(key, writerId, payloadHash, answer),
      () => log.warn('the answer of an execution could not be stored', { portalId: key.portalId }),
    );
    return stored ?? answer;
  };

  function replay(samePayload: boolean, answer: ExecutionAnswer): ExecutionAnswer {
    if (samePayload) {
      metrics.count('ExecutionReplayed');
      return answer;
    }
    metrics.count('ExecutionConflict');
    log.error('an execution id came again with another payload');
    return failed('INPUT_INVALID', { subject: 'callbackId' });
  }

  async function workOrRelease(
    key: ExecutionKey,
    writerId: string,
    work: () => Promise<ExecutionAnswer>,
  ): Promise<ExecutionAnswer> {
    try {
      return await toldAsResult(work);
    } catch (error) {
      await ledger.release(key, writerId).catch((releaseError: unknown) => {
        if (!(releaseError instanceof AppError)) throw releaseError;
        log.warn('an execution could not be given back; its lease will end by itself', { portalId: key.portalId });
      });
      throw error;
    }
  }
}

/** Errors that no repetition can mend are told to the workflow as a result. */
export async function toldAsResult<Answer>(work: () => Promise<Answer>): Promise<Answer | ActionResult> {
  try {
    return await work();
  } catch (error) {
    const result = toResult(error);
    if (result === undefined) throw error;
    return result;
  }
}

/** Undefined for everything that may be different the next time. */
export function toResult(error: unknown): ActionResult | undefined {
  if (error instanceof PortalNotConnectedError) return failed('PORTAL_NOT_CONNECTED');
  if (!(error instanceof MissingScopesError)) return undefined;
  const { hubspotCorrelationId, scopes } = error;
  return failed('MISSING_SCOPES', {
    ...(hubspotCorrelationId !== undefined && { hubspotCorrelationId }),
    ...(scopes.length > 0 && { subject: scopes.join(', ') }),
  });
}
