import { createInFlight } from '../../domain/concurrency.ts';
import { type Deadline, toDeadline } from '../../domain/deadline.ts';
import { describeError } from '../../domain/describe-error.ts';
import { PortalNotConnectedError, TokenCipherError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import type { LruMap } from '../../domain/lru-map.ts';
import {
  decryptTokens,
  type HeldTokens,
  isBeforeRetry,
  type Portal,
  type TokenCipher,
  type TokenPair,
  type TokenRevision,
} from '../../domain/portal.ts';
import type { Portals } from '../../ports/portals.ts';
import type { SaveGrant } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';

export type ReadTokensDeps = Needs<'now' | 'newId' | 'metrics' | 'log'> & {
  readonly portals: Pick<Portals, 'read'>;
  readonly cipher: TokenCipher;
  readonly saveGrant: SaveGrant;
  readonly heldTokens: LruMap<PortalId, HeldTokens>;
};

/** The pause after a failure that left the tokens usable. */
const REST_MS = 30_000;
/** Shorter than a lease: after it, another container uses the refresh token that these tokens replace. */
const SAVE_REST_MS = 5_000;

/**
 * A portal's tokens from the table, read each time. Held tokens of the same revision need not be decrypted again. Held tokens of
 * another installation are dropped.
 */
export function createReadTokens(deps: ReadTokensDeps) {
  const { portals, cipher, heldTokens, saveGrant, now, newId, metrics, log } = deps;
  const join = createInFlight<TokenPair>(now);
  return { readTokens, retryLater };

  /** @throws {PortalNotConnectedError} */
  async function readTokens(portalId: PortalId, deadline: Deadline): Promise<HeldTokens> {
    const before = heldTokens.get(portalId);
    const portal = await portals.read(portalId);
    const held = heldTokens.get(portalId);
    const isHeld = held !== undefined && isOfRevision(held, portal);
    // Another call refreshed or read them meanwhile, so this row may be older.
    if (!isHeld && held !== before) return readTokens(portalId, deadline);
    if (portal === undefined || portal.disconnectedAtEpochMs !== undefined) {
      // HubSpot refused another container the old refresh token. The unsaved tokens replace it and connect the portal again.
      if (isHeld && held.unsaved?.isRotated) return saveAgain(portalId, held, deadline);
      heldTokens.delete(portalId);
      const isForgotten = portal?.forgottenAtEpochMs !== undefined;
      throw new PortalNotConnectedError('the portal has not installed the app, or has disconnected it', isForgotten);
    }
    if (isHeld) return saveAgain(portalId, held, deadline);
    const { installationId, version, tokens } = portal;
    const kept = held?.installationId === installationId ? held : undefined;
    if (kept === undefined) heldTokens.delete(portalId);
    const key = `${portalId} ${installationId} ${version}`;
    const pair = await join(key, deadline, () => decrypt(portal));
    const newest = heldTokens.get(portalId);
    if (newest !== undefined && isOfRevision(newest, portal)) return newest;
    if (newest !== kept) return readTokens(portalId, deadline);
    const { issuedAtEpochMs, expiresAtEpochMs } = tokens;
    const { lastRejectedAtEpochMs = 0 } = kept ?? {};
    const decrypted = { ...pair, issuedAtEpochMs, expiresAtEpochMs, installationId, version, lastRejectedAtEpochMs };
    return heldTokens.set(portalId, decrypted);
  }

  async function decrypt({ portalId, tokens }: Portal): Promise<TokenPair> {
    try {
      return await decryptTokens(cipher, portalId, tokens);
    } catch (error) {
      if (error instanceof TokenCipherError) {
        metrics.count('TokenCipherFailed');
        log.error('the tokens of a portal could not be decrypted', { portalId, ...describeError(error) });
      }
      throw error;
    }
  }

  /** For tokens that could not be written to the table when HubSpot granted them. */
  async function saveAgain(portalId: PortalId, held: HeldTokens, deadline: Deadline): Promise<HeldTokens> {
    const { unsaved: grant, ...tokens } = held;
    if (grant === undefined || isBeforeRetry(held, now())) return held;
    const { issuedAtEpochMs } = held;
    const order = { portalId, holderId: newId(), seen: held, grant, issuedAtEpochMs, deadline: toDeadline(now()) };
    const outcome = await saveGrant(order);
    if (outcome === 'saved') return heldTokens.set(portalId, { ...tokens, version: held.version + 1 });
    if (outcome === 'failed') return retryLater(portalId, held);
    heldTokens.delete(portalId);
    return readTokens(portalId, deadline);
  }

  function retryLater(portalId: PortalId, tokens: HeldTokens): HeldTokens {
    const restMs = tokens.unsaved === undefined ? REST_MS : SAVE_REST_MS;
    return heldTokens.set(portalId, { ...tokens, retryAfterEpochMs: now() + restMs });
  }
}

function isOfRevision({ installationId, version }: TokenRevision, portal: TokenRevision | undefined): boolean {
  return installationId === portal?.installationId && version === portal.version;
}
