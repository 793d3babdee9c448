import { setTimeout as delay } from 'node:timers/promises';
import type { FloodReport } from '../../../local/simulator/flood-ledger.ts';
import type { HubSpotCalls } from './count-calls.ts';
import type { Enrolling, Settled } from './hubspot-thread.ts';
import { addUsage, type FloodPortal, type FloodUsage } from './setup.ts';
import { onStage, type Stage } from './stage.ts';
import { prepareWorkers, type WorkerOptions } from './worker.ts';

export type Drained = {
  readonly settled: Settled;
  readonly enrolment: { readonly ms: number; readonly perSecond: number; readonly used: FloodUsage };
  /** From the workers' start to the last completion that HubSpot accepted. */
  readonly ms: number;
  readonly calls: HubSpotCalls;
  readonly used: FloodUsage;
  readonly invocations: { readonly assign: number; readonly stranded: number };
};

const ENROLMENT_LIMIT_MS = 120_000;
const MAX_IN_FLIGHT = 60;

/** Queues everything first, with nobody to work on it, and then lets the workers at it. */
export function measureDrain(
  portals: readonly FloodPortal[],
  { limitMs, visibilityTimeoutSeconds = 60, ...options }: WorkerOptions & DrainLimits,
): Promise<Drained> {
  const ids = portals.map(({ portalId }) => portalId);
  return onStage({ portals, queued: ids, visibilityTimeoutSeconds }, async (stage) => {
    const { hubspot, action } = stage;
    const enrolledAt = Date.now();
    await enrol(stage, { name: 'flood', portalIds: ids, to: Math.max(...portals.map(({ records }) => records)) });
    const total = portals.reduce((sum, { records }) => sum + records, 0);
    await untilBlocked(stage, 'flood', total);
    const enrolmentMs = Date.now() - enrolledAt;
    const enrolling = await action.usage();
    const workers = await prepareWorkers(stage);
    // HubSpot's window forgets the refresh meanwhile, and messages have been held back for their two seconds.
    await delay(2_500);
    const mark = await hubspot<number>('mark');
    const running = workers.start(options);
    try {
      const settled = await hubspot<Settled>('settled', { name: 'flood', waitMs: limitMs });
      // What is said after the last completion belongs to it: messages are deleted, and counted.
      await delay(500);
      return {
        settled,
        enrolment: { ms: enrolmentMs, perSecond: total / (enrolmentMs / 1_000), used: enrolling },
        ms: settled.lastCompletionAtEpochMs - running.startedAtEpochMs,
        calls: await hubspot<HubSpotCalls>('callsSince', mark),
        used: addUsage(await running.usage(), enrolling),
        invocations: running.invocations(),
      };
    } finally {
      await running.stop();
    }
  });
}

export type DrainLimits = { readonly limitMs: number; readonly visibilityTimeoutSeconds?: number };

export async function enrol(
  { hubspot, actionUrl }: Stage,
  enrolling: Pick<Enrolling, 'name' | 'portalIds' | 'to'> & Partial<Enrolling>,
): Promise<void> {
  const perSecond = Number.POSITIVE_INFINITY;
  await hubspot('enrol', { actionUrl, from: 0, perSecond, maxInFlight: MAX_IN_FLIGHT, ...enrolling });
}

async function untilBlocked({ hubspot }: Stage, name: string, total: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < ENROLMENT_LIMIT_MS; waitedMs += 250) {
    const report = await hubspot<FloodReport>('progress', name);
    if (report.blocked === total) return;
    await delay(250);
  }
  throw new Error(`not all executions were queued within ${ENROLMENT_LIMIT_MS / 1_000} s`);
}
