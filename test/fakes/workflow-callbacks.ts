import { AppError, retryAfterOf } from '../../lib/domain/errors.ts';
import type { CompletionAnswer, WorkflowCallbacks } from '../../lib/ports/hubspot.ts';

export type CallbackAnswer = CompletionAnswer | Error;

export type FakeWorkflowCallbacks = WorkflowCallbacks & {
  /** The callbacks of every call, in order. */
  readonly calls: string[][];
  /** Callbacks that HubSpot waits for no more. One of them has a whole call refused. */
  readonly gone: Set<string>;
  /** Answers for the next calls, in order; after them HubSpot goes by `gone`. */
  readonly script: CallbackAnswer[];
};

/** HubSpot's callbacks, by the one rule that nothing of a refused call is done. */
export function createFakeWorkflowCallbacks(): FakeWorkflowCallbacks {
  const calls: string[][] = [];
  const gone = new Set<string>();
  const script: CallbackAnswer[] = [];
  return {
    calls,
    gone,
    script,
    async complete(_portalId, completions) {
      const ids = completions.map(({ callbackId }) => callbackId);
      calls.push(ids);
      const scripted = script.shift();
      if (scripted instanceof AppError) {
        return { kind: 'failed', cause: scripted, mayBeDone: retryAfterOf(scripted) === undefined };
      }
      if (scripted instanceof Error) throw scripted;
      if (scripted !== undefined) return scripted;
      if (ids.some((id) => gone.has(id))) return { kind: 'unknown', mayBeDone: false };
      for (const id of ids) gone.add(id);
      return { kind: 'answered', completed: new Set(ids), mayBeDone: false };
    },
  };
}
