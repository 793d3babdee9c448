import { AppError, retryAfterOf, UpstreamContractError } from '../../domain/errors.ts';
import { asJsonObject, isAbsent, isJsonObject, type JsonObject } from '../../domain/json-object.ts';
import type { CallbackCompletion, WorkflowCallbacks } from '../../ports/hubspot.ts';
import { namedInErrors, namesIn, saysDone } from '../batch-answer.ts';
import type { SendForPortal } from '../client.ts';
import { GONE, saysOver } from '../error-body.ts';
import type { HubSpotReply } from '../transport.ts';
import { CALLBACKS_PATH } from '../versions.ts';

/**
 * Completes blocked executions (actions OpenAPI 2026-09, read 2026-11-23). Plain requests: the SDK's model of a completion
 * lacks `typedOutputs`, which the specification requires.
 */
export function createWorkflowCallbacks(send: SendForPortal, apiBaseUrl: string): WorkflowCallbacks {
  return {
    async complete(portalId, completions, deadline) {
      const { path, body } = toRequest(completions);
      let mayBeDone = false;
      const onRepeat = () => {
        mayBeDone = true;
      };
      const request = {
        method: 'POST',
        url: `${apiBaseUrl}${CALLBACKS_PATH}${path}`,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify(body),
        isCompletion: true,
      };
      try {
        const reply = await send(portalId, request, deadline, { onRepeat });
        return { ...readAnswer(reply, completions), mayBeDone };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // A web page refused the call, which says nothing about the callbacks.
        if (error instanceof UpstreamContractError) return { kind: 'invalid', reason: error.message, mayBeDone };
        // In a pause with a known end, the last try completed nothing.
        return { kind: 'failed', cause: error, mayBeDone: mayBeDone || retryAfterOf(error) === undefined };
      }
    },
  };
}

/** A single completion has a separate route. */
function toRequest(completions: readonly CallbackCompletion[]): { readonly path: string; readonly body: object } {
  const [first, ...more] = completions;
  if (first !== undefined && more.length === 0) {
    return { path: `/${encodeURIComponent(first.callbackId)}/complete`, body: toBody(first) };
  }
  const inputs = completions.map((completion) => ({ callbackId: completion.callbackId, ...toBody(completion) }));
  return { path: '/complete', body: { inputs } };
}

function toBody({ outputFields }: CallbackCompletion) {
  return { outputFields, typedOutputs: {} };
}

/** The documents only name 204, and say nothing about the members of a batch (actions OpenAPI 2026-09, read 2026-11-26). */
function readAnswer({ status, body, document }: HubSpotReply, completions: readonly CallbackCompletion[]) {
  const isDoneWhole = status === 204 || (status === 200 && body.trim() === '');
  if (isDoneWhole) return { kind: 'answered', completed: new Set(completions.map((one) => one.callbackId)) } as const;
  if (status < 300) return { kind: 'answered', completed: completedIn(document) } as const;
  const isOver = GONE.has(status) || saysOver(document);
  return isOver ? ({ kind: 'unknown' } as const) : ({ kind: 'invalid', reason: `http_${status}` } as const);
}

/** The callbacks in `results`, unless the reply also says that they failed or are not done yet, or names them again. */
function completedIn(document: unknown): ReadonlySet<string> {
  const { results, ...rest } = asJsonObject(document);
  const { errors: _named, ...others } = rest;
  if (!Array.isArray(results) || !isDone(others)) return new Set();
  const elsewhere = new Set(Object.values(rest).flatMap((value) => [...namedInErrors(value)]));
  const done = results.filter((result) => typeof result === 'string' || (isJsonObject(result) && isDone(result)));
  return new Set(namesIn(done).filter((name) => !elsewhere.has(name)));
}

function isDone({ status, error, errors, message, ...rest }: JsonObject): boolean {
  const isComplaint = !isAbsent(error) || namesIn([errors, message]).length > 0;
  return !isComplaint && saysDone(status) && !Object.values(rest).some(saysOtherwise);
}

/** A word, a flag or a status under any name. A wrong match costs one call, because such a callback is completed alone. */
function saysOtherwise(value: unknown): boolean {
  if (typeof value === 'number') return value >= 400 && value < 600;
  return value === false || (typeof value === 'string' && NOT_DONE.test(value));
}

const NOT_DONE =
  /fail|error|invalid|expired|pending|process|queue|skip|unknown|denied|refus|reject|cancel|timeout|\bnot?\b|not_/i;
