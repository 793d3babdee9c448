import { toDeadline } from '../../lib/domain/deadline.ts';
import { OAuthClientError, UpstreamUnavailableError } from '../../lib/domain/errors.ts';
import type { PortalId } from '../../lib/domain/ids.ts';
import { findMissing, REQUIRED_SCOPES } from '../../lib/domain/scopes.ts';
import type { OAuthApp, Portals } from '../../lib/ports/portals.ts';
import { checkTokenOfPortal } from '../token-check.ts';
import { type Finding, good, skipped, wrong } from './finding.ts';
import { checkStaticScopes, type ScopeCheck } from './static-scopes.ts';

const TIMEOUT_MS = 10_000;

export type StaticAccess = {
  readonly HUBSPOT_API_BASE_URL: string;
  readonly HUBSPOT_ACCESS_TOKEN: string;
  readonly HUBSPOT_PORTAL_ID: string;
};

/** The static token: whether it opens the configured portal, and its permissions. */
export async function checkStaticToken(
  access: StaticAccess,
  { transport, required }: Pick<ScopeCheck, 'transport' | 'required'>,
): Promise<readonly Finding[]> {
  const subject = `account ${access.HUBSPOT_PORTAL_ID}`;
  try {
    await checkTokenOfPortal(access);
  } catch (error) {
    // Our messages name a variable, and only a portal ID or a status from HubSpot.
    const isOurs = error instanceof Error && error.message.startsWith('HUBSPOT_');
    return [wrong(subject, isOurs ? error.message : 'HubSpot could not be reached')];
  }
  const { HUBSPOT_API_BASE_URL: apiBaseUrl, HUBSPOT_ACCESS_TOKEN: token } = access;
  const scopes = await checkStaticScopes(subject, { transport, apiBaseUrl, token, required });
  return [good(subject, 'the token opens it'), ...scopes];
}

/** A missing required scope is a fault. Any other is the account's choice, whose effect is reported. */
export function describeScopes(subject: string, granted: readonly string[]): readonly Finding[] {
  const missing = findMissing(granted);
  if (missing.length === 0) return [good(`${subject}, scopes`, 'all are granted')];
  return missing.map(({ scopes, cost }) => {
    const tell = scopes.some((scope) => REQUIRED_SCOPES.includes(scope)) ? wrong : skipped;
    return tell(`${subject}, scopes`, `${scopes.join(' ')} not granted. ${cost}`);
  });
}

/** Not a token of HubSpot: HubSpot answers that it is not active, if it accepts our client ID and secret. */
const NO_TOKEN = 'doctor';

export async function checkOAuthClient(oauth: Pick<OAuthApp, 'introspect'>, now: () => number): Promise<Finding> {
  const subject = 'client id and secret';
  try {
    await oauth.introspect(NO_TOKEN, toDeadline(now() + TIMEOUT_MS));
    return good(subject, 'HubSpot takes them');
  } catch (error) {
    if (error instanceof OAuthClientError) {
      return wrong(subject, 'HubSpot refuses them; copy both from the Auth tab of one and the same app');
    }
    if (error instanceof UpstreamUnavailableError) return wrong(subject, error.message);
    throw error;
  }
}

/** So that a thousand accounts do not hide the important line. */
const TOLD_PORTALS = 25;

/** The portals that installed the app, and the scopes that they did not grant. Returns the IDs of the checked portals. */
export async function checkPortals(
  portals: Pick<Portals, 'listConnected' | 'read'>,
  installUrl: string,
): Promise<{ readonly findings: readonly Finding[]; readonly portalIds: readonly PortalId[] }> {
  const connected: PortalId[] = [];
  for await (const page of portals.listConnected()) connected.push(...page);
  if (connected.length === 0) {
    return { findings: [skipped('portals', `none is connected yet: open ${installUrl}`)], portalIds: [] };
  }
  const portalIds = connected.slice(0, TOLD_PORTALS);
  const findings: Finding[] = [good('portals', `${connected.length} are connected; ${portalIds.length} are looked at`)];
  for (const portalId of portalIds) {
    const portal = await portals.read(portalId);
    if (portal !== undefined) findings.push(...describeScopes(`account ${portalId}`, portal.scopes));
  }
  return { findings, portalIds };
}
