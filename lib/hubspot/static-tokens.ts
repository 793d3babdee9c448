import { createInFlight } from '../domain/concurrency.ts';
import type { Deadline } from '../domain/deadline.ts';
import { ConfigError, MissingScopesError, PortalNotConnectedError, UpstreamContractError } from '../domain/errors.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import { asJsonObject } from '../domain/json-object.ts';
import type { PortalToken } from '../domain/portal.ts';
import type { ConnectedPortals, PortalTokens } from '../ports/portals.ts';
import type { Now } from '../ports/telemetry.ts';
import type { SendForPortal } from './client.ts';
import type { HubSpotRequest } from './transport.ts';
import { HUBSPOT_API_VERSION } from './versions.ts';

/** Where a newer token comes from, should somebody replace the one that a container started with. */
export type StaticTokenSource = {
  readonly read: () => Promise<string>;
  /** The newer one may be of another account by mistake. */
  readonly prove: (portalId: PortalId, token: string, deadline: Deadline) => Promise<unknown>;
  readonly now: Now;
};

/** A flood whose token is rejected must not use up the calls that the parameter store has for all functions. */
const READ_REST_MS = 5_000;

/** Tokens that do not expire, one per portal: those of a private app with static authentication. */
export function createStaticTokens(
  configured: ReadonlyMap<PortalId, string>,
  source?: StaticTokenSource,
): PortalTokens {
  const tokenByPortal = new Map(configured);
  const join = createInFlight<void>(source?.now ?? Date.now);
  let readAtEpochMs = Number.NEGATIVE_INFINITY;
  return {
    getToken: async (portalId) => find(portalId),

    async findNewerToken(portalId, used, deadline) {
      const isHeld = () => find(portalId).value === used.value;
      if (source !== undefined && isHeld()) {
        await join(portalId, deadline, () => readAgain(portalId, source, deadline));
      }
      return isHeld() ? undefined : find(portalId);
    },

    // There is no other, and one rejection may be a mistake.
    refreshToken: async (_portalId, rejected) => rejected,
  };

  function find(portalId: PortalId): PortalToken {
    const value = tokenByPortal.get(portalId);
    if (value === undefined) throw new PortalNotConnectedError('no token is configured for the portal');
    return { value, issuedAtEpochMs: undefined };
  }

  async function readAgain(portalId: PortalId, { read, prove, now }: StaticTokenSource, deadline: Deadline) {
    if (now() < readAtEpochMs + READ_REST_MS) return;
    const token = await read();
    if (token === tokenByPortal.get(portalId)) {
      readAtEpochMs = now();
      return;
    }
    await prove(portalId, token, deadline);
    tokenByPortal.set(portalId, token);
  }
}

/** The portals with a configured token. */
export function createStaticPortals(tokenByPortal: ReadonlyMap<PortalId, string>): ConnectedPortals {
  return {
    async *listConnected() {
      yield [...tokenByPortal.keys()];
    },
  };
}

/**
 * Sends nothing with a static token before HubSpot has confirmed the configured account, because an owner ID means another person
 * in another account. Checked once a container (account information API, read 2026-11-26), and again after a fault.
 * @throws {ConfigError} for every call if the token belongs to another account
 */
export function createAccountProof(send: SendForPortal, apiBaseUrl: string, now: Now): SendForPortal {
  const isOwnAccount = new Map<PortalId, boolean>();
  const join = createInFlight<void>(now);

  return async function sendProved(portalId, request, deadline, options) {
    if (!isOwnAccount.has(portalId)) await join(portalId, deadline, () => ask(portalId, deadline));
    if (isOwnAccount.get(portalId) !== true) {
      throw new ConfigError('Configuration is wrong. HUBSPOT_PORTAL_ID: HUBSPOT_ACCESS_TOKEN is of another account');
    }
    return send(portalId, request, deadline, options);
  };

  async function ask(portalId: PortalId, deadline: Deadline): Promise<void> {
    const { status, document } = await send(portalId, accountDetails(apiBaseUrl), deadline).catch(namingTheScope);
    isOwnAccount.set(portalId, readAccount(status === 200 ? document : undefined) === portalId);
  }
}

/** The account that a token opens (account information API, read 2026-11-26). */
export function accountDetails(apiBaseUrl: string): HubSpotRequest {
  const url = `${apiBaseUrl}/account-info/${HUBSPOT_API_VERSION}/details`;
  return { method: 'GET', url, headers: { Accept: 'application/json' } };
}

/**
 * Reads the reply about the account.
 * @throws {UpstreamContractError} if it does not name the account
 */
export function readAccount(body: unknown): PortalId {
  const portalId = parsePortalId(asJsonObject(body).portalId);
  if (portalId === undefined) throw new UpstreamContractError('HubSpot does not say which account a token belongs to');
  return portalId;
}

function namingTheScope(error: unknown): never {
  if (!(error instanceof MissingScopesError) || error.scopes.length > 0) throw error;
  throw new MissingScopesError(error.hubspotCorrelationId, ['oauth']);
}
