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
    const told: ActionResult[] = [];
    for (const { execution, result } of settled) {
      if (untold.has(execution.key.executionId)) {
        again.push(execution);
        continue;
      }
      if (!unknown.has(execution.key.executionId)) told.push(result);
      else if (isTooEarly(execution)) again.push(execution);
    }
    count(told, unknown.size);
    return again;
  };

  /** One line a kind of result, and not two a record. */
  function count(told: readonly ActionResult[], unknown: number): void {
    if (told.length > 0) metrics.count('CallbacksCompleted', { outcome: 'completed' }, told.length);
    if (unknown > 0) metrics.count('CallbacksCompleted', { outcome: 'unknown' }, unknown);
    for (const same of Map.groupBy(told, ({ outcome, errorCode }) => `${outcome} ${errorCode}`).values()) {
      const [{ outcome, errorCode = 'none' } = {}] = same;
      if (outcome !== undefined) metrics.count('Executions', { outcome, errorCode }, same.length);
    }
  }

  function isTooEarly({ queuedAtEpochMs, returns }: QueuedExecution): boolean {
    return now() - queuedAtEpochMs < YOUNG_MS && returns < MAX_RETURNS;
  }
}
