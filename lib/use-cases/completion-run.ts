import { type AppError, retryAfterOf, UpstreamUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { SettledExecution } from '../domain/queued-execution.ts';
import { type Back, REFUSED } from './to-delayed.ts';

export type CompletionLimits = {
  /** Nothing new is begun after that; what is left comes again soon. */
  readonly stopAtEpochMs: number;
  readonly deadlineEpochMs: number;
  /**
   * Whoever waits is found now, whatever it costs: a delivery before this one may have completed some of them and died, or their
   * time is short.
   */
  readonly isUrgent: boolean;
  /** Each is tried in this run, because what is put back comes again as it was. */
  readonly triesAll?: boolean;
};

/** Completing callbacks of one portal: what is left to do, and why. */
export type CompletionRun = CompletionLimits & {
  readonly portalId: PortalId;
  readonly back: Back[];
  /** Were in a call that HubSpot refused: the next time each is completed alone. */
  readonly refused: Set<SettledExecution>;
  failuresInARow: number;
  stoppedBy: AppError | undefined;
};

export function startRun(portalId: PortalId, limits: CompletionLimits): CompletionRun {
  return { ...limits, portalId, back: [], refused: new Set(), failuresInARow: 0, stoppedBy: undefined };
}

/** @param mayBeCompleted there may have been a completion whose reply nobody has */
export function putBack(
  run: CompletionRun,
  members: readonly SettledExecution[],
  cause: unknown,
  mayBeCompleted = run.isUrgent,
): undefined {
  const executions = members.map((one) => {
    const isRefused = run.refused.has(one) || (cause === REFUSED && wasRefused(one));
    const refusals = one.execution.refusals + (isRefused ? 1 : 0);
    return { ...one.execution, refusals, completion: mayBeCompleted ? 'unconfirmed' : 'pending' } as const;
  });
  if (executions.length > 0) run.back.push({ executions, cause });
  return undefined;
}

export function wasRefused({ execution }: SettledExecution): boolean {
  return execution.refusals > 0;
}

/** HubSpot failed at a call. A pause is another thing: nobody calls until it is over. */
export function mayPassSoon(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && retryAfterOf(error) === undefined;
}
