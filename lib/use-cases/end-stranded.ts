import { PortalNotConnectedError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Log, Metrics, Now, ReportFault } from '../domain/ports.ts';
import {
  type AssignQueue,
  isOver,
  keyOf,
  LAST_CALL_MS,
  type QueuedExecution,
  type QueuedResults,
  type SettledExecution,
} from '../domain/queued-execution.ts';
import type { CompleteCallbacks } from './complete-callbacks.ts';
import { distinct } from './group-executions.ts';
import { type createJudgeEnded, EXPIRED } from './judge-ended.ts';

export type EndStrandedDeps = {
  readonly results: QueuedResults;
  readonly judgeEnded: ReturnType<typeof createJudgeEnded>;
  readonly completeCallbacks: CompleteCallbacks;
  readonly ensureConnected: (portalId: PortalId, deadlineEpochMs: number) => Promise<unknown>;
  readonly queue: Pick<AssignQueue, 'send'>;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly reportFault: ReportFault;
};

/** An execution that is tried again needs more than the last moments of its time. */
const WORTH_TRYING_MS = 2 * 3_600_000;
/** Each of them takes as many receives as a message has: about an hour. */
const MAX_STRANDINGS = 3;
const TRY_AGAIN_SECONDS = 300;

/**
 * Deals with executions that the worker failed at again and again, so that no enrollment waits for nobody. Those that still have
 * time are put back to be tried again; a fault may be repaired meanwhile. The others are ended: nothing is written, and the
 * workflow gets what the record holds. One portal's trouble is not another's.
 */
export function createEndStranded(deps: EndStrandedDeps) {
  const { results, judgeEnded, completeCallbacks, ensureConnected, queue, now, metrics, log, reportFault } = deps;

  /**
   * @param withoutEmail keys of executions whose email cannot be read
   * @returns the keys of those that could not be dealt with yet: their messages must come again
   */
  return async function endStranded(
    executions: readonly QueuedExecution[],
    withoutEmail: ReadonlySet<string>,
    deadlineEpochMs: number,
  ): Promise<ReadonlySet<string>> {
    const open: QueuedExecution[] = [];
    for (const [portalId, own] of Map.groupBy(distinct(executions), ({ key }) => key.portalId)) {
      try {
        open.push(...(await endOfPortal(portalId, own, withoutEmail, deadlineEpochMs)));
      } catch (error) {
        if (error instanceof PortalNotConnectedError && error.isForgotten) continue;
        open.push(...own);
        reportFault('stranded executions could not be dealt with yet', error, { portalId });
      }
    }
    return new Set(open.map(keyOf));
  };

  async function endOfPortal(
    portalId: PortalId,
    executions: readonly QueuedExecution[],
    withoutEmail: ReadonlySet<string>,
    deadlineEpochMs: number,
  ): Promise<readonly QueuedExecution[]> {
    await ensureConnected(portalId, deadlineEpochMs);
    const ids = executions.map(({ key }) => key.executionId);
    const standing = await results.find(portalId, ids);
    const hasResult = ({ key }: QueuedExecution) => standing.has(key.executionId);
    const isReadable = (execution: QueuedExecution) => !withoutEmail.has(keyOf(execution));
    const judged = await judgeEnded(
      executions.filter((one) => !hasResult(one) && isReadable(one)),
      deadlineEpochMs,
    );
    const isRetried = ({ execution, result }: SettledExecution) => result === EXPIRED && isWorthTrying(execution);
    const retried = judged.settled.filter(isRetried).map(({ execution }) => execution);
    const ended = [
      ...judged.settled.filter((one) => !isRetried(one)),
      ...executions
        .filter((one) => !hasResult(one) && !isReadable(one))
        .map((execution) => ({ execution, result: EXPIRED })),
    ];
    await results.settle(ended);
    const known = executions.flatMap((execution) => {
      const settled = standing.get(execution.key.executionId);
      return settled === undefined ? [] : [{ ...settled, execution }];
    });
    const limits = { stopAtEpochMs: deadlineEpochMs, deadlineEpochMs, isUrgent: true, triesAll: true };
    const waiting = [...known, ...ended].filter(({ execution }) => !isOver(execution, now()));
    const back = await completeCallbacks(portalId, waiting, limits);
    const open = [...judged.open, ...back.flatMap((one) => one.executions), ...(await putBack(retried))];
    count(portalId, executions.length - retried.length - open.length);
    return open;
  }

  function isWorthTrying({ blockEndsAtEpochMs, strandings }: QueuedExecution): boolean {
    return strandings < MAX_STRANDINGS && now() < blockEndsAtEpochMs - LAST_CALL_MS - WORTH_TRYING_MS;
  }

  /** @returns those that SQS did not take */
  async function putBack(executions: readonly QueuedExecution[]): Promise<readonly QueuedExecution[]> {
    if (executions.length === 0) return [];
    const again = executions.map((execution) => ({ ...execution, strandings: execution.strandings + 1 }));
    return queue.send(again.map((execution) => ({ execution, delaySeconds: TRY_AGAIN_SECONDS })));
  }

  /** Once for each execution: when it has ended. */
  function count(portalId: PortalId, ended: number): void {
    if (ended <= 0) return;
    metrics.count('ExecutionsStranded', undefined, ended);
    log.error('queued executions ended without being done', { portalId, executions: ended });
  }
}
