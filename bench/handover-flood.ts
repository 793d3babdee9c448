import { setTimeout as delay } from 'node:timers/promises';
import { RateLimitedError } from '../lib/domain/errors.ts';
import type { PortalId } from '../lib/domain/ids.ts';
import { HUBSPOT_API_VERSION } from '../lib/hubspot/versions.ts';
import { createTelemetry } from '../lib/observability/telemetry.ts';
import { createHubSpot } from '../lib/runtime/hubspot.ts';
import { backgroundPlatform } from '../lib/runtime/platform.ts';
import { QUEUED } from '../lib/runtime/queue-runtime.ts';

/** As many as work behind the queue at a time (`maximumConcurrency` of `assignOwners` in serverless.yml). */
const WORKERS = 5;

/**
 * What decides how long a flood takes: the calls that its workers get permits for. Each has a container of its own and calls as
 * often as it may.
 * @returns calls in so many milliseconds
 */
export async function countFloodCalls(
  config: Parameters<typeof createHubSpot>[0],
  portalId: PortalId,
  ms: number,
): Promise<number> {
  const endsAt = Date.now() + ms;
  let calls = 0;
  const worker = async () => {
    const { send } = createHubSpot(config, createTelemetry('bench'), backgroundPlatform(), QUEUED);
    const url = `${config.hubspotApiBaseUrl}/crm/owners/${HUBSPOT_API_VERSION}?limit=1`;
    while (Date.now() < endsAt) {
      try {
        await send(portalId, { method: 'GET', url, headers: { Accept: 'application/json' } }, endsAt + 8_000);
        calls += 1;
      } catch (error) {
        // The queue brings the executions back then.
        if (!(error instanceof RateLimitedError)) throw error;
        await delay(Math.min(error.retryAfterMs, 1_000));
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return calls;
}
