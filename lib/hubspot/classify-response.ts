import { asJsonObject } from '../domain/json-object.ts';
import { GONE, readErrorBody, saysNotFound, saysOver } from './error-body.ts';
import { readRetryAfterMs } from './retry.ts';
import type { HubSpotReply, TransportFault } from './transport.ts';

/** What to do with a reply. `fault` is a fixed word for logs. */
export type ResponseAction =
  | { readonly kind: 'return'; readonly reply: HubSpotReply }
  | { readonly kind: 'tokenRejected'; readonly isFromHubSpot: boolean }
  /** A refusal that HubSpot did not write: it says nothing about the record, the owner or the path. */
  | { readonly kind: 'notBelieved'; readonly fault: string }
  | { readonly kind: 'missingScopes'; readonly correlationId: string | undefined; readonly scopes: readonly string[] }
  /** The portal's limit is used up: no calls for `waitMs`. */
  | { readonly kind: 'rateLimited'; readonly waitMs: number; readonly daily: boolean }
  /** A temporary failure. Retry after at least `minWaitMs`, at most twice. */
  | { readonly kind: 'retry'; readonly fault: string; readonly minWaitMs: number }
  /** A longer failure: do not call HubSpot for `pauseMs`. */
  | { readonly kind: 'giveUp'; readonly fault: string; readonly pauseMs: number };

const TEN_SECOND_WINDOW_MS = 10_000;
/** The window of the search API (error handling guide, read 2026-11-23). */
const SECOND_WINDOW_MS = 1_000;
/** The daily limit resets at midnight in the account's time zone, which we do not know, so we try again regularly. */
const DAILY_PAUSE_MS = 10 * 60_000;
/** A sync locks a record for two seconds (error handling guide, read 2026-11-23). */
const LOCK_MS = 2_000;
/** Leaves an execution enough time for another try. */
const LONGEST_WAIT_MS = 5_000;
/** Our bug at any address. Web pages with 405 also come from firewalls that check for a human. */
const MALFORMED = new Set([413, 414, 415]);
const DO_NOT_HAMMER = new Set([522, 525, 526]);
/** Time-out, wrong connection, too early: the same request may succeed (RFC 9110, RFC 8470). */
const ONCE_MORE = new Set([408, 421, 425]);

/** HubSpot's status codes, and the reaction that its error handling guide advises (read 2026-11-23). */
export function classifyResponse(reply: HubSpotReply, nowEpochMs: number, isCompletion = false): ResponseAction {
  const { status } = reply;
  if (status >= 200 && status < 300) {
    const mayBeOther = status !== 200 || (isCompletion && (reply.document !== undefined || reply.body.trim() === ''));
    const fault = mayBeOther ? undefined : faultIn(reply.document);
    return fault === undefined ? { kind: 'return', reply } : { kind: 'retry', fault, minWaitMs: 0 };
  }
  switch (status) {
    case 401:
      return { kind: 'tokenRejected', isFromHubSpot: readErrorBody(reply.document).isFromHubSpot };
    case 403:
      if (isCompletion && saysNotFound(reply.document)) break;
      return forbidden(reply);
    case 409:
      if (isCompletion) break;
      return { kind: 'retry', fault: 'conflict', minWaitMs: 0 };
    case 423:
      return retryAfter(reply, nowEpochMs, 'record_locked', LOCK_MS);
    case 429:
      return rateLimited(reply, nowEpochMs);
    case 477:
      return { kind: 'giveUp', fault: 'account_migrating', pauseMs: retryAfterMs(reply, nowEpochMs) ?? 60_000 };
  }
  if (status >= 500 || ONCE_MORE.has(status)) {
    return DO_NOT_HAMMER.has(status)
      ? { kind: 'giveUp', fault: `http_${status}`, pauseMs: TEN_SECOND_WINDOW_MS }
      : retryAfter(reply, nowEpochMs, `http_${status}`);
  }
  const isBelieved = status < 400 || MALFORMED.has(status) || isRefusal(reply, isCompletion);
  return isBelieved ? { kind: 'return', reply } : { kind: 'notBelieved', fault: `http_${status}` };
}

/**
 * Whether HubSpot wrote it. Every member of its error bodies is optional, so a reason alone is enough. But any proxy may have a
 * code for something that is gone.
 */
function isRefusal({ status, document }: HubSpotReply, isCompletion: boolean): boolean {
  const { isFromHubSpot, codes } = readErrorBody(document);
  const hasReason = codes.length > 0 && !GONE.has(status);
  return isFromHubSpot || hasReason || (isCompletion && saysOver(document));
}

/** The error in a 200. If the body contains an error, its rows do not count, and neither does an empty list. */
function faultIn(document: unknown): string | undefined {
  if (document === undefined) return 'not_json';
  return asJsonObject(document).status === 'error' ? 'error_in_200' : undefined;
}

/** Each of our calls may be sent twice: reads change nothing, and setting the same owner again is no change. */
export function classifyFault(fault: TransportFault): Extract<ResponseAction, { kind: 'retry' | 'giveUp' }> {
  return fault === 'redirect' || fault === 'body_too_large'
    ? { kind: 'giveUp', fault, pauseMs: 0 }
    : { kind: 'retry', fault, minWaitMs: 0 };
}

/** A 403 that HubSpot did not write comes from a proxy, and says nothing about scopes. */
function forbidden(reply: HubSpotReply): ResponseAction {
  const { isFromHubSpot, codes, correlationId, requiredScopes } = readErrorBody(reply.document);
  return !isFromHubSpot && codes.length === 0
    ? { kind: 'giveUp', fault: 'http_403', pauseMs: 0 }
    : { kind: 'missingScopes', correlationId, scopes: requiredScopes };
}

function rateLimited(reply: HubSpotReply, nowEpochMs: number): ResponseAction {
  const { policyName } = readErrorBody(reply.document);
  const isDayOver = policyName === '' && reply.headers['x-hubspot-ratelimit-daily-remaining'] === '0';
  if (policyName === 'DAILY' || isDayOver) return { kind: 'rateLimited', waitMs: DAILY_PAUSE_MS, daily: true };
  const windowMs = policyName === 'SECONDLY' ? SECOND_WINDOW_MS : TEN_SECOND_WINDOW_MS;
  return { kind: 'rateLimited', waitMs: retryAfterMs(reply, nowEpochMs) ?? windowMs, daily: false };
}

/** HubSpot's own wait applies. If it is too long for an execution, we give up instead. A lock affects one record only. */
function retryAfter(reply: HubSpotReply, nowEpochMs: number, fault: string, lockMs = 0): ResponseAction {
  const minWaitMs = Math.max(lockMs, retryAfterMs(reply, nowEpochMs) ?? 0);
  if (minWaitMs <= LONGEST_WAIT_MS) return { kind: 'retry', fault, minWaitMs };
  return { kind: 'giveUp', fault, pauseMs: lockMs > 0 ? 0 : minWaitMs };
}

function retryAfterMs(reply: HubSpotReply, nowEpochMs: number): number | undefined {
  return readRetryAfterMs(reply.headers['retry-after'], nowEpochMs);
}
