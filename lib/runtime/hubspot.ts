import type { Connection } from '../config/connection.ts';
import type { PortalTokens } from '../domain/ports.ts';
import type { ConnectedPortals } from '../domain/refresh.ts';
import { createAccountProof } from '../hubspot/account-proof.ts';
import { createPermits, type PermitPolicy, type Permits } from '../hubspot/permits.ts';
import { createPortalClient, type SendForPortal } from '../hubspot/portal-client.ts';
import { createStaticPortals, createStaticTokens } from '../hubspot/static-tokens.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createRateBudget } from '../store/rate-budget.ts';
import { createInstalls, type Installs } from './installs.ts';
import type { World } from './world.ts';

export type HubSpot = {
  readonly send: SendForPortal;
  readonly permits: Permits;
  readonly tokens: PortalTokens;
  readonly portals: ConnectedPortals;
  /** Undefined where one portal is reached by a static token. */
  readonly installs: Installs | undefined;
};

/** A workflow or a person waits: a little for a permit, and rather another answer than a late one. */
export const INTERACTIVE: PermitPolicy = {
  priority: 'interactive',
  blockSize: 5,
  splitsBlocks: true,
  patienceMs: 1_000,
};
/** The same for what can be left to the queue: it steps back while many wait there. */
export const DEFERRABLE: PermitPolicy = { ...INTERACTIVE, priority: 'deferrable' };
/** Nobody waits: a permit is worth waiting for as long as there is time at all. */
export const BACKGROUND: PermitPolicy = {
  priority: 'bulk',
  blockSize: 3,
  splitsBlocks: true,
  patienceMs: Number.POSITIVE_INFINITY,
};

/** The one way to HubSpot: whatever calls it shares tokens, rate budget and breaker. */
export function createHubSpot(
  config: Connection & { readonly hubspotApiBaseUrl: string; readonly tableName: string },
  telemetry: Telemetry,
  world: World,
  policy: PermitPolicy,
): HubSpot {
  const { log, metrics } = telemetry;
  const { now, sleep, random, fetch, hubspotTryTimeoutMs } = world;
  const { oauth, staticTokens } = config;
  const installs = oauth === undefined ? undefined : createInstalls(oauth, config, telemetry, world);
  const tokens = installs?.tokens ?? createStaticTokens(staticTokens);
  const table = { client: world.table, tableName: config.tableName };
  const permits = createPermits({ budget: createRateBudget(table, now), policy, now, sleep, random, metrics });
  const client = createPortalClient({
    permits,
    transport: createTransport(fetch),
    tokens,
    now,
    sleep,
    random,
    metrics,
    log,
    ...(hubspotTryTimeoutMs !== undefined && { tryTimeoutMs: hubspotTryTimeoutMs }),
  });
  // What an installation's token opens, HubSpot said when it granted it.
  const send = installs === undefined ? createAccountProof(client, config.hubspotApiBaseUrl, now) : client;
  return { send, permits, tokens, portals: installs?.portals ?? createStaticPortals(staticTokens), installs };
}
