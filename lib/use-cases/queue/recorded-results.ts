import type { FinishedExecution, QueuedExecution, SetOwnerCommand } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import type { QueuedResults } from '../../ports/executions.ts';

export type RecordedResultsDeps = {
  readonly results: QueuedResults;
  readonly noteOutcome: (portalId: PortalId, result: ActionResult) => void;
  readonly recordUnresolved: (command: SetOwnerCommand, result: ActionResult) => Promise<void>;
};

export type RecordedResults = ReturnType<typeof createRecordedResults>;

/** The results of queued executions. They are recorded before HubSpot gets them, so that any later delivery gets the same. */
export function createRecordedResults({ results, noteOutcome, recordUnresolved }: RecordedResultsDeps) {
  return {
    /** Splits executions into those with a result and the others. */
    async find(portalId: PortalId, executions: readonly QueuedExecution[]) {
      if (executions.length === 0) return { finished: [], open: [] };
      const ids = executions.map(({ key }) => key.executionId);
      const standing = await results.find(portalId, ids);
      const finished: FinishedExecution[] = [];
      const open: QueuedExecution[] = [];
      for (const execution of executions) {
        const known = standing.get(execution.key.executionId);
        if (known === undefined) open.push(execution);
        else finished.push({ ...known, execution });
      }
      return { finished, open };
    },
    /** Records new results. They also count for the report of the account. */
    async record(portalId: PortalId, finished: readonly FinishedExecution[]): Promise<void> {
      await results.record(finished);
      for (const { result } of finished) noteOutcome(portalId, result);
      for (const { execution, result } of finished) await recordUnresolved(execution.command, result);
    },
  };
}
