import { MAX_CLOCK_SKEW_MS } from '../domain/held-owner.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Log, Metrics } from '../domain/ports.ts';
import type { SettledExecution, WorkLog } from '../domain/queued-execution.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';

export type EndedCallbacksDeps = {
  readonly workLog: Omit<WorkLog, 'noteWrites' | 'findWrites'>;
  readonly metrics: Metrics;
  readonly log: Log;
};

export type EndedCallbacks = ReturnType<typeof createEndedCallbacks>;

/** Remembers whom HubSpot does not wait for any more, so that copies of their messages need no call. */
export function createEndedCallbacks({ workLog, metrics, log }: EndedCallbacksDeps) {
  return {
    leaveOut: (portalId: PortalId, members: readonly SettledExecution[]) =>
      without(portalId, members, workLog.findCompleted),
    /** Those of whom nobody has noted that they are probably completed. */
    leaveOutUnconfirmed: (portalId: PortalId, members: readonly SettledExecution[]) =>
      without(portalId, members, workLog.findUnconfirmed),
    async unconfirmed(portalId: PortalId, members: readonly SettledExecution[]): Promise<void> {
      if (members.length > 0) await orWarn(portalId, () => workLog.noteUnconfirmed(portalId, members.map(idOf)));
    },
    async completed(portalId: PortalId, members: readonly SettledExecution[]): Promise<void> {
      await note(portalId, members, 'completed');
      for (const same of Map.groupBy(members, ({ result }) => `${result.outcome} ${result.errorCode}`).values()) {
        const { outcome, errorCode = 'none' } = same[0]?.result ?? { outcome: 'FAILED' };
        metrics.count('Executions', { outcome, errorCode }, same.length);
      }
    },
    /** HubSpot waits no more: it was completed before, its time is over, or its record left the workflow. */
    unknown: (portalId: PortalId, members: readonly SettledExecution[]) => note(portalId, members, 'unknown'),
  };

  async function without(
    portalId: PortalId,
    members: readonly SettledExecution[],
    find: WorkLog['findCompleted'],
  ): Promise<readonly SettledExecution[]> {
    if (members.length === 0) return members;
    const since = Math.min(...members.map(({ execution }) => execution.queuedAtEpochMs)) - MAX_CLOCK_SKEW_MS;
    const noted = await orWarn(portalId, () => find(portalId, since));
    return members.filter((one) => noted?.has(idOf(one)) !== true);
  }

  async function note(portalId: PortalId, members: readonly SettledExecution[], outcome: string): Promise<void> {
    if (members.length === 0) return;
    await orWarn(portalId, () => workLog.noteCompleted(portalId, members.map(idOf)));
    metrics.count('CallbacksCompleted', { outcome }, members.length);
  }

  function orWarn<T>(portalId: PortalId, use: () => Promise<T>): Promise<T | undefined> {
    return tolerateOutage(use, () => log.warn('the work log could not be used', { portalId }));
  }
}

const idOf = ({ execution }: SettledExecution): string => execution.key.executionId;
