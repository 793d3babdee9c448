import type { Verdict } from './enrollment.ts';
import type { Flood, FloodOutcome } from './flood.ts';
import type { ApiReply, OwnerPage } from './hubspot-api.ts';
import { createProcessLimiter, type ProcessLimiter, SDK_LIMITS } from './process-limiter.ts';
import { runFlood, type Way } from './run-flood.ts';
import type { VirtualTime } from './virtual-time.ts';

/** `numberOfApiCallRetries` of the SDK, which counts the attempts. */
const ATTEMPTS = 3;
/** The SDK's wait after a 429 of the ten-second window, times the number of the attempt (14.0.1, read 2026-11-24). */
const WAIT_AFTER_429_MS = 10_000;

/**
 * One PATCH a record from a warm cache, through a limiter that each process has for itself, with the SDK's retries around
 * it. HubSpot's patience ends an execution: what it has not sent by then is not sent, as when a function times out.
 */
function limiterPerProcess(processes: number): Way {
  return {
    name: `cache, SDK limiter in ${processes} processes`,
    async start(hubspot, time) {
      const { body } = await hubspot.listOwners({ limit: '500' });
      const ownerIds = new Map((body as OwnerPage).results.map(({ email, id }) => [email, id]));
      const limiters = Array.from({ length: processes }, () => createProcessLimiter(time, SDK_LIMITS));
      let deliveries = 0;

      return async ({ id, email }, deadline) => {
        const limiter = limiters[deliveries++ % processes];
        const ownerId = ownerIds.get(email);
        if (limiter === undefined || ownerId === undefined) throw new Error('the cache holds every owner');
        return callAsSdk(limiter, time, deadline, () => hubspot.setOwner(id, ownerId));
      };
    },
  };
}

/** Each attempt waits for a turn of its own; the waits between them keep no turn from others. */
async function callAsSdk(
  limiter: ProcessLimiter,
  time: VirtualTime,
  deadline: number,
  call: () => Promise<ApiReply>,
): Promise<Verdict> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await limiter.schedule(call, deadline);
    if (reply?.status === 200) return 'SUCCESS';
    if (reply === undefined || attempt === ATTEMPTS) return 'RETRY';
    if (reply.status !== 429) throw new Error(`this flood knows no status ${reply.status}`);
    await time.sleep(WAIT_AFTER_429_MS * attempt);
  }
}

export const measureLimiterPerProcess = (flood: Flood, processes: number): Promise<FloodOutcome> =>
  runFlood(flood, limiterPerProcess(processes));
