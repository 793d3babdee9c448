import type { Connection } from '../config/connection.ts';
import type { PortalId } from '../domain/ids.ts';
import { isConnected as isPortalConnected } from '../domain/portal.ts';
import { accountDetails, createAccountProof } from '../hubspot/account.ts';
import { createPortalClient, type SendForPortal } from '../hubspot/client.ts';
import { createRateLimiter, type RateLimiter, type RateLimitPolicy } from '../hubspot/rate-limiter.ts';
import { createStaticTokens, type StaticTokenSource } from '../hubspot/static-tokens.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import type { PortalTokens } from '../ports/portals.ts';
import type { FindScopes } from '../store/queue-permission.ts';
import { createRateBudget } from '../store/rate-limit.ts';
import { createInstalls, type Installs } from './installs.ts';
import type { Platform } from './platform.ts';

export type HubSpot = {
  readonly send: SendForPortal;
  readonly rateLimiter: RateLimiter;
  readonly tokens: PortalTokens;
  readonly isConnected: (portalId: PortalId) => Promise<boolean>;
  readonly findScopes: FindScopes;
  /** Undefined with a static token. */
  readonly installs: Installs | undefined;
};

/** A workflow or a person waits: wait briefly for a permit, and rather give another answer than a late one. */
export const INTERACTIVE: RateLimitPolicy = {
  priority: 'interactive',
  permitBatch: 5,
  allowPartial: true,
  maxWaitMs: 1_000,
};
/** The same for work that the queue can take over: it gets no permits while many executions wait there. */
export const DEFERRABLE: RateLimitPolicy = { ...INTERACTIVE, priority: 'deferrable' };
/** Nobody waits: a permit is worth waiting for until the deadline. */
export const BACKGROUND: RateLimitPolicy = {
  priority: 'bulk',
  permitBatch: 3,
  allowPartial: true,
  maxWaitMs: Number.POSITIVE_INFINITY,
};

/**
 * Nobody waits, and a flood comes first. A caller that asks for fewer permits gets them sooner: the workers of a flood ask for
 * three, so while they take every free permit, there are never four.
 */
export const BEHIND_FLOODS: RateLimitPolicy = { ...BACKGROUND, permitBatch: 4, allowPartial: false };

/** The only way to HubSpot: all callers share tokens, rate budget and circuit breaker. */
export function createHubSpot(
  config: Connection & { readonly hubspotApiBaseUrl: string; readonly tableName: string },
  telemetry: Telemetry,
  platform: Platform,
  policy: RateLimitPolicy,
): HubSpot {
  const needs = { ...platform, ...telemetry };
  const { now, fetch, hubspotTryTimeoutMs: tryTimeoutMs } = platform;
  const { oauth, staticTokens, hubspotApiBaseUrl } = config;
  const installs = oauth === undefined ? undefined : createInstalls(oauth, config, telemetry, platform);
  const table = { client: platform.table, tableName: config.tableName };
  const rateLimiter = createRateLimiter({ budget: createRateBudget(table, now), policy, ...needs });
  const transport = createTransport(fetch);
  const toClient = (sentWith: PortalTokens) =>
    createPortalClient({
      rateLimiter,
      transport,
      tokens: sentWith,
      ...(tryTimeoutMs !== undefined && { tryTimeoutMs }),
      ...needs,
    });
  const tokens = installs?.tokens ?? createStaticTokens(staticTokens, findSource(config.readStaticToken));
  // What an installation's token opens, HubSpot said when it granted it.
  const toProved = (sentWith: PortalTokens) => createAccountProof(toClient(sentWith), hubspotApiBaseUrl, now);
  const send = installs === undefined ? toProved(tokens) : toClient(tokens);
  return { send, rateLimiter, tokens, isConnected, findScopes, installs };

  function findSource(read: Connection['readStaticToken']): StaticTokenSource | undefined {
    if (read === undefined) return undefined;
    return {
      read,
      now,
      // By a client of its own, so that nothing else is sent with it before.
      prove: (portalId, token, deadline) => {
        const prove = toProved(createStaticTokens(new Map([[portalId, token]])));
        return prove(portalId, accountDetails(hubspotApiBaseUrl), deadline);
      },
    };
  }

  async function isConnected(portalId: PortalId): Promise<boolean> {
    if (installs === undefined) return staticTokens.has(portalId);
    return isPortalConnected(await installs.grants.read(portalId));
  }

  /** A portal without a token granted nothing. */
  async function findScopes(portalId: PortalId) {
    if (installs === undefined) return staticTokens.has(portalId) ? undefined : { scopes: [], installationId: '' };
    return (await installs.grants.read(portalId)) ?? { scopes: [], installationId: '' };
  }
}
