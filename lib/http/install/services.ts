import type { Deadline } from '../../domain/deadline.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { Portal } from '../../domain/portal.ts';
import { OPTIONAL_SCOPES, REQUIRED_SCOPES } from '../../domain/scopes.ts';
import type { Now } from '../../ports/telemetry.ts';
import type { InstallEnd, InstallReturn } from '../../use-cases/portals/finish-install.ts';
import type { StateFault } from './state.ts';

/** What the two install functions need. */
export type InstallServices = {
  readonly now: Now;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly stateKey: Uint8Array;
  readonly viewKey: Uint8Array;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Scheme and host of HubSpot's consent page and of the account's workflows. */
  readonly authorizeBaseUrl: string;
  readonly readPortal: (portalId: PortalId) => Promise<Pick<Portal, 'scopes' | 'disconnectedAtEpochMs'> | undefined>;
  readonly finishInstall: (back: InstallReturn<StateFault>, deadline: Deadline) => Promise<InstallEnd<StateFault>>;
};

/**
 * HubSpot's consent page for our app: from configuration alone, never from the request. Spaces are `%20`, as in HubSpot's
 * examples (OAuth guide, read 2026-11-23).
 */
export function authorizeUrl(
  { authorizeBaseUrl, clientId, redirectUri }: Pick<InstallServices, 'authorizeBaseUrl' | 'clientId' | 'redirectUri'>,
  state: string,
): string {
  const query = Object.entries({
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: REQUIRED_SCOPES.join(' '),
    optional_scope: OPTIONAL_SCOPES.join(' '),
    state,
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${authorizeBaseUrl}/oauth/authorize?${query.join('&')}`;
}
