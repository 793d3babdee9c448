import { setTimeout as delay } from 'node:timers/promises';
import { BURST_WINDOW_MS } from '../../../local/simulator/rate-limit.ts';
import type { HubSpotCalls } from './count-calls.ts';
import type { Settled } from './hubspot-thread.ts';
import { letWork, queueAll, type WorkedOff } from './scenes.ts';
import { addUsage, type FloodPortal, type FloodUsage, lessUsage } from './setup.ts';
import { onStage } from './stage.ts';
import { prepareWorkers } from './worker.ts';

export type Drained = {
  readonly settled: Settled;
  readonly enrollment: { readonly ms: number; readonly used: FloodUsage };
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
 * portal gets six seconds.
 */
export const VISIBILITY_SECONDS = 25;

/** How the workers begin: `cold` containers have never worked, `warm` ones have worked off a small flood before. */
export type Temperature = 'cold' | 'warm';
const WARM_UP_SHARE = 0.2;
/** HubSpot has forgotten the calls of the warm-up. */
const FORGOTTEN_MS = BURST_WINDOW_MS + 1_000;

/**
 * Queues everything first, with nobody to work on it, and then lets the workers at it.
 * @param portals all of them with as many records
 * @param options `quick`: queues without the action
 */
export function measureDrain(
  portals: readonly FloodPortal[],
  { quick = false, temperature = 'cold' }: { readonly quick?: boolean; readonly temperature?: Temperature } = {},
): Promise<Drained> {
  const portalIds = portals.map(({ portalId }) => portalId);
  const each = portals[0]?.records ?? 0;
  const warmUp = temperature === 'warm' ? Math.ceil(each * WARM_UP_SHARE) : 0;
  const seeded = portals.map((portal) => ({ ...portal, records: each + warmUp }));
  const options = { portals: seeded, queued: portalIds, visibilityTimeoutSeconds: VISIBILITY_SECONDS, quick };
  return onStage(options, async (stage) => {
    const prepared = await prepareWorkers(stage);
    try {
      if (warmUp > 0) {
        await queueAll(stage, { name: 'warm-up', portalIds, to: warmUp }, warmUp * portals.length);
        await letWork(stage, prepared, {}, (settled) => settled('warm-up', LIMIT_MS));
        await delay(FORGOTTEN_MS);
      }
      const usedBefore = await stage.action.usage();
      const flood = { name: 'flood', portalIds, from: warmUp, to: warmUp + each };
      const ms = await queueAll(stage, flood, each * portals.length);
      const used = lessUsage(await stage.action.usage(), usedBefore);
      const { came, calls, workers } = await letWork(stage, prepared, {}, (settled) => settled('flood', LIMIT_MS));
      return {
        settled: came,
        enrollment: { ms, used },
        ms: came.endedAtEpochMs - workers.startedAtEpochMs,
        calls,
        used: addUsage(workers.usage, used),
        invocations: workers.invocations,
      };
    } finally {
      await prepared.stop();
    }
  });
}
