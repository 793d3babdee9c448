import { orOnStoreOutage } from '../../domain/errors.ts';
import type { FinishedExecution } from '../../domain/execution.ts';
import { MAX_CLOCK_SKEW_MS } from '../../domain/held-owner.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { WorkLog } from '../../ports/executions.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type CompletedCallbacksDeps = Needs<'metrics' | 'log'> & {
  readonly workLog: Omit<WorkLog, 'noteWrites' | 'findWrites' | 'noteBlocked'>;
};

/** Remembers the callbacks that HubSpot no longer waits for, so that copies of their messages need no call. */
export function createCompletedCallbacks({ workLog, metrics, log }: CompletedCallbacksDeps) {
  return {
    async withoutCompleted(portalId: PortalId, members: readonly FinishedExecution[]) {
      if (members.length === 0) return members;
      const since = Math.min(...members.map(({ execution }) => execution.queuedAtEpochMs)) - MAX_CLOCK_SKEW_MS;
      const noted = await orWarn(portalId, () => workLog.findCompleted(portalId, since));
      return members.filter((one) => noted?.has(callbackIdOf(one)) !== true);
    },
    /**
     * When `BLOCK` was answered again or late, at the latest, by callback ID. If a callback is completed too soon, its enrollment
     * stays blocked until it expires.
     * @throws {StoreUnavailableError} because without these times nothing may be completed
     */
    async findBlocked(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlyMap<string, number>> {
      const noted = await workLog.findBlocked(portalId, sinceEpochMs - MAX_CLOCK_SKEW_MS);
      return new Map([...noted].map(([id, atEpochMs]) => [id, atEpochMs + MAX_CLOCK_SKEW_MS]));
    },
    async noteCompleted(portalId: PortalId, members: readonly FinishedExecution[]): Promise<void> {
      await note(portalId, members, 'completed');
      for (const same of Map.groupBy(members, ({ result }) => `${result.outcome} ${result.errorCode}`).values()) {
        const { outcome, errorCode = 'none' } = same[0]?.result ?? { outcome: 'FAILED' };
        metrics.count('Executions', { outcome, errorCode }, same.length);
      }
    },
    /** HubSpot no longer waits: it was completed before, its time is over, or its record left the workflow. */
    noteUnknown: (portalId: PortalId, members: readonly FinishedExecution[]) => note(portalId, members, 'unknown'),
  };

  async function note(portalId: PortalId, members: readonly FinishedExecution[], outcome: string): Promise<void> {
    if (members.length === 0) return;
    await orWarn(portalId, () => workLog.noteCompleted(portalId, members.map(callbackIdOf)));
    metrics.count('CallbacksCompleted', { outcome }, members.length);
  }

  function orWarn<T>(portalId: PortalId, use: () => Promise<T>): Promise<T | undefined> {
    return orOnStoreOutage(use, () => log.warn('the work log could not be used', { portalId }));
  }
}

export const callbackIdOf = ({ execution }: FinishedExecution): string => execution.key.executionId;
