import { toDeadline } from '../../lib/domain/deadline.ts';
import { BLOCK_MS } from '../../lib/domain/execution.ts';
import type { ActionResult } from '../../lib/domain/outcome.ts';
import { COMPLETION_REFUSED, NotBlockedYet } from '../../lib/domain/requeue.ts';
import { createCompleteCallbacks } from '../../lib/use-cases/queue/complete-callbacks.ts';
import type { BlockEnd } from '../../local/simulator/blocked-executions.ts';
import { toOwnerId } from '../builders/ids.ts';
import { makeQueued } from '../builders/queued-execution.ts';
import { createFakeWorkLog, type FakeWorkLog } from '../fakes/work-log.ts';
import { PORTAL, PORTAL_ID, type useAdapters } from '../hubspot/adapters.ts';
import { makeTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const idsOf = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `ap-1-2-3-${from + index}`);
/** As the callback's workflow must get them. */
export const outputsOf = (callbackId: string) => ({
  outcome: 'ASSIGNED',
  ownerId: ownerOf(callbackId),
  hs_execution_state: 'SUCCESS',
});

type CompleteOptions = {
  /** How long ago the executions were queued. */
  readonly ageMs?: number;
  readonly isUrgent?: boolean;
  /** How long ago the result of each was recorded. Left out: when it was queued. */
  readonly settledAgoMs?: (callbackId: string) => number;
  /** Callbacks that HubSpot refused to complete before. */
  readonly refusedBefore?: ReadonlySet<string>;
};

/** By callback id, why it was not completed now. What is not here was completed, or HubSpot waits for it no more. */
type PutBack = Readonly<Record<string, string>>;

export type Completer = {
  readonly telemetry: RecordingTelemetry;
  readonly workLog: FakeWorkLog;
  complete(callbackIds: readonly string[], options?: CompleteOptions): Promise<PutBack>;
  /** The same as pairs of callback ID and cause, of which thousands take less time. */
  completeMany(callbackIds: readonly string[], options?: CompleteOptions): Promise<[string, string][]>;
  /** Of those put back last, how many HubSpot certainly still waits for. */
  countPending(): number;
  /** Executions that wait, with the end of each as it comes. */
  block(callbackIds: readonly string[]): ReadonlyMap<string, BlockEnd>;
  count(outcome: 'completed' | 'unknown'): number;
};

/** Completing callbacks over the adapter and HubSpot's simulator, as one container does it. */
export function makeCompleter(
  { simulator, clock, callbacks }: ReturnType<ReturnType<typeof useAdapters>>,
  workLog: FakeWorkLog = createFakeWorkLog(clock.now),
): Completer {
  const telemetry = makeTelemetry();
  const { log, metrics } = telemetry;
  const toOutputs = async (_portalId: unknown, { outcome, ownerId = '' }: { outcome: string; ownerId?: string }) => {
    return { outcome, ownerId, hs_execution_state: 'SUCCESS' };
  };
  const completeCallbacks = createCompleteCallbacks({ callbacks, workLog, toOutputs, now: clock.now, metrics, log });
  let back: Awaited<ReturnType<typeof completeCallbacks>> = [];
  const completer: Completer = {
    telemetry,
    workLog,
    complete: async (callbackIds, options) => Object.fromEntries(await completer.completeMany(callbackIds, options)),
    async completeMany(
      callbackIds,
      { ageMs = 60_000, isUrgent = false, settledAgoMs = () => ageMs, refusedBefore = new Set() } = {},
    ) {
      const queuedAtEpochMs = clock.now() - ageMs;
      const like = makeQueued({ queuedAtEpochMs, expiresAtEpochMs: queuedAtEpochMs + BLOCK_MS });
      const settled = callbackIds.map((executionId) => ({
        execution: {
          ...like,
          key: { portalId: PORTAL_ID, executionId },
          refusals: refusedBefore.has(executionId) ? 1 : 0,
        },
        result: resultOf(executionId),
        recordedAtEpochMs: clock.now() - settledAgoMs(executionId),
      }));
      const deadline = toDeadline(clock.now() + 8_000);
      const limits = { stopAt: deadline, deadline, isUrgent };
      back = await completeCallbacks(PORTAL_ID, settled, limits);
      return back.flatMap(({ executions, cause }) => {
        return executions.map(({ key }): [string, string] => [key.executionId, nameOf(cause)]);
      });
    },
    countPending: () =>
      back.flatMap(({ executions }) => executions).filter(({ completion }) => completion === 'pending').length,
    block(callbackIds) {
      const ends = new Map<string, BlockEnd>();
      for (const callbackId of callbackIds) {
        const wait = { callbackId, portalId: PORTAL, expiresAtEpochMs: clock.now() + 2 * DAY_MS };
        void simulator.state.blocked.block(wait).then((end) => ends.set(callbackId, end));
      }
      return ends;
    },
    count: (outcome) =>
      telemetry.counted.filter(
        ({ name, dimensions }) => name === 'CallbacksCompleted' && dimensions.outcome === outcome,
      ).length,
  };
  return completer;
}

/** Made once for each: ten thousand of them come back every minute. */
const results = new Map<string, ActionResult>();

function resultOf(callbackId: string): ActionResult {
  const known = results.get(callbackId);
  if (known !== undefined) return known;
  const result = { outcome: 'ASSIGNED', ownerId: toOwnerId(ownerOf(callbackId)) } as const;
  results.set(callbackId, result);
  return result;
}

/** An owner of its own for each callback, so that no outputs can be another one's. */
function ownerOf(callbackId: string): string {
  return String(75_000_000 + Number(callbackId.slice(callbackId.lastIndexOf('-') + 1)));
}

function nameOf(cause: unknown): string {
  if (cause === COMPLETION_REFUSED) return 'refused';
  if (cause instanceof NotBlockedYet) return 'not blocked yet';
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no time';
}
