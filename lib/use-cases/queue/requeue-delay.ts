import { AppError, MissingScopesError, PortalNotConnectedError, retryAfterOf } from '../../domain/errors.ts';
import { keyOf, LAST_TRY_MARGIN_MS, type QueuedExecution } from '../../domain/execution.ts';
import { COMPLETION_REFUSED, MAX_DELAY_SECONDS, NotBlockedYet } from '../../domain/requeue.ts';
import type { RequeueDelays } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

type Returned = { readonly execution: QueuedExecution; readonly cause: unknown; readonly jitter: number };

const REFUSED_SECONDS = 60;

/** Computes when requeued executions are delivered again: soon after a lack of permits, later the longer a failure lasts. */
export function createRequeueDelays({ now, random, metrics }: Needs<'now' | 'random' | 'metrics'>): RequeueDelays {
  /** One copy of each is requeued, for the first reason. */
  return function requeueDelays(back) {
    const causes = new Map<string, Returned>();
    for (const { executions, cause } of back) {
      // Executions that are requeued together come back together, so that one call processes them all.
      const jitter = random();
      for (const execution of executions) {
        if (!causes.has(keyOf(execution))) causes.set(keyOf(execution), { execution, cause, jitter });
      }
    }
    for (const [reason, same] of Map.groupBy(causes.values(), ({ cause }) => reasonOf(cause))) {
      metrics.count('ExecutionsRequeued', { reason }, same.length);
    }
    return [...causes.values()].map((one) => {
      const { execution, cause } = one;
      const delaySeconds = Math.ceil(Math.min(delayOf(one), secondsToLastTry(execution)));
      const isOutage = cause instanceof AppError && retryAfterOf(cause) === undefined;
      const requeueCount = execution.requeueCount + (isOutage ? 1 : 0);
      const wasRefused = cause === COMPLETION_REFUSED && execution.refusals > 0;
      const refusals = execution.refusals + (wasRefused ? 1 : 0);
      return { execution: { ...execution, requeueCount, refusals }, delaySeconds };
    });
  };

  /** It must be back in time to be ended. After that, there is no hurry. */
  function secondsToLastTry({ expiresAtEpochMs }: QueuedExecution): number {
    const leftMs = expiresAtEpochMs - LAST_TRY_MARGIN_MS - now();
    return leftMs > 0 ? Math.min(leftMs / 1_000, MAX_DELAY_SECONDS) : MAX_DELAY_SECONDS;
  }

  function delayOf({ execution: { requeueCount, refusals }, cause, jitter }: Returned): number {
    // Spread out, because executions that come together share one try.
    if (cause === COMPLETION_REFUSED)
      return REFUSED_SECONDS * 2 ** Math.min(Math.max(refusals - 1, 0), 3) * (0.75 + jitter / 2);
    if (cause instanceof NotBlockedYet) return cause.waitMs / 1_000;
    if (cause instanceof MissingScopesError || cause instanceof PortalNotConnectedError) return MAX_DELAY_SECONDS;
    // A wait for a limit or a pause does not show how long an outage lasts.
    const waitMs = retryAfterOf(cause);
    if (waitMs !== undefined) return waitMs / 1_000 + jitter;
    // HubSpot or the table is down: the longer the outage, the longer the next wait.
    return cause === undefined ? 1 : Math.min(2 ** Math.min(requeueCount + 1, 8), 300) * (0.5 + jitter / 2);
  }
}

function reasonOf(cause: unknown): string {
  if (cause === COMPLETION_REFUSED) return 'refused';
  if (cause instanceof NotBlockedYet) return 'not-blocked-yet';
  return cause instanceof AppError ? cause.code : 'crowded';
}
