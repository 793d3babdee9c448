import type { QueuedExecution } from './execution.ts';

/** Executions that could not be processed now. Without a cause, other portals wait for their turn. */
export type Requeued = { readonly executions: readonly QueuedExecution[]; readonly cause: unknown };

/** The maximum delay of a message in SQS. */
export const MAX_DELAY_SECONDS = 900;

export function toDelaySeconds(waitMs: number): number {
  return Math.min(Math.ceil(waitMs / 1_000), MAX_DELAY_SECONDS);
}

/** HubSpot may not know yet that these executions wait. */
export class NotBlockedYet {
  readonly waitMs: number;
  constructor(waitMs: number) {
    this.waitMs = waitMs;
  }
}

/** HubSpot refused so many completions, of these or other executions, that no more are tried now. */
export const COMPLETION_REFUSED = Symbol('refused');

/** Few outages last longer than this many requeues. After that, one of the executions may be the reason why HubSpot fails. */
export const OFTEN_REQUEUED = 3;
