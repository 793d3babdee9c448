import { TokenCipherError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Portal, Portals, TokenCipher } from '../domain/portal.ts';
import type { Log, Metrics } from '../domain/ports.ts';
import { createSaveGrant, type SaveGrantDeps } from './save-grant.ts';
import { openTokens, type TokenPair } from './stored-tokens.ts';
import type { HeldTokens } from './token-memory.ts';

export type ReadTokensDeps = SaveGrantDeps & {
  readonly portals: Pick<Portals, 'read' | 'saveTokens'>;
  readonly cipher: TokenCipher;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** The tokens that the table has for a portal. What is held in memory of the same version need not be decrypted again. */
export function createReadTokens(deps: ReadTokensDeps) {
  const { portals, cipher, metrics, log } = deps;
  const saveGrant = createSaveGrant(deps);

  /** Undefined when the portal is not connected. */
  return async function readTokens(
    portalId: PortalId,
    held: HeldTokens | undefined,
    holderId: string,
  ): Promise<HeldTokens | undefined> {
    const portal = await portals.read(portalId);
    if (portal === undefined || portal.disconnectedAtEpochMs !== undefined) return undefined;
    if (held?.version !== portal.version) return open(portal);
    return held.unsaved === undefined ? held : saveAgain(portalId, held, holderId);
  };

  async function open({ portalId, tokens, version }: Portal): Promise<HeldTokens> {
    const { issuedAtEpochMs, expiresAtEpochMs } = tokens;
    return { ...(await decrypt(portalId, tokens.ciphertext)), issuedAtEpochMs, expiresAtEpochMs, version };
  }

  async function decrypt(portalId: PortalId, ciphertext: string): Promise<TokenPair> {
    try {
      return await openTokens(cipher, portalId, { ciphertext });
    } catch (error) {
      if (error instanceof TokenCipherError) {
        metrics.count('TokenCipherFailed');
        log.error('the tokens of a portal could not be decrypted', { portalId, reason: error.message });
      }
      throw error;
    }
  }

  /** The table could not be written when HubSpot granted these. */
  async function saveAgain(portalId: PortalId, held: HeldTokens, holderId: string): Promise<HeldTokens | undefined> {
    const { unsaved: grant, ...tokens } = held;
    if (grant === undefined) return held;
    const { version, issuedAtEpochMs } = held;
    const outcome = await saveGrant({ portalId, holderId, version, grant, issuedAtEpochMs, retries: 0 });
    if (outcome === 'saved') return { ...tokens, version: version + 1 };
    if (outcome === 'failed') return held;
    const portal = await portals.read(portalId);
    return portal === undefined || portal.disconnectedAtEpochMs !== undefined ? undefined : open(portal);
  }
}
