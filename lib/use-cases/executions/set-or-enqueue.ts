import type { Deadline } from '../../domain/deadline.ts';
import { QueueUnavailableError, RateLimitedError } from '../../domain/errors.ts';
import { BLOCK_MS, MIN_BLOCK_AGE_MS, type QueuedExecution, type SetOwnerCommand } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import { type ExecutionAnswer, QUEUED } from '../../domain/outcome.ts';
import type { QueuePermission, WorkLog } from '../../ports/executions.ts';
import type { ExecutionQueue } from '../../ports/queue.ts';
import type { SetOwner } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

/** Whether a portal's executions are processed immediately, queued, or either, depending on its rate budget. */
export type DeliveryMode = 'inline' | 'queued' | 'auto';

export type SetOrEnqueueDeps = Needs<'now' | 'metrics'> & {
  readonly setOwner: SetOwner;
  readonly queue: ExecutionQueue;
  readonly queuePermission: Pick<QueuePermission, 'mayQueue'>;
  readonly workLog: Pick<WorkLog, 'noteBlocked'>;
  readonly modeOf: (portalId: PortalId) => DeliveryMode;
};

export type DeliveredExecution = {
  /** Undefined if HubSpot sent none that can be completed later. Such an execution cannot wait in the queue. */
  readonly callbackId: string | undefined;
  readonly payloadHash: string;
  readonly command: SetOwnerCommand;
};

/** HubSpot must know that the execution waits before its callback is completed. */
export const INITIAL_DELAY_SECONDS = MIN_BLOCK_AGE_MS / 1_000;
/** After a slower send, the message may have been in the queue for long: SQS took the first try, and its reply was lost. */
const PROMPT_SEND_MS = 1_000;

/**
 * Sets the owner immediately while the portal's rate budget lasts, and queues the execution if it is used up.
 * @throws {RateLimitedError} if it is used up and the execution cannot be queued
 */
export function createSetOrEnqueue(deps: SetOrEnqueueDeps) {
  const { setOwner, queue, queuePermission, workLog, modeOf, now, metrics } = deps;
  return async function setOrEnqueue(delivered: DeliveredExecution, deadline: Deadline): Promise<ExecutionAnswer> {
    const mode = modeOf(delivered.command.portalId);
    if (mode === 'queued') {
      const execution = await toQueued(delivered);
      if (execution !== undefined) return enqueue(execution);
    }
    try {
      return await setOwner(delivered.command, deadline);
    } catch (error) {
      if (!(error instanceof RateLimitedError) || mode === 'inline') throw error;
      const execution = await toQueued(delivered);
      if (execution === undefined) throw error;
      return enqueue(execution);
    }
  };

  async function toQueued(delivered: DeliveredExecution): Promise<QueuedExecution | undefined> {
    const { callbackId, payloadHash, command } = delivered;
    if (callbackId === undefined) return undefined;
    const queuedAtEpochMs = now();
    const execution: QueuedExecution = {
      key: { portalId: command.portalId, executionId: callbackId },
      payloadHash,
      command,
      queuedAtEpochMs,
      expiresAtEpochMs: queuedAtEpochMs + BLOCK_MS,
      requeueCount: 0,
      refusals: 0,
      deadLetterCount: 0,
    };
    return queue.canCarry(execution) && (await queuePermission.mayQueue(command.portalId)) ? execution : undefined;
  }

  /** Queued before it is answered: if the answer promised a callback that is never completed, the enrollment would be stuck. */
  async function enqueue(execution: QueuedExecution): Promise<typeof QUEUED> {
    const unsent = await queue.send([{ execution, delaySeconds: INITIAL_DELAY_SECONDS }]);
    if (unsent.length > 0) throw new QueueUnavailableError('an execution could not be queued');
    const { key, queuedAtEpochMs } = execution;
    if (now() - queuedAtEpochMs > PROMPT_SEND_MS) await workLog.noteBlocked(key.portalId, [key.executionId]);
    metrics.count('ExecutionsQueued');
    return QUEUED;
  }
}
