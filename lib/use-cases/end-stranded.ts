import type { PortalId } from '../domain/ids.ts';
import type { Log, Metrics, Now } from '../domain/ports.ts';
import type { QueuedExecution, QueuedResults, SettledExecution } from '../domain/queued-execution.ts';
import { type createJudgeEnded, isOver } from './judge-ended.ts';
import type { TellCallbacks } from './tell-callbacks.ts';

export type EndStrandedDeps = {
  readonly results: QueuedResults;
  readonly judgeEnded: ReturnType<typeof createJudgeEnded>;
  readonly telling: TellCallbacks;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
};

const TOLD_TOGETHER = 100;

/**
 * Ends executions of one portal that the worker failed at again and again, so that no enrolment waits for nobody. Writes no
 * owner, and tells the truth about what was written.
 * @returns those that could not be told yet; their messages must come again
 * @throws what keeps all of them from being told; the messages then stay where they are, and come again
 */
export function createEndStranded(deps: EndStrandedDeps) {
  const { results, judgeEnded, telling, now, metrics, log } = deps;

  return async function endStranded(
    portalId: PortalId,
    executions: readonly QueuedExecution[],
    deadlineEpochMs: number,
  ): Promise<ReadonlySet<QueuedExecution>> {
    metrics.count('ExecutionsStranded', undefined, executions.length);
    log.error('executions were stranded in the queue', { portalId, executions: executions.length });
    const ids = executions.map(({ key }) => key.executionId);
    const standing = await results.find(portalId, ids);
    const unsettled = executions.filter(({ key }) => !standing.has(key.executionId));
    const ended = await judgeEnded(unsettled, deadlineEpochMs);
    await results.settle(ended);
    const known = executions.flatMap((execution) => {
      const result = standing.get(execution.key.executionId);
      return result === undefined ? [] : [{ execution, result }];
    });
    const { open, running } = await telling.withoutTold(portalId, known, deadlineEpochMs);
    const untold = await tell(portalId, [...open, ...ended], deadlineEpochMs);
    return new Set([...untold, ...running.flatMap(({ settled }) => settled.map(({ execution }) => execution))]);
  };

  async function tell(portalId: PortalId, settled: readonly SettledExecution[], deadlineEpochMs: number) {
    const untold = new Set<QueuedExecution>();
    const waiting = settled.filter(({ execution }) => !isOver(execution, now()));
    for (let start = 0; start < waiting.length; start += TOLD_TOGETHER) {
      const some = waiting.slice(start, start + TOLD_TOGETHER);
      for (const execution of await telling.tellCallbacks(portalId, some, deadlineEpochMs)) untold.add(execution);
    }
    return untold;
  }
}
