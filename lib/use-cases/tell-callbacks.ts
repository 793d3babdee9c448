import { StoreUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Log, Metrics, Now } from '../domain/ports.ts';
import type {
  QueuedExecution,
  SettledExecution,
  ToldCallbacks,
  WorkflowCallbacks,
} from '../domain/queued-execution.ts';

export type TellCallbacksDeps = {
  readonly callbacks: WorkflowCallbacks;
  readonly toldCallbacks: ToldCallbacks;
  /** A result in the declared outputs, exactly as an execution that was answered at once gets them. */
  readonly toOutputs: (
    portalId: PortalId,
    result: ActionResult,
    asked: string,
  ) => Promise<Readonly<Record<string, string>>>;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** HubSpot may not have read yet that an execution waits, when it has been queued for less than this. */
const YOUNG_MS = 60_000;
const MAX_RETURNS = 3;
/** To tell so few again is cheaper than to write down that they were told. */
const WORTH_NOTING = 5;
const MAX_CLOCK_SKEW_MS = 60_000;

export type TellCallbacks = ReturnType<typeof createTellCallbacks>;

/** Completes the callbacks of executions that have a result. Up to 100 at a time. */
export function createTellCallbacks({ callbacks, toldCallbacks, toOutputs, now, metrics, log }: TellCallbacksDeps) {
  return { tellCallbacks, withoutTold };

  /** @returns those to be told again in a moment: HubSpot does not know them although it should, or was not asked */
  async function tellCallbacks(
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
    const told: SettledExecution[] = [];
    for (const one of settled) {
      const { execution } = one;
      if (untold.has(execution.key.executionId)) {
        again.push(execution);
        continue;
      }
      if (!unknown.has(execution.key.executionId)) told.push(one);
      else if (isTooEarly(execution)) again.push(execution);
    }
    count(told, unknown.size);
    await note(portalId, told);
    return again;
  }

  /** The executions without those that somebody told before: to tell a hundred again costs hundreds of calls. */
  async function withoutTold(
    portalId: PortalId,
    settled: readonly SettledExecution[],
  ): Promise<readonly SettledExecution[]> {
    if (settled.length < WORTH_NOTING) return settled;
    const since = Math.min(...settled.map(({ execution }) => execution.queuedAtEpochMs));
    const told = await toldCallbacks.find(portalId, since - MAX_CLOCK_SKEW_MS);
    return settled.filter(({ execution }) => !told.has(execution.key.executionId));
  }

  async function note(portalId: PortalId, told: readonly SettledExecution[]): Promise<void> {
    if (told.length < WORTH_NOTING) return;
    try {
      await toldCallbacks.note(
        portalId,
        told.map(({ execution }) => execution.key.executionId),
      );
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      // They were told. At worst somebody tells them again.
      log.warn('it could not be noted which callbacks were completed', { portalId });
    }
  }

  /** One line a kind of result, and not two a record. */
  function count(told: readonly SettledExecution[], unknown: number): void {
    if (told.length > 0) metrics.count('CallbacksCompleted', { outcome: 'completed' }, told.length);
    if (unknown > 0) metrics.count('CallbacksCompleted', { outcome: 'unknown' }, unknown);
    for (const same of Map.groupBy(told, ({ result }) => `${result.outcome} ${result.errorCode}`).values()) {
      const [first] = same;
      if (first === undefined) continue;
      const { outcome, errorCode = 'none' } = first.result;
      metrics.count('Executions', { outcome, errorCode }, same.length);
    }
  }

  function isTooEarly({ queuedAtEpochMs, returns }: QueuedExecution): boolean {
    return now() - queuedAtEpochMs < YOUNG_MS && returns < MAX_RETURNS;
  }
}
