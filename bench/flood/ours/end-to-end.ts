import type { HubSpotCalls } from './count-calls.ts';
import type { Settled } from './hubspot-thread.ts';
import { enroll, withWorkers } from './scenes.ts';
import { addUsage, type FloodPortal, type FloodUsage } from './setup.ts';
import { onStage } from './stage.ts';

export type EndToEnd = {
  readonly settled: Settled;
  /** From the first enrollment to the last end. */
  readonly ms: number;
  readonly calls: HubSpotCalls;
  readonly used: FloodUsage;
};

/** Beyond what a flood takes when all goes well. */
const PATIENCE_MS = 90_000;
/** HubSpot keeps as many requests open as its rate needs; those that wait for a permit take a second each. */
const MAX_IN_FLIGHT = 300;

/** The flood as HubSpot sends it: at its own rate, to an action that does at once what the limit allows and queues the rest. */
export function measureEndToEnd(portal: FloodPortal, perSecond: number): Promise<EndToEnd> {
  const { portalId, records } = portal;
  const options = { portals: [portal], queued: [], visibilityTimeoutSeconds: 70 };
  return onStage(options, async (stage) => {
    const limitMs = (records / perSecond) * 1_000 + PATIENCE_MS;
    const { came, calls, workers } = await withWorkers(stage, {}, async (settled) => {
      await enroll(stage, { name: 'flood', portalIds: [portalId], to: records, perSecond, maxInFlight: MAX_IN_FLIGHT });
      return settled('flood', limitMs);
    });
    const used = addUsage(await stage.action.usage(), workers.usage);
    return { settled: came, ms: came.endedAtEpochMs - came.startedAtEpochMs, calls, used };
  });
}
