import { UpstreamContractError } from '../domain/errors.ts';
import type { CallbackCompletion, WorkflowCallbacks } from '../domain/queued-execution.ts';
import { CALLBACKS_PATH } from './api-paths.ts';
import type { SendForPortal } from './portal-client.ts';
import type { HubSpotReply } from './transport.ts';

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
      };
      const reply = await send(portalId, request, deadlineEpochMs, { onRepeat });
      if (!isRefused(reply)) return 'completed';
      return isRepeat ? 'unclear' : 'refused';
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

/** HubSpot told apart neither by status nor by code what it does not know from what it no longer knows. */
function isRefused({ status }: HubSpotReply): boolean {
  if (status >= 200 && status < 300) return false;
  if (status === 400 || status === 404) return true;
  throw new UpstreamContractError(`a completion was answered with status ${status}`);
}
