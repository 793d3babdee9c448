import { AppError, PortalNotConnectedError, UpstreamUnavailableError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { OAuthApp, Portals, TokenCipher } from '../domain/portal.ts';
import type { Log, Metrics, Now, PortalToken, PortalTokens, Sleep } from '../domain/ports.ts';
import { createReadTokens } from './read-tokens.ts';
import { createRefreshTokens, LEASE_MS } from './refresh-tokens.ts';
import { createTokenMemory, type HeldTokens, isDue, isUsable, toPortalToken } from './token-memory.ts';

export type PortalTokensDeps = {
  readonly portals: Pick<Portals, 'read' | 'takeTokenLease' | 'releaseTokenLease' | 'saveTokens' | 'disconnect'>;
  readonly cipher: TokenCipher;
  readonly oauth: Pick<OAuthApp, 'refresh'>;
  readonly now: Now;
  readonly sleep: Sleep;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
  /** How long to wait for another container's refresh before giving up with an error that may pass. */
  readonly maxWaitMs?: number;
};

const POLL_MS = 200;
/** A portal that connects again is served after this long at the latest. */
const NOT_CONNECTED_MS = 30_000;
/** After a failure that left the old tokens usable. */
const FAILURE_REST_MS = 30_000;
const BUSY_REST_MS = 2_000;
/** HubSpot rejecting a token so young has another reason than its age, and more refreshes would not end. */
const YOUNG_TOKEN_MS = 30_000;

/**
 * The access tokens of portals that installed the app. A container asks the table once for a portal and then remembers; of
 * all containers one refreshes, under a lease, and the others wait for what it stores or use the old token while it lasts.
 */
export function createPortalTokens(deps: PortalTokensDeps): PortalTokens {
  const { portals, now, sleep, newId, maxWaitMs = LEASE_MS + 2_000 } = deps;
  const memory = createTokenMemory();
  const flights = new Map<PortalId, Promise<HeldTokens>>();
  const readTokens = createReadTokens(deps);
  const refreshTokens = createRefreshTokens(deps);

  return {
    async getToken(portalId) {
      const held = recall(portalId);
      return toPortalToken(held !== undefined && isReady(held) ? held : await fly(portalId));
    },

    async renewToken(portalId, rejected) {
      for (let flight = flights.get(portalId); flight !== undefined; flight = flights.get(portalId)) {
        const brought = await flight;
        if (brought.accessToken !== rejected.value) return toPortalToken(brought);
      }
      const held = recall(portalId);
      return toPortalToken(
        held !== undefined && isUsable(held, now(), rejected) ? held : await fly(portalId, rejected),
      );
    },
  };

  /** @throws {PortalNotConnectedError} when the portal was found to be disconnected a moment ago */
  function recall(portalId: PortalId): HeldTokens | undefined {
    const known = memory.find(portalId);
    if (known?.kind === 'held') return known.tokens;
    if (known !== undefined && now() < known.untilEpochMs) throw notConnected();
    return undefined;
  }

  function isReady(held: HeldTokens): boolean {
    const isResting = held.restUntilEpochMs !== undefined && now() < held.restUntilEpochMs;
    return isUsable(held, now()) && (isResting || (held.unsaved === undefined && !isDue(held, now())));
  }

  /** Whoever comes while a portal's tokens are on their way gets the same promise. */
  function fly(portalId: PortalId, rejected?: PortalToken): Promise<HeldTokens> {
    const standing = flights.get(portalId);
    if (standing !== undefined) return standing;
    const flight = obtain(portalId, rejected).finally(() => flights.delete(portalId));
    flights.set(portalId, flight);
    return flight;
  }

  async function obtain(portalId: PortalId, rejected: PortalToken | undefined): Promise<HeldTokens> {
    const held = recall(portalId);
    try {
      return await obtainFromTable(portalId, held, rejected);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof PortalNotConnectedError) {
        memory.keep(portalId, { kind: 'notConnected', untilEpochMs: now() + NOT_CONNECTED_MS });
      } else if (held !== undefined && isUsable(held, now(), rejected)) {
        return rest(portalId, held, FAILURE_REST_MS);
      }
      throw error;
    }
  }

  async function obtainFromTable(
    portalId: PortalId,
    held: HeldTokens | undefined,
    rejected: PortalToken | undefined,
  ): Promise<HeldTokens> {
    const holderId = newId();
    const giveUpAtEpochMs = now() + maxWaitMs;
    let current = held;
    for (;;) {
      current = await readTokens(portalId, current, holderId);
      if (current === undefined) throw notConnected();
      if (isUsable(current, now(), rejected) && !isDue(current, now())) return settle(portalId, current);
      if (isYoungAndRejected(current, rejected)) throw new UpstreamUnavailableError('fresh_token_rejected');
      if (await portals.takeTokenLease(portalId, holderId, current.version, LEASE_MS)) {
        const result = await refreshTokens(portalId, current, holderId);
        if (result.kind === 'refreshed') return settle(portalId, result.tokens);
        if (result.kind === 'rowChanged') continue;
        if (!isUsable(current, now(), rejected)) throw result.error;
        return rest(portalId, current, FAILURE_REST_MS);
      }
      if (isUsable(current, now(), rejected)) return rest(portalId, current, BUSY_REST_MS);
      if (now() >= giveUpAtEpochMs) throw new UpstreamUnavailableError('token_refresh_busy');
      await sleep(POLL_MS);
    }
  }

  function isYoungAndRejected(tokens: HeldTokens, rejected: PortalToken | undefined): boolean {
    return tokens.accessToken === rejected?.value && now() - tokens.issuedAtEpochMs < YOUNG_TOKEN_MS;
  }

  function settle(portalId: PortalId, tokens: HeldTokens): HeldTokens {
    if (tokens.unsaved !== undefined) return rest(portalId, tokens, FAILURE_REST_MS);
    memory.keep(portalId, { kind: 'held', tokens });
    return tokens;
  }

  function rest(portalId: PortalId, tokens: HeldTokens, restMs: number): HeldTokens {
    memory.keep(portalId, { kind: 'held', tokens: { ...tokens, restUntilEpochMs: now() + restMs } });
    return tokens;
  }
}

function notConnected(): PortalNotConnectedError {
  return new PortalNotConnectedError('the portal has not installed the app, or has disconnected it');
}
