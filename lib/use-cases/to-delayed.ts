import { AppError, MissingScopesError, PortalNotConnectedError, RateLimitedError } from '../domain/errors.ts';
import type { Metrics, Now } from '../domain/ports.ts';
import { type Delayed, LAST_CALL_MS, type QueuedExecution } from '../domain/queued-execution.ts';

export type ToDelayedDeps = {
  readonly now: Now;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
};

/** Executions that could not be done now. Without a cause, their portal had its turn and others wait. */
export type Back = { readonly executions: readonly QueuedExecution[]; readonly cause: unknown };

/** Told before HubSpot knew that they wait. */
export const EARLY = Symbol('early');
/** Somebody may be telling them at this moment, and cannot be any more in so many milliseconds. */
export class BeingTold {
  readonly overInMs: number;
  constructor(overInMs: number) {
    this.overInMs = overInMs;
  }
}

/** The longest that SQS holds a message back. */
const MAX_DELAY_SECONDS = 900;
const EARLY_DELAY_SECONDS = 5;

export type ToDelayed = ReturnType<typeof createToDelayed>;

/** Says when executions that go back to the queue are to come again: soon where permits were short, later the longer it lasts. */
export function createToDelayed({ now, random, metrics }: ToDelayedDeps) {
  /** One copy of each goes back, for the first reason there was. */
  return function toDelayed(back: readonly Back[]): readonly Delayed[] {
    const causes = new Map<QueuedExecution, unknown>();
    for (const { executions, cause } of back) {
      for (const execution of executions) if (!causes.has(execution)) causes.set(execution, cause);
    }
    for (const [reason, same] of Map.groupBy(causes.values(), reasonOf)) {
      metrics.count('ExecutionsRequeued', { reason }, same.length);
    }
    return [...causes].map(([execution, cause]) => {
      const delaySeconds = Math.ceil(Math.min(delayOf(execution, cause), secondsToLastCall(execution)));
      return { execution: { ...execution, returns: execution.returns + 1 }, delaySeconds };
    });
  };

  /** It must be back in time to be ended. Once it is, nothing hurries any more. */
  function secondsToLastCall({ blockEndsAtEpochMs }: QueuedExecution): number {
    const leftMs = blockEndsAtEpochMs - LAST_CALL_MS / 2 - now();
    return leftMs > 0 ? Math.min(leftMs / 1_000, MAX_DELAY_SECONDS) : MAX_DELAY_SECONDS;
  }

  function delayOf({ returns }: QueuedExecution, cause: unknown): number {
    if (cause === EARLY) return EARLY_DELAY_SECONDS;
    if (cause instanceof BeingTold) return cause.overInMs / 1_000;
    if (cause instanceof MissingScopesError || cause instanceof PortalNotConnectedError) return MAX_DELAY_SECONDS;
    if (cause instanceof RateLimitedError) return cause.retryAfterMs / 1_000 + random();
    // HubSpot or the table is away: the longer it has been, the longer the next wait.
    return cause === undefined ? 1 : Math.min(2 ** Math.min(returns + 1, 8), 300) * (0.5 + random() / 2);
  }
}

function reasonOf(cause: unknown): string {
  if (cause === EARLY) return 'early';
  if (cause instanceof BeingTold) return 'running';
  return cause instanceof AppError ? cause.code : 'crowded';
}
