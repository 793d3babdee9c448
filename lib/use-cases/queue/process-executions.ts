import { PORTALS_AT_A_TIME } from '../../domain/batches.ts';
import { inParallel } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { QueueUnavailableError } from '../../domain/errors.ts';
import { keyOf, type QueuedExecution } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { DelayedExecution, ExecutionQueue } from '../../ports/queue.ts';
import type { ProcessPortal } from '../../ports/steps.ts';
import type { Log, ReportFault } from '../../ports/telemetry.ts';

export type ProcessExecutionsDeps = {
  readonly processPortal: ProcessPortal;
  readonly queue: Pick<ExecutionQueue, 'send'>;
  readonly log: Log;
  readonly reportFault: ReportFault;
};

/** Processes executions of any portals, many side by side, so that few wait for the permits of another portal. */
export function createProcessExecutions({ processPortal, queue, log, reportFault }: ProcessExecutionsDeps) {
  /** @returns the keys of the executions whose messages SQS must deliver again unchanged */
  return async function processExecutions(
    executions: readonly QueuedExecution[],
    deadline: Deadline,
  ): Promise<ReadonlySet<string>> {
    const failed = new Set<string>();
    const portals = Map.groupBy(executions, ({ key }) => key.portalId);
    const delayed: DelayedExecution[] = [];
    const process = async ([portalId, own]: [PortalId, QueuedExecution[]]) => {
      try {
        delayed.push(...(await processPortal(portalId, own, deadline)));
      } catch (error) {
        for (const execution of own) failed.add(keyOf(execution));
        reportFault('queued executions of a portal failed', error, { portalId });
      }
    };
    await inParallel([...portals], process, { limit: PORTALS_AT_A_TIME });
    for (const execution of await sendBack(delayed)) failed.add(keyOf(execution));
    return failed;
  };

  /** The message may be deleted only after its execution is queued again. */
  async function sendBack(delayed: readonly DelayedExecution[]): Promise<readonly QueuedExecution[]> {
    try {
      return await queue.send(delayed);
    } catch (error) {
      if (!(error instanceof QueueUnavailableError)) throw error;
      log.error('executions could not be queued again', { executions: delayed.length, code: error.code });
      return delayed.map(({ execution }) => execution);
    }
  }
}
