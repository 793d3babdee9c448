import { PortalNotConnectedError, TokenCipherError } from '../domain/errors.ts';
import { createFlights } from '../domain/flights.ts';
import type { PortalId } from '../domain/ids.ts';
import type { Portal, Portals, TokenCipher } from '../domain/portal.ts';
import type { Log, Metrics } from '../domain/ports.ts';
import { createSaveGrant, type SaveGrantDeps } from './save-grant.ts';
import { openTokens, type TokenPair } from './stored-tokens.ts';
import { type HeldTokens, isResting, type TokenMemory } from './token-memory.ts';

export type ReadTokensDeps = SaveGrantDeps & {
  readonly portals: Pick<Portals, 'read' | 'saveTokens'>;
  readonly cipher: TokenCipher;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly memory: TokenMemory;
};

/** After a failure that left the tokens usable. */
const REST_MS = 30_000;

/**
 * The tokens that the table has for a portal, read anew each time. What is held of the same revision need not be decrypted
 * again; what is held of another installation is dropped.
 */
export function createReadTokens(deps: ReadTokensDeps) {
  const { portals, cipher, memory, now, newId, metrics, log } = deps;
  const saveGrant = createSaveGrant(deps);
  const join = createFlights<TokenPair>(now);
  return { readTokens, rest };

  /** @throws {PortalNotConnectedError} */
  async function readTokens(portalId: PortalId, deadlineEpochMs: number): Promise<HeldTokens> {
    const portal = await portals.read(portalId);
    if (portal === undefined || portal.disconnectedAtEpochMs !== undefined) {
      memory.drop(portalId);
      const isForgotten = portal?.forgottenAtEpochMs !== undefined;
      throw new PortalNotConnectedError('the portal has not installed the app, or has disconnected it', isForgotten);
    }
    const held = memory.find(portalId);
    if (held?.installationId !== portal.installationId) memory.drop(portalId);
    else if (held.version === portal.version) return saveAgain(portalId, held, deadlineEpochMs);
    const { installationId, version, tokens } = portal;
    const key = `${portalId} ${installationId} ${version}`;
    const pair = await join(key, deadlineEpochMs, () => decrypt(portal));
    const standing = memory.find(portalId);
    if (standing?.installationId === installationId && standing.version === version) return standing;
    const { issuedAtEpochMs, expiresAtEpochMs } = tokens;
    const { renewedAtEpochMs = 0 } = standing ?? {};
    const opened = { ...pair, issuedAtEpochMs, expiresAtEpochMs, installationId, version, renewedAtEpochMs };
    return memory.keep(portalId, opened);
  }

  async function decrypt({ portalId, tokens }: Portal): Promise<TokenPair> {
    try {
      return await openTokens(cipher, portalId, tokens);
    } catch (error) {
      if (error instanceof TokenCipherError) {
        metrics.count('TokenCipherFailed');
        log.error('the tokens of a portal could not be decrypted', { portalId, reason: error.message });
      }
      throw error;
    }
  }

  /** Where the table could not be written when HubSpot granted them. */
  async function saveAgain(portalId: PortalId, held: HeldTokens, deadlineEpochMs: number): Promise<HeldTokens> {
    const { unsaved: grant, ...tokens } = held;
    if (grant === undefined || isResting(held, now())) return held;
    const { issuedAtEpochMs } = held;
    const order = { portalId, holderId: newId(), seen: held, grant, issuedAtEpochMs, deadlineEpochMs: now() };
    const outcome = await saveGrant(order);
    if (outcome === 'saved') return memory.keep(portalId, { ...tokens, version: held.version + 1 });
    if (outcome === 'failed') return rest(portalId, held);
    memory.drop(portalId);
    return readTokens(portalId, deadlineEpochMs);
  }

  function rest(portalId: PortalId, tokens: HeldTokens): HeldTokens {
    return memory.keep(portalId, { ...tokens, restUntilEpochMs: now() + REST_MS });
  }
}
