import { setTimeout as delay } from 'node:timers/promises';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { ChaosPlan } from '../../../local/simulator/chaos.ts';
import type { HubSpotCalls } from './count-calls.ts';
import { VISIBILITY_SECONDS } from './drain.ts';
import type { Settled } from './hubspot-thread.ts';
import { queueAll, type WorkedOff, withWorkers } from './scenes.ts';
import type { FloodPortal } from './setup.ts';
import { onStage } from './stage.ts';
import type { Workers } from './worker.ts';

export type Chaotic = {
  readonly settled: Settled;
  readonly ms: number;
  readonly calls: HubSpotCalls;
  readonly invocations: WorkedOff['invocations'];
  readonly killed: number;
  readonly sentTwice: number;
  /** Events whose function did its work and was not heard, so that all of its messages came again. */
  readonly unconfirmed: number;
};

/** A fifth of all calls go wrong, in every way there is. */
export const CHAOS_SHARES: ChaosPlan['shares'] = {
  status5xx: 0.1,
  reset: 0.05,
  truncate: 0.01,
  resetAfterEffect: 0.01,
};
const SEED = 20_261_125;
/** So long that what is slow is not counted as lost. Each lost reply to a completion costs a call for each of its callbacks. */
const LIMIT_MS = 300_000;
const KILL_EVERY_MS = 1_500;
const KILLS = 6;
/** Of messages. */
const TWICE_SHARE = 0.02;
/** Of every so many events that ended well, the last one is not heard of. */
const UNHEARD_EVERY = 8;

/** The drain, with HubSpot, the queue and the containers all failing by chance. */
export function measureChaos(portal: FloodPortal): Promise<Chaotic> {
  const { portalId, records } = portal;
  const options = { portals: [portal], queued: [portalId], visibilityTimeoutSeconds: VISIBILITY_SECONDS, quick: true };
  return onStage(options, async (stage) => {
    await queueAll(stage, { name: 'flood', portalIds: [portalId], to: records }, records);
    const random = createRandom(SEED);
    const harm = { killed: 0, sentTwice: 0, unconfirmed: 0 };
    let ended = 0;
    await stage.hubspot('chaos', { seed: SEED, shares: CHAOS_SHARES } satisfies ChaosPlan);
    const around = async (event: SQSEvent, invoke: (event: SQSEvent) => Promise<unknown>) => {
      const twice = event.Records.filter(() => random() < TWICE_SHARE);
      harm.sentTwice += twice.length;
      await sendAgain(stage.sqs, stage.queueUrl, twice);
      const result = await invoke(event);
      ended += 1;
      if (ended % UNHEARD_EVERY > 0) return result;
      harm.unconfirmed += 1;
      throw new Error('nobody heard that the function had ended');
    };
    const { came, calls, workers } = await withWorkers(stage, { around }, async (settled, running) => {
      const killing = killSome(running, random, harm);
      const end = await settled('flood', LIMIT_MS);
      await killing;
      return end;
    });
    const ms = came.endedAtEpochMs - workers.startedAtEpochMs;
    return { settled: came, ms, calls, invocations: workers.invocations, ...harm };
  });
}

async function killSome({ containers }: Workers, random: () => number, harm: { killed: number }): Promise<void> {
  for (let turn = 0; turn < KILLS; turn += 1) {
    await delay(KILL_EVERY_MS * (0.5 + random()));
    if (containers.killOne(random)) harm.killed += 1;
  }
}

/** The same execution in a message of its own, as when a send was repeated for lack of an answer. */
async function sendAgain(sqs: SQSClient, QueueUrl: string, records: readonly SQSRecord[]): Promise<void> {
  for (let start = 0; start < records.length; start += 10) {
    const Entries = records.slice(start, start + 10).map(({ body, attributes }, index) => ({
      Id: String(index),
      MessageBody: body,
      ...(attributes.MessageGroupId !== undefined && { MessageGroupId: attributes.MessageGroupId }),
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

/** A linear congruential generator (Numerical Recipes): the same harm in every run, as far as timing lets it. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
