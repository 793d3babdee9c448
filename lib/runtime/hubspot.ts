import type { Config } from '../config/load-config.ts';
import type { PortalTokens } from '../domain/ports.ts';
import { createPortalClient, type SendForPortal } from '../hubspot/portal-client.ts';
import { createStaticTokens } from '../hubspot/static-tokens.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { World } from './world.ts';

/** The one way to HubSpot: whatever calls it shares tokens, pauses and breaker. */
export function createHubSpot(
  config: Pick<Config, 'staticTokens'>,
  { log, metrics }: Telemetry,
  { now, sleep, random, fetch, hubspotTryTimeoutMs }: World,
): { readonly send: SendForPortal; readonly tokens: PortalTokens } {
  const tokens = createStaticTokens(config.staticTokens);
  const send = createPortalClient({
    transport: createTransport(fetch),
    tokens,
    now,
    sleep,
    random,
    metrics,
    log,
    ...(hubspotTryTimeoutMs !== undefined && { tryTimeoutMs: hubspotTryTimeoutMs }),
  });
  return { send, tokens };
}
