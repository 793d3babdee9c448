import type { Connection } from '../config/connection.ts';
import type { PortalTokens } from '../domain/ports.ts';
import type { ConnectedPortals } from '../domain/refresh.ts';
import { createPortalClient, type SendForPortal } from '../hubspot/portal-client.ts';
import { createStaticPortals, createStaticTokens } from '../hubspot/static-tokens.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createInstalls, type Installs } from './installs.ts';
import type { World } from './world.ts';

export type HubSpot = {
  readonly send: SendForPortal;
  readonly tokens: PortalTokens;
  readonly portals: ConnectedPortals;
  /** Undefined where one portal is reached by a static token. */
  readonly installs: Installs | undefined;
};

/** The one way to HubSpot: whatever calls it shares tokens, pauses and breaker. */
export function createHubSpot(
  config: Connection & { readonly hubspotApiBaseUrl: string; readonly tableName: string },
  telemetry: Telemetry,
  world: World,
): HubSpot {
  const { log, metrics } = telemetry;
  const { now, sleep, random, fetch, hubspotTryTimeoutMs } = world;
  const { oauth, staticTokens } = config;
  const installs = oauth === undefined ? undefined : createInstalls(oauth, config, telemetry, world);
  const tokens = installs?.tokens ?? createStaticTokens(staticTokens);
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
  return { send, tokens, portals: installs?.portals ?? createStaticPortals(staticTokens), installs };
}
