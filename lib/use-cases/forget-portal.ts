import { AppError, PortalNotConnectedError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { OAuthApp, Portal, Portals, TokenCipher } from '../domain/portal.ts';
import type { Log, Now, PortalTokens } from '../domain/ports.ts';
import type { createPurgePortal } from './purge-portal.ts';
import { openTokens } from './stored-tokens.ts';

export type ForgetPortalDeps = {
  readonly purge: ReturnType<typeof createPurgePortal>;
  readonly now: Now;
  readonly log: Log;
  /** Absent where one portal is reached by a static token: there is no install to take back. */
  readonly installs?: {
    readonly portals: Pick<Portals, 'read' | 'forget'>;
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
 * Leaves nothing of a portal but a mark that it is forgotten: uninstalls the app on HubSpot's side, revokes the grant, deletes
 * every row. HubSpot comes first, because it takes the tokens to tell it. The nightly run deletes what late messages may leave
 * and in the end the mark.
 */
export function createForgetPortal({ purge, now, log, installs }: ForgetPortalDeps) {
  return async function forgetPortal(portalId: PortalId, deadlineEpochMs: number): Promise<ForgetResult> {
    const portal = await installs?.portals.read(portalId);
    const uninstalled = await leaveHubSpot(portalId, portal, deadlineEpochMs);
    const isForgotten = installs === undefined || portal?.forgottenAtEpochMs !== undefined;
    // Not marked when the portal has installed the app again since it was read.
    const isLeft = isForgotten || (await installs.portals.forget(portalId, portal?.installationId ?? '', now()));
    const { deleted, isDone } = await purge(portalId, () => now() < deadlineEpochMs);
    const status = isLeft && isDone ? 'forgotten' : 'incomplete';
    log.info('portal forgotten', { portalId, status, deletedRows: deleted, uninstalled });
    return { status, deletedRows: deleted, uninstalled };
  };

  async function leaveHubSpot(
    portalId: PortalId,
    portal: Portal | undefined,
    deadlineEpochMs: number,
  ): Promise<ForgetResult['uninstalled']> {
    if (installs === undefined || portal === undefined || portal.disconnectedAtEpochMs !== undefined) {
      return 'not_connected';
    }
    try {
      const { value } = await installs.tokens.getToken(portalId, deadlineEpochMs);
      // Read anew: that may have refreshed the tokens, or the portal may have installed the app again.
      const current = await installs.portals.read(portalId);
      if (current?.installationId !== portal.installationId) return 'failed';
      const { refreshToken } = await openTokens(installs.cipher, portalId, current.tokens);
      await installs.oauth.uninstall(value, deadlineEpochMs);
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
