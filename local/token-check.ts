import { HUBSPOT_API_VERSION } from '../lib/hubspot/versions.ts';
import type { Environment } from './environment.ts';
import { describeNetworkFault } from './network-fault.ts';

/**
 * Makes sure that the token opens the configured portal, because owner IDs mean other people in another one. Account information
 * API (read 2026-11-23).
 * @throws naming the variable to check
 */
export async function checkTokenOfPortal(environment: Environment): Promise<void> {
  // Portals that install the app have their own tokens.
  if (environment.HUBSPOT_CLIENT_ID !== undefined) return;
  const url = `${environment.HUBSPOT_API_BASE_URL}/account-info/${HUBSPOT_API_VERSION}/details`;
  const response = await ask(url, {
    headers: { Authorization: `Bearer ${environment.HUBSPOT_ACCESS_TOKEN}` },
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status === 401) throw new Error('HUBSPOT_ACCESS_TOKEN: HubSpot does not know this token');
  if (response.status === 403)
    throw new Error(
      'HUBSPOT_ACCESS_TOKEN: the app may not read the account details, for which it needs the scope oauth',
    );
  if (!response.ok)
    throw new Error(`HUBSPOT_API_BASE_URL: HubSpot answered the account details with ${response.status}`);
  const { portalId } = (await response.json()) as { portalId?: unknown };
  if (String(portalId) !== environment.HUBSPOT_PORTAL_ID) {
    throw new Error(`HUBSPOT_PORTAL_ID: the token belongs to account ${String(portalId)}`);
  }
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    const { origin } = new URL(url);
    throw new Error(`HUBSPOT_API_BASE_URL: ${origin} cannot be reached: ${describeNetworkFault(cause)}`, { cause });
  }
}
