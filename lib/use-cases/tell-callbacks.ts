import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Metrics, Now } from '../domain/ports.ts';
import type { QueuedExecution, SettledExecution, WorkflowCallbacks } from '../domain/queued-execution.ts';

export type TellCallbacksDeps = {
  readonly callbacks: WorkflowCallbacks;
  /** A result in the declared outputs, exactly as an execution that was answered at once gets them. */
  readonly toOutputs: (
    portalId: PortalId,
    result: ActionResult,
    asked: string,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly now: Now;
  readonly metrics: Metrics;
};

/** HubSpot may not have read yet that an execution waits, when it has been queued for less than this. */
const YOUNG_MS = 60_000;
const MAX_RETURNS = 3;

/** Completes the callbacks of executions that have a result. Up to 100 at a time. */
export function createTellCallbacks({ callbacks, toOutputs, now, metrics }: TellCallbacksDeps) {
  /** @returns those to be told again in a moment: HubSpot does not know them although it should, or was not asked */
  return async function tellCallbacks(
    portalId: PortalId,
    settled: readonly SettledExecution[],
    deadlineEpochMs: number,
  ): Promise<readonly QueuedExecution[]> {
    const completions = await Promise.all(
      settled.map(async ({ execution, result }) => ({
        callbackId: execution.key.executionId,
        outputFields: await toOutputs(portalId, result, execution.command.ownerEmail),
      })),
    );
    const { unknown, untold } = await callbacks.complete(portalId, completions, deadlineEpochMs);
    const again: QueuedExecution[] = [];
    for (const { execution, result } of settled) {
      if (untold.has(execution.key.executionId)) {
        again.push(execution);
        continue;
      }
      const isUnknown = unknown.has(execution.key.executionId);
      metrics.count('CallbacksCompleted', { outcome: isUnknown ? 'unknown' : 'completed' });
      const { outcome, errorCode = 'none' } = result;
      if (!isUnknown) metrics.count('Executions', { outcome, errorCode });
      else if (isTooEarly(execution)) again.push(execution);
    }
    return again;
  };

  function isTooEarly({ queuedAtEpochMs, returns }: QueuedExecution): boolean {
    return now() - queuedAtEpochMs < YOUNG_MS && returns < MAX_RETURNS;
  }
}
