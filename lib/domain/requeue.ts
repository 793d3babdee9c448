import type { QueuedExecution } from './execution.ts';

/** Executions that could not be done now. Without a cause, their portal had its turn and others wait. */
export type Requeued = { readonly executions: readonly QueuedExecution[]; readonly cause: unknown };

/** The longest that SQS holds a message back. */
export const MAX_DELAY_SECONDS = 900;

export function toDelaySeconds(waitMs: number): number {
  return Math.min(Math.ceil(waitMs / 1_000), MAX_DELAY_SECONDS);
}

/** HubSpot may not know yet that they wait. */
export class NotBlockedYet {
  readonly waitMs: number;
  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }
}

/** HubSpot has refused so many completions that no more are tried now: of these, or of others. */
export const COMPLETION_REFUSED = Symbol('refused');

/** An outage is seldom longer than it takes to come again so often: by then HubSpot may fail because of one of them. */
export const OFTEN_REQUEUED = 3;
