import { randomUUID } from 'node:crypto';
import type { Reply } from './replies.ts';
import type { Portal, TokenGrant } from './state.ts';

/**
 * Limits as HubSpot sets them (usage guidelines, read 2026-11-23): 190 calls per rolling ten seconds and 625 000 a day
 * for a private app on Professional; 110 and no daily limit for a marketplace app.
 */
export type RateLimits = { readonly burstLimit: number; readonly dailyLimit: number | 'none' };

export type RateVerdict = {
  readonly headers: Readonly<Record<string, string>>;
  /** The 429 to answer with; undefined when the call is admitted. */
  readonly refusal: Reply | undefined;
};

export const BURST_WINDOW_MS = 10_000;

/** Creating one takes longer than the rest of a call. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day in the account's time zone; the daily quota restarts at its midnight. */
function dayIn(timeZone: string, atEpochMs: number): string {
  const format = dayFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-CA', { timeZone });
  dayFormats.set(timeZone, format);
  return format.format(atEpochMs);
}

/** HubSpot sends no documented `Retry-After` with these. */
export function tooManyRequests(policyName: 'TEN_SECONDLY_ROLLING' | 'DAILY' | 'SECONDLY', portal: Portal): Reply {
  return {
    status: 429,
    body: {
      status: 'error',
      message: `You have reached your ${policyName.toLowerCase()} limit.`,
      errorType: 'RATE_LIMIT',
      correlationId: randomUUID(),
      policyName,
      groupName: `publicapi:private-apps:calls:${portal.portalId}`,
      requestId: randomUUID(),
    },
  };
}

/**
 * Counts accepted calls. The burst limit applies to an install of an app, which a new access token does not reset, or to a static
 * token, over a sliding window. The daily limit applies to the portal, because all private apps of an account share it. Refused
 * calls do not count. Limits are read for each call.
 */
export function createRateLimiter(limits: RateLimits, now: () => number) {
  const burstByHolder = new WeakMap<object, number[]>();
  const dayByPortal = new WeakMap<Portal, { readonly day: string; count: number }>();

  function recentCalls(grant: TokenGrant, atEpochMs: number): number[] {
    const holder = grant.oauth?.install ?? grant;
    const recent = (burstByHolder.get(holder) ?? []).filter((at) => at > atEpochMs - BURST_WINDOW_MS);
    burstByHolder.set(holder, recent);
    return recent;
  }

  function callsToday(portal: Portal, atEpochMs: number): { count: number } {
    const day = dayIn(portal.timeZone, atEpochMs);
    const known = dayByPortal.get(portal);
    if (known?.day === day) return known;
    const fresh = { day, count: 0 };
    dayByPortal.set(portal, fresh);
    return fresh;
  }

  /** `burstLimit`: that of an endpoint with a separate limit. */
  function admit(portal: Portal, grant: TokenGrant, burstLimit = limits.burstLimit): RateVerdict {
    const at = now();
    const { dailyLimit } = limits;
    const recent = recentCalls(grant, at);
    const today = callsToday(portal, at);
    const exceeded =
      dailyLimit !== 'none' && today.count >= dailyLimit
        ? 'DAILY'
        : recent.length >= burstLimit
          ? 'TEN_SECONDLY_ROLLING'
          : undefined;
    if (exceeded === undefined) {
      recent.push(at);
      today.count += 1;
    }
    const headers: Record<string, string> = {
      'X-HubSpot-RateLimit-Interval-Milliseconds': String(BURST_WINDOW_MS),
      'X-HubSpot-RateLimit-Max': String(burstLimit),
      'X-HubSpot-RateLimit-Remaining': String(Math.max(0, burstLimit - recent.length)),
    };
    if (dailyLimit !== 'none') {
      headers['X-HubSpot-RateLimit-Daily'] = String(dailyLimit);
      headers['X-HubSpot-RateLimit-Daily-Remaining'] = String(Math.max(0, dailyLimit - today.count));
    }
    return { headers, refusal: exceeded === undefined ? undefined : tooManyRequests(exceeded, portal) };
  }

  return { admit };
}
