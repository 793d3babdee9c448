import type { PortalId } from '../domain/ids.ts';
import type { FindScopes } from '../store/queue-consent.ts';
import type { HubSpot } from './hubspot.ts';

/** What a portal granted when it installed the app, and by which installation; undefined for a static token, which tells nothing. */
export function findScopesWith({ installs }: HubSpot): FindScopes {
  return async (portalId: PortalId) => {
    if (installs === undefined) return undefined;
    const { scopes = [], installationId = '' } = (await installs.portals.read(portalId)) ?? {};
    return { scopes, installationId };
  };
}
