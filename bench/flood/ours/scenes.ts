import { setTimeout as delay } from 'node:timers/promises';
import type { FloodReport } from '../../../local/simulator/flood-ledger.ts';
import type { HubSpotCalls } from './count-calls.ts';
import type { Enrolling, Settled } from './hubspot-thread.ts';
import { type FloodUsage, lessUsage } from './setup.ts';
import type { Stage } from './stage.ts';
import { type PreparedWorkers, prepareWorkers, type WorkerOptions, type Workers } from './worker.ts';

/** Requests that HubSpot has open at once. */
const MAX_IN_FLIGHT = 60;
const ENROLMENT_LIMIT_MS = 150_000;
/** Messages are delayed by five seconds. */
const PAUSE_MS = 6_000;

export async function enroll(
  { hubspot, actionUrl }: Stage,
  enrolling: Pick<Enrolling, 'name' | 'portalIds' | 'to'> & Partial<Enrolling>,
): Promise<void> {
  const perSecond = Number.POSITIVE_INFINITY;
  await hubspot('enroll', { actionUrl, from: 0, perSecond, maxInFlight: MAX_IN_FLIGHT, ...enrolling });
}

/** Enrolls as fast as the machine can, with nobody to work on the queue. Answers how long it took. */
export async function queueAll(
  stage: Stage,
  enrolling: Pick<Enrolling, 'name' | 'portalIds' | 'to'> & Partial<Enrolling>,
  total: number,
): Promise<number> {
  const startedAt = Date.now();
  await enroll(stage, { ...enrolling, actionUrl: stage.fillUrl });
  for (;;) {
    const { blocked } = await stage.hubspot<FloodReport>('progress', enrolling.name);
    if (blocked === total) return Date.now() - startedAt;
    if (Date.now() - startedAt > ENROLMENT_LIMIT_MS) throw new Error(`only ${blocked} of ${total} were queued`);
    await delay(250);
  }
}

export type Settling = (name: string, waitMs: number) => Promise<Settled>;
export type Worked<T> = { readonly came: T; readonly calls: HubSpotCalls; readonly workers: WorkedOff };
export type WorkedOff = {
  readonly startedAtEpochMs: number;
  readonly usage: FloodUsage;
  readonly invocations: ReturnType<Workers['invocations']>;
};

/** Lets new workers at the queue for as long as `use` takes. */
export async function withWorkers<T>(
  stage: Stage,
  options: WorkerOptions,
  use: (settled: Settling, workers: Workers) => Promise<T>,
): Promise<Worked<T>> {
  const prepared = await prepareWorkers(stage);
  try {
    return await letWork(stage, prepared, options, use);
  } finally {
    await prepared.stop();
  }
}

/** Lets workers at the queue for as long as `use` takes. */
export async function letWork<T>(
  { hubspot }: Stage,
  prepared: PreparedWorkers,
  options: WorkerOptions,
  use: (settled: Settling, workers: Workers) => Promise<T>,
): Promise<Worked<T>> {
  await delay(PAUSE_MS);
  const usedBefore = await prepared.usage();
  const mark = await hubspot<number>('mark');
  const workers = prepared.start(options);
  try {
    const came = await use((name, waitMs) => hubspot<Settled>('awaitEnd', { name, waitMs }), workers);
    // What follows the last completion belongs to it: its messages are deleted.
    await delay(500);
    const { startedAtEpochMs } = workers;
    return {
      came,
      calls: await hubspot<HubSpotCalls>('callsSince', mark),
      workers: {
        startedAtEpochMs,
        usage: lessUsage(await prepared.usage(), usedBefore),
        invocations: workers.invocations(),
      },
    };
  } finally {
    await workers.stop();
  }
}
