import { AppError, retryAfterOf } from '../../domain/errors.ts';
import { asJsonObject, isAbsent } from '../../domain/json-object.ts';
import type { CallbackCompletion, WorkflowCallbacks } from '../../ports/hubspot.ts';
import type { SendForPortal } from '../client.ts';
import { parseJson } from '../error-body.ts';
import type { HubSpotReply } from '../transport.ts';
import { CALLBACKS_PATH } from '../versions.ts';

/**
 * Completes blocked executions (actions OpenAPI 2026-09, read 2026-11-23). Plain requests: the SDK's model of a completion
 * lacks `typedOutputs`, which the specification requires.
 */
export function createWorkflowCallbacks(send: SendForPortal, apiBaseUrl: string): WorkflowCallbacks {
  return {
    async complete(portalId, completions, deadlineEpochMs) {
      const { path, body } = toRequest(completions);
      let isRepeat = false;
      const onRepeat = () => {
        isRepeat = true;
      };
      const request = {
        method: 'POST',
        url: `${apiBaseUrl}${CALLBACKS_PATH}${path}`,
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify(body),
        mayAnswerEmpty: true,
      };
      try {
        const reply = await send(portalId, request, deadlineEpochMs, { onRepeat });
        return { ...readAnswer(reply), isRepeat };
      } catch (error) {
        // The portal is left alone until a time that is known: nothing was completed by this call.
        const isTooSoon = error instanceof AppError && retryAfterOf(error) !== undefined;
        if (isTooSoon && !isRepeat) return { kind: 'tooSoon', cause: error, isRepeat };
        throw error;
      }
    },
  };
}

/** One has a route of its own. */
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

/**
 * HubSpot's words for a callback that it does not know (developer forum 2024-08, read 2026-11-26), and the likely ones for one
 * that waits no more. The status varied.
 */
const ENDED = [/callback\b[^{}]*\bnot found/i, /callback\b[^{}"]*\b(?:already (?:been )?completed|expired)\b/i];
const GONE = new Set([404, 410]);

/** The documents name 204 alone, and say nothing about the members of a batch (actions OpenAPI 2026-09, read 2026-11-26). */
function readAnswer({ status, body }: HubSpotReply) {
  if (status === 204 || (status === 200 && body.trim() === '')) return { kind: 'completed' } as const;
  if (status < 300) return { kind: 'unclear', completed: findCompleted(parseJson(body)) } as const;
  return { kind: GONE.has(status) || ENDED.some((words) => words.test(body)) ? 'unknown' : 'invalid' } as const;
}

/** Every text of a result without an error, but for those that the errors name. Only our callback IDs matter among them. */
function findCompleted(document: unknown): ReadonlySet<string> {
  const { results, errors } = asJsonObject(document);
  const refused = new Set([...textsIn(errors), ...Object.keys(asJsonObject(errors))]);
  const good = Array.isArray(results) ? results.filter((result) => !isFailed(result)) : [];
  return new Set(textsIn(good).filter((text) => !refused.has(text)));
}

function isFailed(result: unknown): boolean {
  const { status, error, errors } = asJsonObject(result);
  return /error|fail|cancel|pending/i.test(String(status)) || !isAbsent(error) || textsIn(errors).length > 0;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
