import { createInFlight } from '../../domain/concurrency.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { isTemporary, UpstreamUnavailableError } from '../../domain/errors.ts';
import type { PortalId } from '../../domain/ids.ts';
import { LruMap } from '../../domain/lru-map.ts';
import {
  type HeldTokens,
  isBeforeRetry,
  isDue,
  isUsable,
  type PortalToken,
  type TokenCipher,
  toPortalToken,
} from '../../domain/portal.ts';
import type { OAuthApp, PortalGrants, PortalTokens } from '../../ports/portals.ts';
import type { Needs } from '../../ports/telemetry.ts';
import { createReadTokens } from './read-tokens.ts';
import { createRefreshTokens, LEASE_MS } from './refresh-tokens.ts';
import { createSaveGrant } from './save-grant.ts';

export type AccessTokensDeps = Needs<'now' | 'sleep' | 'newId' | 'metrics' | 'log'> & {
  readonly portals: PortalGrants;
  readonly cipher: TokenCipher;
  readonly oauth: Pick<OAuthApp, 'refresh'>;
};

/** More portals than one container serves within the life of a token. */
const MAX_PORTALS = 1_000;
const POLL_MS = 200;
/** With less time, no refresh is started: nobody might be left to store HubSpot's grant. */
const LEAST_MS = 750;
/** If HubSpot rejects every new token, refreshing each of them would never end. */
const RENEWAL_REST_MS = 30_000;

/**
 * The access tokens of portals that installed the app. The portal's row is read for each call, so that a new installation counts
 * immediately and "not connected" is never answered from memory. A container decrypts each token once. One container refreshes,
 * under a lease; the others wait for its result or use the old token while it is valid.
 */
export function createAccessTokens(deps: AccessTokensDeps): PortalTokens {
  const { portals, now, sleep, newId } = deps;
  const heldTokens = new LruMap<PortalId, HeldTokens>(MAX_PORTALS);
  const saveGrant = createSaveGrant(deps);
  const { readTokens, retryLater } = createReadTokens({ ...deps, heldTokens, saveGrant });
  const refreshTokens = createRefreshTokens({ ...deps, saveGrant });
  const join = createInFlight<HeldTokens | undefined>(now);

  return {
    async getToken(portalId, deadline) {
      try {
        return toPortalToken(await obtain(portalId, deadline));
      } catch (error) {
        // The failure is temporary, and the held tokens belong to the installation that was last read.
        const held = isTemporary(error) ? heldTokens.get(portalId) : undefined;
        if (held === undefined || !isUsable(held, now())) throw error;
        return toPortalToken(held);
      }
    },

    async findNewerToken(portalId, used, deadline) {
      const { accessToken } = await readTokens(portalId, deadline);
      if (accessToken === used.value) return undefined;
      return toPortalToken(await obtain(portalId, deadline));
    },

    refreshToken: async (portalId, rejected, deadline) => toPortalToken(await obtain(portalId, deadline, rejected)),
  };

  async function obtain(portalId: PortalId, deadline: Deadline, rejected?: PortalToken): Promise<HeldTokens> {
    for (;;) {
      const held = await readTokens(portalId, deadline);
      const mayStay = !isDue(held, now()) || isBeforeRetry(held, now());
      if (mayStay && isUsable(held, now(), rejected)) return held;
      const isRejected = held.accessToken === rejected?.value;
      const key = `${portalId} ${held.installationId} ${held.version} ${isRejected}`;
      const refreshed = await join(key, deadline, () => refresh(portalId, held, isRejected, deadline));
      if (refreshed !== undefined) return refreshed;
    }
  }

  /** Undefined if the row must be read again. */
  async function refresh(
    portalId: PortalId,
    held: HeldTokens,
    isRejected: boolean,
    deadline: Deadline,
  ): Promise<HeldTokens | undefined> {
    const spare = !isRejected && isUsable(held, now()) ? held : undefined;
    if (isRejected && now() - (held.lastRejectedAtEpochMs ?? 0) < RENEWAL_REST_MS) {
      throw new UpstreamUnavailableError('fresh_token_rejected');
    }
    if (deadline - now() < LEAST_MS) throw new UpstreamUnavailableError('out_of_time');
    const holderId = newId();
    if (await portals.takeTokenLease(portalId, holderId, held, LEASE_MS)) {
      const result = await refreshTokens(portalId, held, holderId, deadline);
      if (result.kind === 'rowChanged') return undefined;
      if (result.kind === 'refreshed') {
        const lastRejectedAtEpochMs = isRejected ? now() : held.lastRejectedAtEpochMs;
        const tokens = { ...result.tokens, ...(lastRejectedAtEpochMs !== undefined && { lastRejectedAtEpochMs }) };
        return tokens.unsaved === undefined ? heldTokens.set(portalId, tokens) : retryLater(portalId, tokens);
      }
      if (spare === undefined) throw result.error;
    }
    if (spare !== undefined) return retryLater(portalId, spare);
    await sleep(POLL_MS);
    return undefined;
  }
}
