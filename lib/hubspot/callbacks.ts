import { UpstreamContractError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { CallbackCompletion, CallbackReport, WorkflowCallbacks } from '../domain/queued-execution.ts';
import { CALLBACKS_PATH } from './api-paths.ts';
import type { SendForPortal } from './portal-client.ts';
import type { HubSpotReply } from './transport.ts';

/** Enough to find three unknown ids among a hundred. Where most are unknown, something else is wrong, and may pass. */
const MAX_CALLS = 40;

type Search = CallbackReport & {
  readonly unknown: Set<string>;
  readonly untold: Set<string>;
  callsLeft: number;
};

/**
 * Completes blocked executions (actions OpenAPI 2026-09, read 2026-11-23). Plain requests: the SDK's model of a completion
 * lacks `typedOutputs`, which the specification requires.
 *
 * A batch is answered as a whole, with nothing about its members. One that HubSpot refuses is halved until the ids that it
 * does not know stand alone, so that the others are completed whatever is wrong with one.
 */
export function createWorkflowCallbacks(send: SendForPortal, apiBaseUrl: string): WorkflowCallbacks {
  return {
    async complete(portalId, completions, deadlineEpochMs) {
      const search = { unknown: new Set<string>(), untold: new Set<string>(), callsLeft: MAX_CALLS };
      await completeAll(portalId, completions, deadlineEpochMs, search);
      return search;
    },
  };

  async function completeAll(
    portalId: PortalId,
    completions: readonly CallbackCompletion[],
    deadlineEpochMs: number,
    search: Search,
  ): Promise<void> {
    const [first, ...others] = completions;
    if (first === undefined) return;
    if (search.callsLeft === 0) {
      for (const { callbackId } of completions) search.untold.add(callbackId);
      return;
    }
    search.callsLeft -= 1;
    if (others.length === 0) {
      const reply = await post(
        portalId,
        `/${encodeURIComponent(first.callbackId)}/complete`,
        toBody(first),
        deadlineEpochMs,
      );
      if (isRefused(reply)) search.unknown.add(first.callbackId);
      return;
    }
    const inputs = completions.map((completion) => ({ callbackId: completion.callbackId, ...toBody(completion) }));
    const reply = await post(portalId, '/complete', { inputs }, deadlineEpochMs);
    if (!isRefused(reply)) return;
    const middle = Math.ceil(completions.length / 2);
    await completeAll(portalId, completions.slice(0, middle), deadlineEpochMs, search);
    await completeAll(portalId, completions.slice(middle), deadlineEpochMs, search);
  }

  function post(portalId: PortalId, path: string, body: object, deadlineEpochMs: number): Promise<HubSpotReply> {
    const request = {
      method: 'POST',
      url: `${apiBaseUrl}${CALLBACKS_PATH}${path}`,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    };
    return send(portalId, request, deadlineEpochMs);
  }
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
