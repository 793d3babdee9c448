import type { HubSpotCalls } from './count-calls.ts';
import type { Settled } from './hubspot-thread.ts';
import { queueAll, type WorkedOff, withWorkers } from './scenes.ts';
import { addUsage, type FloodPortal, type FloodUsage } from './setup.ts';
import { onStage } from './stage.ts';

export type Drained = {
  readonly settled: Settled;
  readonly enrolment: { readonly ms: number; readonly used: FloodUsage };
  /** From the workers' start to the last completion that HubSpot accepted. */
  readonly ms: number;
  readonly calls: HubSpotCalls;
  /** Of the action and the workers together. */
  readonly used: FloodUsage;
  readonly invocations: WorkedOff['invocations'];
};

const LIMIT_MS = 90_000;
/**
 * Shorter than on AWS, so that what a killed container held comes back within a bench; longer than an event takes, of which a
 * portal gets ten seconds.
 */
export const VISIBILITY_SECONDS = 25;

/** Queues everything first, with nobody to work on it, and then lets the workers at it. */
export function measureDrain(portals: readonly FloodPortal[], quick = false): Promise<Drained> {
  const portalIds = portals.map(({ portalId }) => portalId);
  const total = portals.reduce((sum, { records }) => sum + records, 0);
  const options = { portals, queued: portalIds, visibilityTimeoutSeconds: VISIBILITY_SECONDS, quick };
  return onStage(options, async (stage) => {
    const ms = await queueAll(stage, { name: 'flood', portalIds, to: total / portals.length }, total);
    const used = await stage.action.usage();
    const { came, calls, workers } = await withWorkers(stage, {}, (settled) => settled('flood', LIMIT_MS));
    return {
      settled: came,
      enrolment: { ms, used },
      ms: came.endedAtEpochMs - workers.startedAtEpochMs,
      calls,
      used: addUsage(workers.usage, used),
      invocations: workers.invocations,
    };
  });
}
