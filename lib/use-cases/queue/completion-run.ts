import { type AppError, retryAfterOf, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { FinishedExecution } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import { COMPLETION_REFUSED, type Requeued } from '../../domain/requeue.ts';
import type { CompletionLimits } from '../../ports/steps.ts';

/** Completing callbacks of one portal: what is left to do, and why. */
export type CompletionRun = CompletionLimits & {
  readonly portalId: PortalId;
  /** When `BLOCK` was answered once more, by callback id. */
  readonly blockedAt: ReadonlyMap<string, number>;
  readonly requeued: Requeued[];
  /** Were in a call that HubSpot refused: the next time each is completed alone. */
  readonly refused: Set<FinishedExecution>;
  failuresInARow: number;
  stoppedBy: AppError | undefined;
};

export function startRun(
  portalId: PortalId,
  limits: CompletionLimits,
  blockedAt: CompletionRun['blockedAt'],
): CompletionRun {
  return { ...limits, portalId, blockedAt, requeued: [], refused: new Set(), failuresInARow: 0, stoppedBy: undefined };
}

/** @param mayBeCompleted there may have been a completion whose reply nobody has */
export function requeue(
  run: CompletionRun,
  members: readonly FinishedExecution[],
  cause: unknown,
  mayBeCompleted = run.isUrgent,
): undefined {
  const executions = members.map((one) => {
    const isRefused = run.refused.has(one) || (cause === COMPLETION_REFUSED && wasRefused(one));
    const refusals = one.execution.refusals + (isRefused ? 1 : 0);
    return { ...one.execution, refusals, completion: mayBeCompleted ? 'unconfirmed' : 'pending' } as const;
  });
  if (executions.length > 0) run.requeued.push({ executions, cause });
  return undefined;
}

export function wasRefused({ execution }: FinishedExecution): boolean {
  return execution.refusals > 0;
}

/** HubSpot failed at a call. A pause is another thing: nobody calls until it is over. */
export function mayPassSoon(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && retryAfterOf(error) === undefined;
}
