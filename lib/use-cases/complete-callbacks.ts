import type { PortalId } from '../domain/ids.ts';
import type { CallbackCompletion, WorkflowCallbacks } from '../domain/queued-execution.ts';
import { askWitnesses, type Testimony } from '../domain/witnesses.ts';
import type { NoteCall, NotedCall } from './note-calls.ts';

/** `mayBeEarly`: HubSpot may not know yet that it waits, so that it may be unknown without having been completed. */
export type DueCompletion = CallbackCompletion & { readonly mayBeEarly: boolean };

export type CallbackReport = {
  /** Ids that HubSpot does not know (any more): completed before, expired, or not waiting yet. */
  readonly unknown: ReadonlySet<string>;
  /** Of the unknown, those that a try without an answer may have completed just before. */
  readonly unclear: ReadonlySet<string>;
  /**
   * Ids that were not completed: another call may just have done so, it is too soon to tell, or so many are unknown that finding
   * them out would cost too many calls at once.
   */
  readonly untold: ReadonlySet<string>;
  /** Ids that another call has completed. */
  readonly toldByOthers: ReadonlySet<string>;
};

/** Enough to find three unknown ids among a hundred. Where most are unknown, something else is wrong, and may pass. */
const MAX_CALLS = 40;

type Found = { readonly [Kind in keyof CallbackReport]: Set<string> };
type Search = {
  readonly portalId: PortalId;
  readonly sinceEpochMs: number;
  readonly deadlineEpochMs: number;
  readonly found: Found;
  callsLeft: number;
};

export type CompleteCallbacks = ReturnType<typeof createCompleteCallbacks>;

/**
 * Completes callbacks that may be unknown to HubSpot for several reasons, in few calls.
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
export function createCompleteCallbacks({
  callbacks,
  noteCall,
}: {
  readonly callbacks: WorkflowCallbacks;
  readonly noteCall: NoteCall;
}) {
  /**
   * @param completions at most 100
   * @param sinceEpochMs before that nobody can have made a call for them
   */
  return async function completeCallbacks(
    portalId: PortalId,
    completions: readonly DueCompletion[],
    sinceEpochMs: number,
    deadlineEpochMs: number,
  ): Promise<CallbackReport> {
    const found = nothingFound();
    await completeAll({ portalId, sinceEpochMs, deadlineEpochMs, found, callsLeft: MAX_CALLS }, completions);
    return found;
  };

  async function completeAll(search: Search, completions: readonly DueCompletion[]): Promise<void> {
    if (completions.length === 0) return;
    if (search.callsLeft === 0) return add(search.found.untold, completions.map(idOf));
    search.callsLeft -= 1;
    const { portalId, sinceEpochMs, deadlineEpochMs, found } = search;
    const ids = completions.map(idOf);
    const call = await noteCall(portalId, ids, sinceEpochMs);
    const answer = await hear(call, callbacks.complete(portalId, completions, deadlineEpochMs));
    if (answer === 'completed') return call.end('completed');
    if (completions.length === 1) {
      add(found.unknown, ids);
      if (answer === 'unclear') add(found.unclear, ids);
      return call.end('refused');
    }
    const own = await leaveOthers(search, call, completions);
    const left = answer === 'unclear' ? await leaveCompleted(search, call, completions.length, own) : own;
    if (answer === 'refused') await call.end('refused');
    if (own.length < completions.length) return completeAll(search, left);
    const middle = Math.ceil(left.length / 2);
    await completeAll(search, left.slice(0, middle));
    await completeAll(search, left.slice(middle));
  }

  /** @returns those that no other call had to do with */
  async function leaveOthers({ found }: Search, call: NotedCall, completions: readonly DueCompletion[]) {
    const { told, contested } = await call.others();
    add(found.toldByOthers, told);
    add(found.untold, contested);
    return completions.filter(({ callbackId }) => !told.has(callbackId) && !contested.has(callbackId));
  }

  /**
   * A try before the one that was refused may have had its effect.
   * @param own of the callbacks of the call, those that no other one had to do with
   * @returns those of whom nothing is known yet
   */
  async function leaveCompleted(search: Search, call: NotedCall, size: number, own: readonly DueCompletion[]) {
    const witnesses = own.filter(({ mayBeEarly }) => !mayBeEarly);
    if (witnesses.length === 0) {
      add(search.found.untold, own.map(idOf));
      await call.end('unheard');
      return [];
    }
    const alone: Search = { ...search, found: nothingFound() };
    const ask = async (one: DueCompletion): Promise<Testimony> => {
      await completeAll(alone, [one]);
      const { unknown, unclear, untold } = alone.found;
      if (unclear.has(idOf(one)) || untold.has(idOf(one))) return 'unclear';
      return unknown.has(idOf(one)) ? 'unknown' : 'waited';
    };
    const { effect, asked } = await hear(call, askWitnesses(witnesses, size, ask));
    search.callsLeft = alone.callsLeft;
    if (effect === 'had') {
      await call.end('completed');
      return [];
    }
    for (const kind of ['unknown', 'unclear', 'untold'] as const) add(search.found[kind], alone.found[kind]);
    const left = own.filter((one) => !asked.has(one));
    await call.end(effect === 'none' || left.length > 0 ? 'refused' : 'unheard');
    return left;
  }
}

const idOf = ({ callbackId }: CallbackCompletion): string => callbackId;

function nothingFound(): Found {
  return { unknown: new Set(), unclear: new Set(), untold: new Set(), toldByOthers: new Set() };
}

function add(ids: Set<string>, more: Iterable<string>): void {
  for (const id of more) ids.add(id);
}

/** Whatever is heard of a call; it has ended unheard when that is an error. */
async function hear<T>(call: NotedCall, news: Promise<T>): Promise<T> {
  try {
    return await news;
  } catch (error) {
    await call.end('unheard');
    throw error;
  }
}
