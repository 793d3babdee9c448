import type { PortalId } from '../domain/ids.ts';
import type { Log } from '../domain/ports.ts';
import type { CallEnd, Tellings } from '../domain/queued-execution.ts';
import { tolerateOutage } from '../domain/tolerate-outage.ts';

/** A call that is about to complete callbacks, written down for whoever else has to do with them. */
export type NotedCall = {
  end(end: CallEnd): Promise<void>;
  /** Of its callbacks, those that another call has completed, and those that another one may have, or may be completing. */
  others(): Promise<{ readonly told: ReadonlySet<string>; readonly contested: ReadonlySet<string> }>;
};

export type NoteCall = ReturnType<typeof createNoteCall>;

/** Notes calls. While the table is away they are made all the same: at worst somebody completes their callbacks again. */
export function createNoteCall({ tellings, log }: { readonly tellings: Tellings; readonly log: Log }) {
  /** @param sinceEpochMs before that nobody can have made a call for these callbacks */
  return async function noteCall(
    portalId: PortalId,
    callbackIds: readonly string[],
    sinceEpochMs: number,
  ): Promise<NotedCall> {
    const callId = await orWarn(portalId, () => tellings.note(portalId, callbackIds));
    return {
      async end(end) {
        if (callId !== undefined) await orWarn(portalId, () => tellings.end(portalId, callId, end));
      },
      async others() {
        const calls = await orWarn(portalId, () => tellings.find(portalId, sinceEpochMs, callId));
        const isTold = (id: string) => calls?.get(id)?.state === 'completed';
        const known = callbackIds.filter((id) => calls?.has(id));
        return { told: new Set(known.filter(isTold)), contested: new Set(known.filter((id) => !isTold(id))) };
      },
    };
  };

  function orWarn<T>(portalId: PortalId, use: () => Promise<T>): Promise<T | undefined> {
    return tolerateOutage(use, () => log.warn('it could not be noted which callbacks are completed', { portalId }));
  }
}
