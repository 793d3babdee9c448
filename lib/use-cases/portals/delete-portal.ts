import type { Deadline } from '../../domain/deadline.ts';
import { AppError, PortalNotConnectedError, StoreUnavailableError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { decryptTokens, isConnected, type Portal, type TokenCipher } from '../../domain/portal.ts';
import type { OAuthApp, Portals, PortalTokens } from '../../ports/portals.ts';
import type { PurgePortal } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type DeletePortalDeps = Needs<'now' | 'log'> & {
  readonly purge: PurgePortal;
  /** Only for a portal with a static token: throws once HubSpot no longer accepts the token. */
  readonly tryToken?: (portalId: PortalId, deadline: Deadline) => Promise<unknown>;
  /** Where one portal is reached by a static token: what is left of a time when portals installed the app. */
  readonly leftovers?: Pick<Portals, 'read' | 'forget' | 'remove'>;
  /** Absent where one portal is reached by a static token: there is no install to take back. */
  readonly installs?: {
    readonly portals: Pick<Portals, 'read' | 'forget'>;
    readonly cipher: TokenCipher;
    readonly oauth: Pick<OAuthApp, 'revoke' | 'uninstall'>;
    readonly tokens: Pick<PortalTokens, 'getToken' | 'refreshToken'>;
  };
};

export type DeletionResult = {
  /**
   * `incomplete`: invoke it again, and it continues where it stopped. `installed_again`: the portal came back meanwhile, and
   * stays. Invoking it again would delete the new installation.
   */
  readonly status: 'forgotten' | 'incomplete' | 'installed_again';
  readonly deletedRows: number;
  /**
   * Whether HubSpot removed the app. The rows are deleted even with `failed`. An app with a static token is removed in HubSpot:
   * `failed` as long as HubSpot accepts the token, because then the rows come back.
   */
  readonly uninstalled: 'yes' | 'not_connected' | 'failed';
};

/**
 * Deletes everything of a portal except a mark that it was deleted: uninstalls the app in HubSpot, revokes the grant, deletes
 * every row. HubSpot comes first, because its calls need the tokens. The nightly run deletes what late messages write, and
 * finally the mark.
 */
export function createDeletePortal({ purge, now, log, tryToken, leftovers, installs }: DeletePortalDeps) {
  return async function deletePortal(portalId: PortalId, deadline: Deadline): Promise<DeletionResult> {
    const portal = await installs?.portals.read(portalId);
    const uninstalled = await leaveHubSpot(portalId, portal, deadline);
    const isForgotten = installs === undefined || portal?.forgottenAtEpochMs !== undefined;
    // Not marked if the portal has installed the app again since it was read.
    const isLeft = isForgotten || (await installs.portals.forget(portalId, portal?.installationId ?? '', now()));
    const leftover = await leftovers?.read(portalId);
    if (leftover !== undefined) {
      await leftovers?.forget(portalId, leftover.installationId, now());
      await leftovers?.remove(portalId);
    }
    const { deleted, isDone } = await purge(portalId, () => now() < deadline);
    const isBack = !isLeft || (!isDone && isConnected(await installs?.portals.read(portalId)));
    const left = isDone ? 'forgotten' : 'incomplete';
    const status = isBack ? 'installed_again' : left;
    log.info('portal forgotten', { portalId, status, deletedRows: deleted, uninstalled });
    return { status, deletedRows: deleted, uninstalled };
  };

  async function leaveHubSpot(
    portalId: PortalId,
    portal: Portal | undefined,
    deadline: Deadline,
  ): Promise<DeletionResult['uninstalled']> {
    try {
      if (installs !== undefined) return await uninstall(installs, portalId, portal, deadline);
      if (tryToken === undefined) return 'not_connected';
      await tryToken(portalId, deadline);
      return 'failed';
    } catch (error) {
      if (error instanceof PortalNotConnectedError) return 'not_connected';
      // While the table fails, nothing can be deleted, and the next try needs the tokens.
      if (!(error instanceof AppError) || error instanceof StoreUnavailableError) throw error;
      log.warn('the app could not be uninstalled from a forgotten portal', { portalId, code: error.code });
      return 'failed';
    }
  }

  async function uninstall(
    { tokens, portals, cipher, oauth }: NonNullable<DeletePortalDeps['installs']>,
    portalId: PortalId,
    portal: Portal | undefined,
    deadline: Deadline,
  ): Promise<DeletionResult['uninstalled']> {
    if (portal === undefined || portal.disconnectedAtEpochMs !== undefined) return 'not_connected';
    const token = await tokens.getToken(portalId, deadline);
    // Read again: that call may have refreshed the tokens, or the portal may have installed the app again.
    const current = await portals.read(portalId);
    if (current?.installationId !== portal.installationId) return 'failed';
    const { refreshToken } = await decryptTokens(cipher, portalId, current.tokens);
    if ((await oauth.uninstall(token.value, deadline)) === 'tokenRejected') {
      // HubSpot may reject a token of an app that is still installed. Only a grant that it no longer renews is gone.
      const renewed = await tokens.refreshToken(portalId, token, deadline).catch(undefinedIfNotConnected);
      const isBack = renewed && (await portals.read(portalId))?.installationId !== portal.installationId;
      if (isBack) return 'failed';
      const isKept = renewed && (await oauth.uninstall(renewed.value, deadline)) === 'tokenRejected';
      if (isKept) return 'failed';
    }
    await oauth.revoke(refreshToken, deadline).catch(warnOf(portalId));
    return 'yes';
  }

  /** The app and its grant are gone by then. Revoking the grant is only a precaution. */
  function warnOf(portalId: PortalId) {
    return (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      log.warn('the grant of an uninstalled app could not be revoked', { portalId, code: error.code });
    };
  }
}

function undefinedIfNotConnected(error: unknown): undefined {
  if (!(error instanceof PortalNotConnectedError)) throw error;
}
