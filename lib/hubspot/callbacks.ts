import { UpstreamContractError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { CallbackCompletion, NotedCall, WorkflowCallbacks } from '../domain/queued-execution.ts';
import { askWitnesses, type Testimony } from '../domain/witnesses.ts';
import { CALLBACKS_PATH } from './api-paths.ts';
import type { SendForPortal } from './portal-client.ts';
import type { HubSpotReply } from './transport.ts';

/** Enough to find three unknown ids among a hundred. Where most are unknown, something else is wrong, and may pass. */
const MAX_CALLS = 40;

type NoteCall = (callbackIds: readonly string[]) => Promise<NotedCall>;
type Search = {
  readonly unknown: Set<string>;
  readonly unclear: Set<string>;
  readonly untold: Set<string>;
  readonly toldByOthers: Set<string>;
  callsLeft: number;
  readonly noteCall: NoteCall;
};

const NOBODY: ReadonlySet<string> = new Set();
const notNoted: NoteCall = async () => ({
  end: async () => undefined,
  others: async () => ({ told: NOBODY, contested: NOBODY }),
});

/**
 * Completes blocked executions (actions OpenAPI 2026-09, read 2026-11-23). Plain requests: the SDK's model of a completion
 * lacks `typedOutputs`, which the specification requires.
 *
 * A batch is answered as a whole, with nothing about its members. One that HubSpot refuses is halved until the ids that it
 * does not know stand alone, so that the others are completed whatever is wrong with one.
 *
 * A batch whose reply was lost is refused when it is sent again, because all of it is completed by then. To halve that would
 * cost more than two calls a record, and every one of them an error. So a few of its ids are asked for first.
 *
 * Before either, those are left out that another call had to do with: they may be why HubSpot refuses, and that one of them is
 * completed says nothing about this call.
 */
export function createWorkflowCallbacks(send: SendForPortal, apiBaseUrl: string): WorkflowCallbacks {
  return {
    async complete(portalId, completions, deadlineEpochMs, noteCall = notNoted) {
      const search: Search = {
        unknown: new Set(),
        unclear: new Set(),
        untold: new Set(),
        toldByOthers: new Set(),
        callsLeft: MAX_CALLS,
        noteCall,
      };
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
    const [first, ...more] = completions;
    if (first === undefined) return;
    if (search.callsLeft === 0) {
      for (const { callbackId } of completions) search.untold.add(callbackId);
      return;
    }
    search.callsLeft -= 1;
    if (more.length === 0) return completeOne(portalId, first, deadlineEpochMs, search);
    const call = await search.noteCall(completions.map(({ callbackId }) => callbackId));
    const inputs = completions.map((completion) => ({ callbackId: completion.callbackId, ...toBody(completion) }));
    let isRepeat = false;
    const onRepeat = () => {
      isRepeat = true;
    };
    const reply = await hear(call, post(portalId, '/complete', { inputs }, deadlineEpochMs, onRepeat));
    if (!isRefused(reply)) return call.end('completed');
    const own = await leaveOthers(call, completions, search);
    const left = isRepeat ? await leaveCompleted(portalId, { call, completions, own }, deadlineEpochMs, search) : own;
    if (!isRepeat) await call.end('refused');
    if (own.length < completions.length) return completeAll(portalId, left, deadlineEpochMs, search);
    const middle = Math.ceil(left.length / 2);
    await completeAll(portalId, left.slice(0, middle), deadlineEpochMs, search);
    await completeAll(portalId, left.slice(middle), deadlineEpochMs, search);
  }

  /** @returns those that no other call had to do with */
  async function leaveOthers(
    call: NotedCall,
    completions: readonly CallbackCompletion[],
    search: Search,
  ): Promise<readonly CallbackCompletion[]> {
    const { told, contested } = await call.others();
    for (const id of told) search.toldByOthers.add(id);
    for (const id of contested) search.untold.add(id);
    return completions.filter(({ callbackId }) => !told.has(callbackId) && !contested.has(callbackId));
  }

  /**
   * A try before the one that was refused may have had its effect. When all of `own` may be early, it is too soon to tell.
   * @returns those of whom nothing is known yet
   */
  async function leaveCompleted(
    portalId: PortalId,
    { call, completions, own }: RefusedCall,
    deadlineEpochMs: number,
    search: Search,
  ): Promise<readonly CallbackCompletion[]> {
    const witnesses = own.filter(({ mayBeEarly }) => !mayBeEarly);
    if (witnesses.length === 0) {
      for (const { callbackId } of own) search.untold.add(callbackId);
      await call.end('unheard');
      return [];
    }
    const found: Search = { ...search, unknown: new Set(), unclear: new Set(), untold: new Set() };
    const ask = async (one: CallbackCompletion): Promise<Testimony> => {
      await completeAll(portalId, [one], deadlineEpochMs, found);
      const { callbackId } = one;
      if (found.unclear.has(callbackId) || found.untold.has(callbackId)) return 'unclear';
      return found.unknown.has(callbackId) ? 'unknown' : 'waited';
    };
    const { effect, asked } = await hear(call, askWitnesses(witnesses, completions.length, ask));
    search.callsLeft = found.callsLeft;
    const left = effect === 'had' ? [] : own.filter((one) => !asked.has(one));
    await call.end(effect === 'had' ? 'completed' : effect === 'none' || left.length > 0 ? 'refused' : 'unheard');
    if (effect === 'had') return [];
    for (const id of found.unknown) search.unknown.add(id);
    for (const id of found.unclear) search.unclear.add(id);
    for (const id of found.untold) search.untold.add(id);
    return left;
  }

  async function completeOne(
    portalId: PortalId,
    completion: CallbackCompletion,
    deadlineEpochMs: number,
    search: Search,
  ): Promise<void> {
    const { callbackId } = completion;
    const call = await search.noteCall([callbackId]);
    const path = `/${encodeURIComponent(callbackId)}/complete`;
    let isRepeat = false;
    const onRepeat = () => {
      isRepeat = true;
    };
    const reply = await hear(call, post(portalId, path, toBody(completion), deadlineEpochMs, onRepeat));
    if (isRefused(reply)) search.unknown.add(callbackId);
    if (isRefused(reply) && isRepeat) search.unclear.add(callbackId);
    await call.end(isRefused(reply) ? 'refused' : 'completed');
  }

  function post(
    portalId: PortalId,
    path: string,
    body: object,
    deadlineEpochMs: number,
    onRepeat: () => void,
  ): Promise<HubSpotReply> {
    const request = {
      method: 'POST',
      url: `${apiBaseUrl}${CALLBACKS_PATH}${path}`,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
    };
    return send(portalId, request, deadlineEpochMs, { onRepeat });
  }
}

/** `own`: of its callbacks those that no other call had to do with. */
type RefusedCall = {
  readonly call: NotedCall;
  readonly completions: readonly CallbackCompletion[];
  readonly own: readonly CallbackCompletion[];
};

/** Whatever is heard of a call; it has ended unheard when that is an error. */
async function hear<T>(call: NotedCall, news: Promise<T>): Promise<T> {
  try {
    return await news;
  } catch (error) {
    await call.end('unheard');
    throw error;
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
