import { divide, PORTALS_AT_A_TIME } from '../../domain/batches.ts';
import { inParallel } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { AppError, PortalNotConnectedError } from '../../domain/errors.ts';
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
import type { EnsureConnected } from '../../ports/portals.ts';
import type { ExecutionQueue } from '../../ports/queue.ts';
import type { CompleteCallbacks, ResolveExpired } from '../../ports/steps.ts';
import type { Needs, ReportFault } from '../../ports/telemetry.ts';
import type { RecordedResults } from './recorded-results.ts';
import type { WithLaterBlocks } from './with-later-blocks.ts';

export type HandleDeadLettersDeps = Needs<'now' | 'metrics' | 'log'> & {
  readonly results: RecordedResults;
  readonly resolveExpired: ResolveExpired;
  readonly completeCallbacks: CompleteCallbacks;
  readonly ensureConnected: EnsureConnected;
  readonly withLaterBlocks: WithLaterBlocks;
  readonly writeOutcomes: () => Promise<void>;
  readonly queue: Pick<ExecutionQueue, 'send'>;
  readonly reportFault: ReportFault;
};

/** A retry needs more than the last moments before HubSpot stops waiting. */
const WORTH_TRYING_MS = 2 * 3_600_000;
/** Each retry takes all receives of a message: about an hour. */
const MAX_DEAD_LETTERS = 3;
const TRY_AGAIN_SECONDS = 300;

/**
 * Handles executions that the worker failed to process ten times, so that no enrollment waits for nothing. Those with enough time
 * are retried, because the fault may be fixed meanwhile. The others are ended: nothing is written, and the workflow gets the
 * record's present owner. The failure of one portal does not affect others.
 */
export function createHandleDeadLetters(deps: HandleDeadLettersDeps) {
  const { results, resolveExpired, completeCallbacks, ensureConnected, queue, now, metrics, log, reportFault } = deps;

  /**
   * @param withoutEmail keys of executions whose email cannot be read
   * @returns the keys of executions that could not be handled yet: SQS must deliver their messages again
   */
  return async function handleDeadLetters(
    executions: readonly QueuedExecution[],
    withoutEmail: ReadonlySet<string>,
    deadline: Deadline,
  ): Promise<ReadonlySet<string>> {
    const open: QueuedExecution[] = [];
    const handle = async ([portalId, own]: [PortalId, QueuedExecution[]]) => {
      try {
        open.push(...(await handlePortal(portalId, own, withoutEmail, deadline)));
      } catch (error) {
        if (error instanceof PortalNotConnectedError && error.isForgotten) return;
        const waiting = own.filter((execution) => !isExpired(execution, now()));
        open.push(...waiting);
        countEnded(portalId, own.length - waiting.length);
        reportFault('dead letters could not be processed yet', error, { portalId });
      }
    };
    const portals = Map.groupBy(distinct(executions), ({ key }) => key.portalId);
    await inParallel([...portals], handle, { limit: PORTALS_AT_A_TIME });
    return new Set(open.map(keyOf));
  };

  async function handlePortal(
    portalId: PortalId,
    delivered: readonly QueuedExecution[],
    withoutEmail: ReadonlySet<string>,
    deadline: Deadline,
  ): Promise<readonly QueuedExecution[]> {
    await ensureConnected(portalId, deadline);
    const executions = await deps.withLaterBlocks(portalId, delivered);
    const recorded = await results.find(portalId, executions);
    // First, because the records of the others may not be readable for as long as they wait.
    const uncompleted = await complete(portalId, recorded.finished, deadline);
    const [unreadable, readable] = divide(recorded.open, (one) => withoutEmail.has(keyOf(one)));
    const resolved = await resolveExpired(readable, deadline);
    const isRetried = ({ execution, result }: FinishedExecution) => result === EXPIRED && isWorthTrying(execution);
    const retried = resolved.finished.filter(isRetried).map(({ execution }) => execution);
    const ended = [
      ...resolved.finished.filter((one) => !isRetried(one)),
      ...unreadable.map((execution) => ({ execution, result: EXPIRED })),
    ];
    await results.record(portalId, ended);
    await deps.writeOutcomes();
    const undone = [...uncompleted, ...resolved.open, ...(await complete(portalId, ended, deadline))];
    const unsent = await requeue(retried);
    // An execution that is to be retried has not ended, even if the queue did not accept it.
    countEnded(portalId, executions.length - retried.length - undone.length);
    return [...undone, ...unsent];
  }

  /** @returns the executions whose callbacks are not completed yet */
  async function complete(
    portalId: PortalId,
    finished: readonly FinishedExecution[],
    deadline: Deadline,
  ): Promise<readonly QueuedExecution[]> {
    const waiting = finished.filter(({ execution }) => !isExpired(execution, now()));
    const limits = { stopAt: deadline, deadline, isUrgent: true, triesAll: true };
    const requeued = await completeCallbacks(portalId, waiting, limits);
    for (const { cause } of requeued) {
      if (cause instanceof AppError) reportFault('dead letters could not be processed yet', cause, { portalId });
    }
    return requeued.flatMap(({ executions }) => executions);
  }

  function isWorthTrying({ expiresAtEpochMs, deadLetterCount }: QueuedExecution): boolean {
    return deadLetterCount < MAX_DEAD_LETTERS && now() < expiresAtEpochMs - EXPIRY_MARGIN_MS - WORTH_TRYING_MS;
  }

  /** @returns the executions that SQS did not accept */
  async function requeue(executions: readonly QueuedExecution[]): Promise<readonly QueuedExecution[]> {
    if (executions.length === 0) return [];
    const again = executions.map((execution) => ({ ...execution, deadLetterCount: execution.deadLetterCount + 1 }));
    return queue.send(again.map((execution) => ({ execution, delaySeconds: TRY_AGAIN_SECONDS })));
  }

  /** Counts each execution once, when it has ended. */
  function countEnded(portalId: PortalId, ended: number): void {
    if (ended <= 0) return;
    metrics.count('ExecutionsStranded', undefined, ended);
    log.error('queued executions ended without being processed', { portalId, executions: ended });
  }
}
