import { type Deadline, noLaterThan } from '../domain/deadline.ts';
import {
  isAboutOneRecord,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { PortalToken } from '../domain/portal.ts';
import type { PortalTokens } from '../ports/portals.ts';
import type { Needs } from '../ports/telemetry.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { classifyFault, classifyResponse, type ResponseAction } from './classify-response.ts';
import { type CallEnd, createErrorRate } from './error-rate.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { backoffMs, LONG_TRY_MS, MAX_RETRIES, TRY_TIMEOUT_MS, withJitter } from './retry.ts';
import type { HubSpotReply, HubSpotRequest, Transport, TransportResult } from './transport.ts';

export type PortalClientDeps = Needs<'now' | 'sleep' | 'random' | 'metrics' | 'log'> & {
  readonly transport: Transport;
  readonly tokens: PortalTokens;
  readonly rateLimiter: RateLimiter;
  readonly tryTimeoutMs?: number;
};

/**
 * Sends a request for a portal and returns HubSpot's reply: a 2xx, or a 4xx about the request itself. Every other reply is
 * retried within the deadline, or becomes an error that says what the caller should do.
 * @throws {RateLimitedError | UpstreamUnavailableError | UpstreamContractError | MissingScopesError | PortalNotConnectedError}
 */
export type SendForPortal = (
  portalId: PortalId,
  request: HubSpotRequest,
  deadline: Deadline,
  options?: {
    /** The call needs an optional scope, so a missing scope raises no alarm. */
    readonly scopeIsOptional?: boolean;
    /** HubSpot has a separate limit for this call, so it needs no permit and pauses no other call. */
    readonly hasOwnLimit?: boolean;
    /** After this time the call is not sent any more, nor sent again, because the data behind it may have changed. */
    readonly sendUntil?: Deadline;
    /** Called before a retry of a try that may have had an effect. */
    readonly onRepeat?: () => void;
  },
) => Promise<HubSpotReply>;

/** HubSpot may reject a token that it has just issued. */
const FRESH_TOKEN_MS = 5_000;
/** The wait before the same token is sent again: a fresh one, or a static one, which has no replacement. */
const REJECTED_TOKEN_WAIT_MS = 500;
/** The pause after the first failure if many calls fail. It doubles with each further failure in a row. */
const SHARE_PAUSE_MS = 1_000;

/** What one call has already tried to get an accepted token. */
type TokenTries = { hasWaited: boolean; isRenewed: boolean };
type Rejection = {
  readonly token: PortalToken;
  readonly tries: TokenTries;
  readonly deadline: Deadline;
  readonly isFromHubSpot: boolean;
};
type MissingScopes = Extract<ResponseAction, { kind: 'missingScopes' }>;

export function createPortalClient(deps: PortalClientDeps): SendForPortal {
  const { transport, tokens, rateLimiter, now, sleep, random, metrics, log, tryTimeoutMs = TRY_TIMEOUT_MS } = deps;
  const breaker = createCircuitBreaker();
  const errorRate = createErrorRate(now);

  return async function send(
    portalId,
    request,
    deadline,
    { scopeIsOptional = false, hasOwnLimit = false, sendUntil = deadline, onRepeat } = {},
  ) {
    const until = noLaterThan(deadline, sendUntil);
    let token = await tokens.getToken(portalId, deadline);
    const tries: TokenTries = { hasWaited: false, isRenewed: false };
    for (let retries = 0; ; ) {
      if (!hasOwnLimit) await rateLimiter.acquire(portalId, until);
      if (now() >= until) throw new UpstreamUnavailableError('out_of_time');
      const action = await sendOnce(portalId, { ...request, hasOwnLimit }, token, deadline);
      if (action.kind === 'return') {
        breaker.succeeded(portalId);
        return action.reply;
      }
      if (action.kind === 'tokenRejected') {
        token = await nextToken(portalId, { token, tries, deadline, isFromHubSpot: action.isFromHubSpot });
      } else if (action.kind === 'retry' && retries < mostRetries(portalId)) {
        const leastMs = errorRate.isHigh(portalId) ? SHARE_PAUSE_MS * 2 ** retries : 0;
        await waitBeforeRetry(Math.max(action.minWaitMs, leastMs), retries, action.fault, until);
        token = await tokens.getToken(portalId, deadline);
        retries += 1;
        onRepeat?.();
      } else if (action.kind === 'missingScopes') {
        // Somebody may have granted more since: only the newest grant says what is missing.
        const newer = await tokens.findNewerToken(portalId, token, deadline);
        if (newer === undefined) throw missingScopes(portalId, action, scopeIsOptional);
        token = newer;
      } else {
        throw await giveUp(portalId, action);
      }
    }
  };

  async function sendOnce(
    portalId: PortalId,
    { hasOwnLimit, ...request }: HubSpotRequest & { readonly hasOwnLimit: boolean },
    token: PortalToken,
    deadline: Deadline,
  ): Promise<ResponseAction> {
    const mostMs = request.mayTakeLong === true ? LONG_TRY_MS : tryTimeoutMs;
    const timeoutMs = Math.min(mostMs, deadline - now());
    const headers = { ...request.headers, Authorization: `Bearer ${token.value}` };
    const result = await transport({ ...request, headers }, timeoutMs);
    metrics.count('HubSpotCalls', { outcome: result.kind === 'reply' ? String(result.reply.status) : result.fault });
    if (errorRate.record(portalId, endOf(result))) {
      metrics.count('HubSpotErrorShareHigh');
      log.error('error responses exceed 3 % of the calls made today', { portalId });
    }
    if (result.kind === 'fault') return classifyFault(result.fault);
    const action = classifyResponse(result.reply, now(), request.isCompletion);
    // Before anything is waited for: no other call may go out in the window that HubSpot has just closed.
    const isForAll = !hasOwnLimit || (action.kind === 'rateLimited' && action.daily);
    if (action.kind === 'rateLimited' && isForAll)
      await rateLimiter.pauseEverywhere(portalId, action.waitMs, { kind: 'limit' });
    if (!hasOwnLimit) await rateLimiter.learn(portalId, result.reply.headers);
    return action;
  }

  /** If many calls fail and the last one did, each is tried once, because HubSpot is down for longer than a moment. */
  function mostRetries(portalId: PortalId): number {
    return errorRate.isHigh(portalId) && breaker.failuresInARow(portalId) > 0 ? 0 : MAX_RETRIES;
  }

  /**
   * The same token once more if it was just issued, then the portal's newer token, then a refreshed one. A static token is sent
   * once more.
   */
  async function nextToken(portalId: PortalId, rejection: Rejection): Promise<PortalToken> {
    const { token, tries, deadline, isFromHubSpot } = rejection;
    const isFresh = token.issuedAtEpochMs !== undefined && now() - token.issuedAtEpochMs < FRESH_TOKEN_MS;
    if (isFresh && !tries.hasWaited) return onceMore(rejection);
    const newer = await tokens.findNewerToken(portalId, token, deadline);
    if (newer !== undefined) return newer;
    if (tries.isRenewed) throw rejected(portalId, isFromHubSpot);
    tries.isRenewed = true;
    try {
      const renewed = await tokens.refreshToken(portalId, token, deadline);
      return renewed.value === token.value ? await onceMore(rejection) : renewed;
    } catch (error) {
      const isOver = error instanceof PortalNotConnectedError && !error.isForgotten;
      throw isOver ? rejected(portalId, isFromHubSpot) : error;
    }
  }

  async function onceMore({ token, tries, deadline }: Rejection): Promise<PortalToken> {
    tries.hasWaited = true;
    if (now() + REJECTED_TOKEN_WAIT_MS >= deadline) throw new UpstreamUnavailableError('token_rejected');
    await sleep(REJECTED_TOKEN_WAIT_MS);
    return token;
  }

  function rejected(portalId: PortalId, isFromHubSpot: boolean): Error {
    if (!isFromHubSpot) return new UpstreamUnavailableError('http_401');
    metrics.count('HubSpotTokenRejected');
    log.error('HubSpot rejects the token of the portal', { portalId });
    return new PortalNotConnectedError('HubSpot rejects the token of the portal');
  }

  function missingScopes(portalId: PortalId, action: MissingScopes, isOptional: boolean): Error {
    const { correlationId, scopes } = action;
    if (!isOptional) {
      metrics.count('HubSpotScopesMissing');
      log.error('HubSpot refuses a call because scopes are missing', { portalId, hubspotCorrelationId: correlationId });
    }
    return new MissingScopesError(correlationId, scopes);
  }

  async function waitBeforeRetry(minWaitMs: number, retries: number, fault: string, until: Deadline): Promise<void> {
    const waitMs = backoffMs(minWaitMs, retries, random());
    if (now() + waitMs >= until) throw new UpstreamUnavailableError(fault);
    await sleep(waitMs);
  }

  async function giveUp(
    portalId: PortalId,
    action: Exclude<ResponseAction, { kind: 'return' | 'tokenRejected' | 'missingScopes' }>,
  ): Promise<Error> {
    switch (action.kind) {
      case 'rateLimited': {
        metrics.count(action.daily ? 'HubSpotDailyLimitReached' : 'HubSpotRateLimited');
        if (action.daily) log.error('the daily API limit of the portal is used up', { portalId });
        return new RateLimitedError(withJitter(action.waitMs, random()));
      }
      case 'notBelieved':
        return new UpstreamContractError(`HubSpot refused a call in words that are not its own: ${action.fault}`);
      case 'giveUp': {
        if (action.pauseMs > 0)
          await rateLimiter.pauseEverywhere(portalId, action.pauseMs, { kind: 'fault', fault: action.fault });
        return new UpstreamUnavailableError(action.fault);
      }
      case 'retry': {
        const error = new UpstreamUnavailableError(action.fault);
        if (isAboutOneRecord(error)) return error;
        const openMs = breaker.failed(portalId);
        if (openMs === undefined && errorRate.isHigh(portalId)) {
          // The error rate is that of this container, so only this container pauses. Others continue while HubSpot answers them.
          const pauseMs = SHARE_PAUSE_MS * 2 ** (breaker.failuresInARow(portalId) - 1);
          rateLimiter.pause(portalId, pauseMs, { kind: 'fault', fault: action.fault });
        }
        if (openMs !== undefined) {
          metrics.count('BreakerOpened');
          log.warn('HubSpot keeps failing for a portal; its calls pause', { portalId, openMs });
          await rateLimiter.pauseEverywhere(portalId, openMs, { kind: 'fault', fault: action.fault });
        }
        return error;
      }
    }
  }
}

function endOf(result: TransportResult): CallEnd {
  if (result.kind === 'fault' || result.reply.status >= 500) return 'failed';
  return result.reply.status >= 400 ? 'refused' : 'good';
}
