import { AppError, PortalNotConnectedError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { OAuthApp, Portals, TokenCipher } from '../domain/portal.ts';
import type { Log, Now, PortalTokens } from '../domain/ports.ts';
import type { createPurgePortal } from './purge-portal.ts';
import { openTokens } from './stored-tokens.ts';

export type ForgetPortalDeps = {
  readonly purge: ReturnType<typeof createPurgePortal>;
  readonly now: Now;
  readonly log: Log;
  /** Absent where one portal is reached by a static token: there is no install to take back. */
  readonly installs?: {
    readonly portals: Pick<Portals, 'read' | 'disconnect'>;
    readonly cipher: TokenCipher;
    readonly oauth: Pick<OAuthApp, 'revoke' | 'uninstall'>;
    readonly tokens: Pick<PortalTokens, 'getToken'>;
  };
};

export type ForgetResult = {
  /** `incomplete`: invoke it again, and it goes on where it stopped. */
  readonly status: 'forgotten' | 'incomplete';
  readonly deletedRows: number;
  /** What HubSpot was told; `failed` does not keep the rows from being deleted. */
  readonly uninstalled: 'yes' | 'not_connected' | 'failed';
};

/**
 * Leaves no trace of a portal: uninstalls the app on HubSpot's side, revokes the grant, deletes every row. HubSpot comes
 * first, because it takes the tokens to tell it.
 */
export function createForgetPortal({ purge, now, log, installs }: ForgetPortalDeps) {
  return async function forgetPortal(portalId: PortalId, deadlineEpochMs: number): Promise<ForgetResult> {
    const uninstalled = await leaveHubSpot(portalId, deadlineEpochMs);
    // Read anew: telling HubSpot may have refreshed the tokens.
    const portal = await installs?.portals.read(portalId);
    if (portal !== undefined) await installs?.portals.disconnect(portalId, portal.version, now());
    const { deleted, isDone } = await purge(portalId, () => now() < deadlineEpochMs);
    const status = isDone ? 'forgotten' : 'incomplete';
    log.info('portal forgotten', { portalId, status, deletedRows: deleted, uninstalled });
    return { status, deletedRows: deleted, uninstalled };
  };

  async function leaveHubSpot(portalId: PortalId, deadlineEpochMs: number): Promise<ForgetResult['uninstalled']> {
    const portal = await installs?.portals.read(portalId);
    if (installs === undefined || portal === undefined || portal.disconnectedAtEpochMs !== undefined) {
      return 'not_connected';
    }
    try {
      const { refreshToken } = await openTokens(installs.cipher, portalId, portal.tokens);
      await installs.oauth.uninstall((await installs.tokens.getToken(portalId)).value, deadlineEpochMs);
      await installs.oauth.revoke(refreshToken, deadlineEpochMs);
      return 'yes';
    } catch (error) {
      if (error instanceof PortalNotConnectedError) return 'not_connected';
      if (!(error instanceof AppError)) throw error;
      log.warn('HubSpot could not be told that a portal is forgotten', { portalId, code: error.code });
      return 'failed';
    }
  }
}
