import { createCompleteCallbacks } from '../../lib/use-cases/complete-callbacks.ts';
import type { NotedCall } from '../../lib/use-cases/note-calls.ts';
import type { BlockEnd } from '../../local/simulator/blocked-executions.ts';
import { PORTAL, PORTAL_ID, type useAdapters } from '../hubspot/adapters.ts';

export const HOUR_MS = 3_600_000;

export const idsOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `ap-1-2-3-${from + index}`);
export const outputsOf = (callbackId: string) => ({
  outcome: 'ASSIGNED',
  ownerId: callbackId,
  hs_execution_state: 'SUCCESS',
});

type CompleteOptions = {
  readonly deadlineEpochMs?: number;
  readonly mayBeEarly?: boolean;
  readonly noteCall?: (callbackIds: readonly string[]) => Promise<NotedCall>;
};

/** Completing callbacks over the adapter and HubSpot's simulator; nobody else has to do with them unless `noteCall` says so. */
export function makeCompleting(current: ReturnType<typeof useAdapters>) {
  return {
    complete(callbackIds: readonly string[], options: CompleteOptions = {}) {
      const { deadlineEpochMs = current().deadlineEpochMs, mayBeEarly = false, noteCall = notNoted } = options;
      const { callbacks } = current();
      const completeCallbacks = createCompleteCallbacks({ callbacks, noteCall: (_portalId, ids) => noteCall(ids) });
      const completions = callbackIds.map((callbackId) => ({
        callbackId,
        outputFields: outputsOf(callbackId),
        mayBeEarly,
      }));
      return completeCallbacks(PORTAL_ID, completions, 0, deadlineEpochMs);
    },

    /** Executions that wait, with the end of each as it comes. */
    block(callbackIds: readonly string[]): ReadonlyMap<string, BlockEnd> {
      const { simulator, clock } = current();
      const ends = new Map<string, BlockEnd>();
      for (const callbackId of callbackIds) {
        const wait = { callbackId, portalId: PORTAL, expiresAtEpochMs: clock.now() + HOUR_MS };
        void simulator.state.blocked.block(wait).then((end) => ends.set(callbackId, end));
      }
      return ends;
    },
  };
}

async function notNoted(): Promise<NotedCall> {
  return { end: async () => undefined, others: async () => ({ told: new Set(), contested: new Set() }) };
}
