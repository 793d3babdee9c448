import { type Deadline, noLaterThan, toDeadline } from '../../domain/deadline.ts';
import {
  AppError,
  GrantRevokedError,
  OAuthClientError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { Grant, HeldTokens, Renewal, TokenRevision } from '../../domain/portal.ts';
import type { OAuthApp, Portals } from '../../ports/portals.ts';
import type { SaveGrant } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type RefreshTokensDeps = Needs<'now' | 'metrics' | 'log'> & {
  readonly portals: Pick<Portals, 'read' | 'releaseTokenLease' | 'disconnect'>;
  readonly oauth: Pick<OAuthApp, 'refresh'>;
  readonly saveGrant: SaveGrant;
};

export type RefreshedTokens =
  | { readonly kind: 'refreshed'; readonly tokens: HeldTokens }
  /** The row has changed. Read it to know whether the portal is connected, and with which tokens. */
  | { readonly kind: 'rowChanged' }
  /** A temporary failure; the tokens before it stay valid. */
  | { readonly kind: 'failed'; readonly error: AppError };

/** How long a lease lasts. It must outlast the call to HubSpot and the save, even if clocks differ by a second or two. */
export const LEASE_MS = 10_000;
const CALL_BUDGET_MS = 6_000;
/** The part of the caller's time that is reserved for storing HubSpot's grant. */
const SAVE_MS = 250;

/**
 * Refreshes a portal's tokens for the holder of the lease. HubSpot's grant is stored before anybody uses it. The call and the
 * save end before the caller's deadline.
 */
export function createRefreshTokens(deps: RefreshTokensDeps) {
  const { portals, oauth, saveGrant, now, metrics, log } = deps;

  return async function refreshTokens(
    portalId: PortalId,
    current: HeldTokens,
    holderId: string,
    deadline: Deadline,
  ): Promise<RefreshedTokens> {
    const { installationId, version } = current;
    let grant: Renewal;
    try {
      grant = await askHubSpot(portalId, current, toDeadline(deadline - SAVE_MS));
    } catch (error) {
      if (error instanceof GrantRevokedError) return disconnect(portalId, current);
      if (!(error instanceof AppError)) throw error;
      logFailure(portalId, error);
      await release(portalId, holderId);
      return { kind: 'failed', error: toTransient(error) };
    }
    metrics.count('TokenRefreshes', { outcome: 'refreshed' });
    const issuedAtEpochMs = now();
    const outcome = await saveGrant({ portalId, holderId, seen: current, grant, issuedAtEpochMs, deadline });
    const granted = toHeld(grant, issuedAtEpochMs, { installationId, version: version + 1 });
    if (outcome === 'saved') return { kind: 'refreshed', tokens: granted };
    if (outcome === 'replaced') return { kind: 'rowChanged' };
    // If the refresh token is new, the old one may be invalid, and a container that uses it would mark the portal as
    // disconnected.
    if (!grant.isRotated) await release(portalId, holderId);
    return { kind: 'refreshed', tokens: { ...granted, version, unsaved: grant } };
  };

  async function askHubSpot(
    portalId: PortalId,
    { refreshToken, clientId }: HeldTokens,
    deadline: Deadline,
  ): Promise<Renewal> {
    const grant = await oauth.refresh(refreshToken, noLaterThan(deadline, now() + CALL_BUDGET_MS), clientId);
    if (grant.portalId !== undefined && grant.portalId !== portalId) {
      throw new UpstreamContractError('HubSpot granted tokens of another portal');
    }
    return { ...grant, isRotated: grant.refreshToken !== refreshToken };
  }

  async function disconnect(portalId: PortalId, seen: TokenRevision): Promise<RefreshedTokens> {
    metrics.count('TokenRefreshes', { outcome: 'revoked' });
    await portals.disconnect(portalId, seen, now());
    const portal = await portals.read(portalId);
    if (portal?.disconnectedAtEpochMs !== undefined && portal.version === seen.version) {
      metrics.count('PortalDisconnected');
      log.warn('HubSpot revoked the grant of a portal: disconnected', { portalId });
    }
    return { kind: 'rowChanged' };
  }

  function logFailure(portalId: PortalId, error: AppError): void {
    const { code } = error;
    metrics.count('TokenRefreshes', { outcome: 'failed' });
    if (error instanceof OAuthClientError) {
      metrics.count('OAuthClientRefused');
      log.error('HubSpot refuses the app’s own credentials', { portalId, code, reason: error.message });
    } else if (error instanceof UpstreamContractError) {
      metrics.count('HubSpotContractBroken');
      log.error('HubSpot answered a token refresh in an unknown form', { portalId, code });
    } else {
      const fault = error instanceof UpstreamUnavailableError ? error.fault : undefined;
      log.warn('the tokens of a portal could not be refreshed', { portalId, code, fault });
    }
  }

  /** A lease that cannot be released expires automatically. */
  async function release(portalId: PortalId, holderId: string): Promise<void> {
    try {
      await portals.releaseTokenLease(portalId, holderId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.warn('a token lease could not be released', { portalId, code: error.code });
    }
  }
}

function toHeld(grant: Grant, issuedAtEpochMs: number, revision: TokenRevision): HeldTokens {
  const { accessToken, refreshToken, clientId, expiresInSeconds } = grant;
  const expiresAtEpochMs = issuedAtEpochMs + expiresInSeconds * 1_000;
  const pair = { accessToken, refreshToken, ...(clientId !== undefined && { clientId }) };
  return { ...pair, issuedAtEpochMs, expiresAtEpochMs, ...revision };
}

/** If our own secret is wrong, we correct it. HubSpot retries the executions of all portals until then. */
function toTransient(error: AppError): AppError {
  return error instanceof OAuthClientError
    ? new UpstreamUnavailableError('oauth_client_refused', { cause: error })
    : error;
}
