import { AppError, MissingScopesError, PortalNotConnectedError, retryAfterOf } from '../domain/errors.ts';
import type { Metrics, Now } from '../domain/ports.ts';
import { type Delayed, keyOf, LAST_CALL_MS, type QueuedExecution } from '../domain/queued-execution.ts';

export type ToDelayedDeps = {
  readonly now: Now;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
};

/** Executions that could not be done now. Without a cause, their portal had its turn and others wait. */
export type Back = { readonly executions: readonly QueuedExecution[]; readonly cause: unknown };

type Returned = { readonly execution: QueuedExecution; readonly cause: unknown; readonly jitter: number };

/** HubSpot may not know yet that they wait. */
export class NotBlockedYet {
  readonly waitMs: number;
  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }
}
/** HubSpot has refused so many completions that no more are tried now: of these, or of others. */
export const REFUSED = Symbol('refused');
/** Another worker may complete it at this moment. */
export const IN_FLIGHT = Symbol('in flight');
export const IN_FLIGHT_MS = 10_000;

/** The longest that SQS holds a message back. */
const MAX_DELAY_SECONDS = 900;
const REFUSED_SECONDS = 60;

export type ToDelayed = ReturnType<typeof createToDelayed>;

/** Says when executions that go back to the queue are to come again: soon where permits were short, later the longer it lasts. */
export function createToDelayed({ now, random, metrics }: ToDelayedDeps) {
  /** One copy of each goes back, for the first reason there was. */
  return function toDelayed(back: readonly Back[]): readonly Delayed[] {
    const causes = new Map<string, Returned>();
    for (const { executions, cause } of back) {
      // Those that go back together come again together: one call serves them all.
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
      const delaySeconds = Math.ceil(Math.min(delayOf(one), secondsToLastCall(execution)));
      const isOutage = cause instanceof AppError && retryAfterOf(cause) === undefined;
      const returns = execution.returns + (isOutage ? 1 : 0);
      return { execution: { ...execution, returns }, delaySeconds };
    });
  };

  /** It must be back in time to be ended. Once it is, nothing hurries any more. */
  function secondsToLastCall({ blockEndsAtEpochMs }: QueuedExecution): number {
    const leftMs = blockEndsAtEpochMs - LAST_CALL_MS / 2 - now();
    return leftMs > 0 ? Math.min(leftMs / 1_000, MAX_DELAY_SECONDS) : MAX_DELAY_SECONDS;
  }

  function delayOf({ execution: { returns, refusals }, cause, jitter }: Returned): number {
    // Spread, because those that come together get one try between them.
    if (cause === REFUSED) return REFUSED_SECONDS * 2 ** Math.min(Math.max(refusals - 1, 0), 3) * (0.75 + jitter / 2);
    if (cause === IN_FLIGHT) return IN_FLIGHT_MS / 1_000;
    if (cause instanceof NotBlockedYet) return cause.waitMs / 1_000;
    if (cause instanceof MissingScopesError || cause instanceof PortalNotConnectedError) return MAX_DELAY_SECONDS;
    // Waiting for a limit or a pause is no sign of how long an outage lasts.
    const waitMs = retryAfterOf(cause);
    if (waitMs !== undefined) return waitMs / 1_000 + jitter;
    // HubSpot or the table is away: the longer it has been, the longer the next wait.
    return cause === undefined ? 1 : Math.min(2 ** Math.min(returns + 1, 8), 300) * (0.5 + jitter / 2);
  }
}

function reasonOf(cause: unknown): string {
  if (cause === REFUSED) return 'refused';
  if (cause === IN_FLIGHT) return 'in-flight';
  if (cause instanceof NotBlockedYet) return 'not-blocked-yet';
  return cause instanceof AppError ? cause.code : 'crowded';
}
