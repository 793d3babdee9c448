import type { Deadline } from '../../domain/deadline.ts';
import { describeError } from '../../domain/describe-error.ts';
import {
  AppError,
  AuthorizationCodeError,
  OAuthClientError,
  TokenCipherError,
  UpstreamContractError,
} from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { newRefreshJob } from '../../domain/owner-sync.ts';
import { encryptGrant, type Grant, type TokenCipher } from '../../domain/portal.ts';
import { findMissing, type Need, REQUIRED_SCOPES } from '../../domain/scopes.ts';
import type { OAuthApp, OAuthStates, Portals } from '../../ports/portals.ts';
import type { SyncQueue } from '../../ports/queue.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type InstallPortalDeps = Needs<'now' | 'newId' | 'metrics' | 'log'> & {
  readonly oauth: Pick<OAuthApp, 'exchangeCode' | 'introspect' | 'findAccount'>;
  readonly portals: Pick<Portals, 'connect'>;
  readonly cipher: TokenCipher;
  readonly usedStates: OAuthStates;
  readonly refreshQueue: Pick<SyncQueue, 'send'>;
};

/** A verified state, and the code that came with it. */
export type InstallCommand = { readonly nonce: string; readonly expiresAtEpochMs: number; readonly code: string };

export type InstallResult =
  | {
      readonly kind: 'connected';
      readonly portalId: PortalId;
      readonly granted: readonly string[];
      readonly missing: readonly Need[];
      /** `tonight`: it could not be queued, so the nightly run does it. */
      readonly firstRefresh: 'queued' | 'tonight';
    }
  /** The state was used before; the code was not used. */
  | { readonly kind: 'stateUsed' }
  /** HubSpot refused the code: it was used, has expired or is not ours. Nothing was stored. */
  | { readonly kind: 'codeRefused' };

type Grantee = { readonly portalId: PortalId; readonly scopes: readonly string[] };

/**
 * Connects a portal for the first time or again. The tokens are replaced, and all other data of the portal is kept. Only
 * HubSpot's reply to our call decides which portal it is, never the browser. Do not repeat it: state and code are valid once.
 * @throws temporary failures, such as an outage of HubSpot or the table; the administrator then starts again
 */
export function createInstallPortal(deps: InstallPortalDeps) {
  const { oauth, portals, cipher, usedStates, refreshQueue, now, newId, log, metrics } = deps;

  return async function installPortal(
    { nonce, expiresAtEpochMs, code }: InstallCommand,
    deadline: Deadline,
  ): Promise<InstallResult> {
    if (!(await usedStates.consume(nonce, expiresAtEpochMs))) return { kind: 'stateUsed' };
    const grant = await exchange(code, deadline);
    if (grant === undefined) return { kind: 'codeRefused' };
    const issuedAtEpochMs = now();
    const { portalId, scopes } = await identify(grant, deadline);
    const tokens = await encryptGrant(cipher, portalId, grant, issuedAtEpochMs).catch(countingCipher);
    await portals.connect(portalId, { scopes, tokens }, now());
    const missing = findMissing(scopes);
    log.info('portal connected', { portalId, granted: scopes.length, missing: missing.length });
    return { kind: 'connected', portalId, granted: scopes, missing, firstRefresh: await queueFirstRefresh(portalId) };
  };

  async function exchange(code: string, deadline: Deadline): Promise<Grant | undefined> {
    try {
      return await oauth.exchangeCode(code, deadline);
    } catch (error) {
      if (error instanceof AuthorizationCodeError) return undefined;
      if (error instanceof OAuthClientError) metrics.count('OAuthClientRefused');
      throw error;
    }
  }

  /**
   * The reply may lack the account and the scopes; introspection of the access token returns both. Missing scopes of a known
   * account are no reason to refuse it, because without the required scopes there is no grant. HubSpot does not document the
   * members of a reply for 2026-09, so as a last resort we ask for the token's account.
   */
  async function identify(grant: Grant, deadline: Deadline): Promise<Grantee> {
    const { portalId, scopes, accessToken } = grant;
    if (portalId !== undefined && scopes !== undefined) return { portalId, scopes };
    const introspected = await oauth.introspect(accessToken, deadline).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      log.warn('HubSpot does not say what a portal granted', { portalId, code: error.code });
      return 'unknown' as const;
    });
    if (introspected === 'unknown') {
      const account = portalId ?? (await oauth.findAccount(accessToken, deadline));
      return { portalId: account, scopes: scopes ?? REQUIRED_SCOPES };
    }
    const named = portalId ?? introspected?.portalId;
    if (named === undefined) throw new UpstreamContractError('HubSpot does not know the token that it granted');
    if (introspected !== undefined && introspected.portalId !== named) {
      throw new UpstreamContractError('HubSpot names two portals for one token');
    }
    return { portalId: named, scopes: scopes ?? introspected?.scopes ?? REQUIRED_SCOPES };
  }

  function countingCipher(error: unknown): never {
    if (error instanceof TokenCipherError) metrics.count('TokenCipherFailed');
    throw error;
  }

  /** The portal is connected even if this fails. */
  async function queueFirstRefresh(portalId: PortalId): Promise<'queued' | 'tonight'> {
    const job = newRefreshJob({ portalId, runId: newId(), requestedAtEpochMs: now() });
    try {
      await refreshQueue.send([{ job, delaySeconds: 0 }]);
      return 'queued';
    } catch (error) {
      log.warn('the first refresh of a portal could not be queued', { portalId, ...describeError(error) });
      return 'tonight';
    }
  }
}
