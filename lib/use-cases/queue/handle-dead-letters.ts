import { PortalNotConnectedError } from '../../domain/errors.ts';
import {
  EXPIRY_MARGIN_MS,
  type FinishedExecution,
  isExpired,
  keyOf,
  type QueuedExecution,
} from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import { distinct } from '../../domain/record-group.ts';
import { EXPIRED } from '../../domain/result.ts';
import type { ExecutionQueue } from '../../ports/queue.ts';
import type { CompleteCallbacks, ResolveExpired } from '../../ports/steps.ts';
import type { Log, Metrics, Now, ReportFault } from '../../ports/telemetry.ts';
import type { RecordedResults } from './recorded-results.ts';

export type HandleDeadLettersDeps = {
  readonly results: RecordedResults;
  readonly resolveExpired: ResolveExpired;
  readonly completeCallbacks: CompleteCallbacks;
  readonly ensureConnected: (portalId: PortalId, deadlineEpochMs: number) => Promise<unknown>;
  /** Writes the counts that were noted. */
  readonly writeOutcomes: () => Promise<void>;
  readonly queue: Pick<ExecutionQueue, 'send'>;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly reportFault: ReportFault;
};

/** An execution that is tried again needs more than the last moments of its time. */
const WORTH_TRYING_MS = 2 * 3_600_000;
/** Each of them takes as many receives as a message has: about an hour. */
const MAX_DEAD_LETTERS = 3;
const TRY_AGAIN_SECONDS = 300;

/**
 * Deals with executions that the worker failed at again and again, so that no enrollment waits for nobody. Those that still have
 * time are put back to be tried again; a fault may be repaired meanwhile. The others are ended: nothing is written, and the
 * workflow gets what the record holds. One portal's trouble is not another's.
 */
export function createHandleDeadLetters(deps: HandleDeadLettersDeps) {
  const { results, resolveExpired, completeCallbacks, ensureConnected, queue, now, metrics, log, reportFault } = deps;

  /**
   * @param withoutEmail keys of executions whose email cannot be read
   * @returns the keys of those that could not be dealt with yet: their messages must come again
   */
  return async function handleDeadLetters(
    executions: readonly QueuedExecution[],
    withoutEmail: ReadonlySet<string>,
    deadlineEpochMs: number,
  ): Promise<ReadonlySet<string>> {
    const open: QueuedExecution[] = [];
    for (const [portalId, own] of Map.groupBy(distinct(executions), ({ key }) => key.portalId)) {
      try {
        open.push(...(await handlePortal(portalId, own, withoutEmail, deadlineEpochMs)));
      } catch (error) {
        if (error instanceof PortalNotConnectedError && error.isForgotten) continue;
        const waiting = own.filter((execution) => !isExpired(execution, now()));
        open.push(...waiting);
        count(portalId, own.length - waiting.length);
        reportFault('dead letters could not be processed yet', error, { portalId });
      }
    }
    return new Set(open.map(keyOf));
  };

  async function handlePortal(
    portalId: PortalId,
    executions: readonly QueuedExecution[],
    withoutEmail: ReadonlySet<string>,
    deadlineEpochMs: number,
  ): Promise<readonly QueuedExecution[]> {
    await ensureConnected(portalId, deadlineEpochMs);
    const recorded = await results.find(portalId, executions);
    const { readable = [], unreadable = [] } = Object.groupBy(recorded.open, (one) =>
      withoutEmail.has(keyOf(one)) ? 'unreadable' : 'readable',
    );
    const resolved = await resolveExpired(readable, deadlineEpochMs);
    const isRetried = ({ execution, result }: FinishedExecution) => result === EXPIRED && isWorthTrying(execution);
    const retried = resolved.finished.filter(isRetried).map(({ execution }) => execution);
    const ended = [
      ...resolved.finished.filter((one) => !isRetried(one)),
      ...unreadable.map((execution) => ({ execution, result: EXPIRED })),
    ];
    await results.record(portalId, ended);
    await deps.writeOutcomes();
    const limits = { stopAtEpochMs: deadlineEpochMs, deadlineEpochMs, isUrgent: true, triesAll: true };
    const waiting = [...recorded.finished, ...ended].filter(({ execution }) => !isExpired(execution, now()));
    const back = await completeCallbacks(portalId, waiting, limits);
    const undone = [...resolved.open, ...back.flatMap((one) => one.executions)];
    const unsent = await requeue(retried);
    // One that is to be tried again has not ended, whether the queue took it or not.
    count(portalId, executions.length - retried.length - undone.length);
    return [...undone, ...unsent];
  }

  function isWorthTrying({ expiresAtEpochMs, deadLetterCount }: QueuedExecution): boolean {
    return deadLetterCount < MAX_DEAD_LETTERS && now() < expiresAtEpochMs - EXPIRY_MARGIN_MS - WORTH_TRYING_MS;
  }

  /** @returns those that SQS did not take */
  async function requeue(executions: readonly QueuedExecution[]): Promise<readonly QueuedExecution[]> {
    if (executions.length === 0) return [];
    const again = executions.map((execution) => ({ ...execution, deadLetterCount: execution.deadLetterCount + 1 }));
    return queue.send(again.map((execution) => ({ execution, delaySeconds: TRY_AGAIN_SECONDS })));
  }

  /** Once for each execution: when it has ended. */
  function count(portalId: PortalId, ended: number): void {
    if (ended <= 0) return;
    metrics.count('ExecutionsStranded', undefined, ended);
    log.error('queued executions ended without being processed', { portalId, executions: ended });
  }
}
