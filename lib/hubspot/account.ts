import { createInFlight } from '../domain/concurrency.ts';
import type { Deadline } from '../domain/deadline.ts';
import { ConfigError, MissingScopesError, UpstreamContractError } from '../domain/errors.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import { asJsonObject } from '../domain/json-object.ts';
import type { Now } from '../ports/telemetry.ts';
import type { SendForPortal } from './client.ts';
import type { HubSpotRequest } from './transport.ts';
import { HUBSPOT_API_VERSION } from './versions.ts';

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
