import { ConfigError, MissingScopesError, UpstreamContractError } from '../domain/errors.ts';
import { createFlights } from '../domain/flights.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import type { Now } from '../domain/ports.ts';
import { HUBSPOT_API_VERSION } from './api-paths.ts';
import type { SendForPortal } from './portal-client.ts';

/**
 * Sends nothing with a static token before HubSpot has said that its account is the configured one: an owner id means another
 * person in another account. Asked once a container (account information API, read 2026-11-26); a fault is asked about again.
 * @throws {ConfigError} when the token belongs to another account, whatever is sent
 */
export function createAccountProof(send: SendForPortal, apiBaseUrl: string, now: Now): SendForPortal {
  const isOwnAccount = new Map<PortalId, boolean>();
  const join = createFlights<void>(now);

  return async function sendProved(portalId, request, deadlineEpochMs, options) {
    if (!isOwnAccount.has(portalId)) await join(portalId, deadlineEpochMs, () => ask(portalId, deadlineEpochMs));
    if (isOwnAccount.get(portalId) !== true) {
      throw new ConfigError('Configuration is wrong. HUBSPOT_PORTAL_ID: HUBSPOT_ACCESS_TOKEN is of another account');
    }
    return send(portalId, request, deadlineEpochMs, options);
  };

  async function ask(portalId: PortalId, deadlineEpochMs: number): Promise<void> {
    const url = `${apiBaseUrl}/account-info/${HUBSPOT_API_VERSION}/details`;
    const request = { method: 'GET', url, headers: { Accept: 'application/json' } };
    const { status, body } = await send(portalId, request, deadlineEpochMs).catch(namingTheScope);
    const account = status === 200 ? parsePortalId(Object(JSON.parse(body)).portalId) : undefined;
    if (account === undefined) throw new UpstreamContractError('HubSpot does not tell the account of a token');
    isOwnAccount.set(portalId, account === portalId);
  }
}

function namingTheScope(error: unknown): never {
  if (!(error instanceof MissingScopesError) || error.scopes.length > 0) throw error;
  throw new MissingScopesError(error.hubspotCorrelationId, ['oauth']);
}
