import type { PortalId } from '../domain/ids.ts';
import type { HubSpot } from './hubspot.ts';

/** What a portal granted when it installed the app; undefined where it did not, and a static token tells nothing. */
export function findScopesWith({ installs }: HubSpot) {
  return async (portalId: PortalId): Promise<readonly string[] | undefined> =>
    installs === undefined ? undefined : ((await installs.portals.read(portalId))?.scopes ?? []);
}
