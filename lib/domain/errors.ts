/**
 * Failures, grouped by what the caller does next. An email that nobody has is an outcome, not an error. Messages are fixed texts
 * without values from outside, so they can be logged.
 */
export abstract class AppError extends Error {
  abstract readonly code: string;
  /** True if the same execution may succeed later, so that HubSpot must retry it. */
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A variable or secret is missing or malformed. Names the variable, never its value. */
export class ConfigError extends AppError {
  readonly code = 'CONFIG_INVALID';
  readonly retryable = true;
}

/** The parameter store is temporarily unavailable. The configuration is not wrong. */
export class SecretsUnavailableError extends AppError {
  readonly code = 'SECRETS_UNAVAILABLE';
  readonly retryable = true;
}

/** The portal has no usable token. Somebody must connect it; a retry does not help. */
export class PortalNotConnectedError extends AppError {
  readonly code = 'PORTAL_NOT_CONNECTED';
  readonly retryable = false;
  /** All data of the portal was deleted on request, so nothing may be written for it. */
  readonly isForgotten: boolean;

  constructor(message: string, isForgotten = false) {
    super(message);
    this.isForgotten = isForgotten;
  }
}

/** The portal's token lacks a scope, or its creator lost a permission. */
export class MissingScopesError extends AppError {
  readonly code = 'MISSING_SCOPES';
  readonly retryable = false;
  readonly hubspotCorrelationId: string | undefined;

  /** The scopes that HubSpot names; empty if it names none, as for a permission of the token's creator. */
  readonly scopes: readonly string[];

  constructor(hubspotCorrelationId: string | undefined, scopes: readonly string[] = []) {
    super('HubSpot refused the call because a scope or permission is missing');
    this.hubspotCorrelationId = hubspotCorrelationId;
    this.scopes = scopes;
  }
}

/** HubSpot's limit for the portal is used up. */
export class RateLimitedError extends AppError {
  readonly code = 'RATE_LIMITED';
  readonly retryable = true;
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('The rate limit of the portal is used up');
    this.retryAfterMs = retryAfterMs;
  }
}

/** HubSpot or the network failed temporarily. `fault` is a fixed word such as `timeout` or `http_502`. */
export class UpstreamUnavailableError extends AppError {
  readonly code = 'HUBSPOT_UNAVAILABLE';
  readonly retryable = true;
  readonly fault: string;
  /** Set if HubSpot was not called because of a pause: the milliseconds until its end. */
  readonly retryAfterMs: number | undefined;

  constructor(fault: string, { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(`HubSpot is not available: ${fault}`, options);
    this.fault = fault;
    this.retryAfterMs = retryAfterMs;
  }
}

/** True if HubSpot failed at a call. During a pause nobody calls, so that does not count. */
export function mayPassSoon(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && retryAfterOf(error) === undefined;
}

/** The same, or a reply that did not come from HubSpot: a proxy may dislike the data of one record. */
export function mayBeAboutOne(error: unknown): boolean {
  return mayPassSoon(error) || error instanceof UpstreamContractError;
}

/** HubSpot was not called, or not again, because the caller has no time left. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && error.fault === 'out_of_time';
}

/** One record is busy, and HubSpot is not. For a batch, the error does not say which. */
export function isAboutOneRecord(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && /^(conflict|record_locked)$/.test(error.fault);
}

/** Another run of a handover may still write the same records, or somebody has just changed the handover. */
export class WritesUnderWayError extends AppError {
  readonly code = 'WRITES_UNDER_WAY';
  readonly retryable = true;
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('Another run may still write the same records');
    this.retryAfterMs = retryAfterMs;
  }
}

/** The milliseconds until the next try, if known: after a limit or a pause, but not after a failure. */
export function retryAfterOf(error: unknown): number | undefined {
  if (error instanceof UpstreamUnavailableError) return error.retryAfterMs;
  return error instanceof RateLimitedError || error instanceof WritesUnderWayError ? error.retryAfterMs : undefined;
}

/** True for an error that may not occur again. Any error that is not ours is a bug. */
export function isTemporary(error: unknown): error is AppError {
  return error instanceof AppError && error.retryable;
}

/** HubSpot replied in an undocumented form. It raises an alarm, and HubSpot retries the execution. */
export class UpstreamContractError extends AppError {
  readonly code = 'HUBSPOT_CONTRACT_BROKEN';
  readonly retryable = true;
}

/** HubSpot is down, busy, or not understood. */
export function isHubSpotsFault(
  error: unknown,
): error is UpstreamUnavailableError | UpstreamContractError | RateLimitedError {
  return (
    error instanceof UpstreamUnavailableError ||
    error instanceof UpstreamContractError ||
    error instanceof RateLimitedError
  );
}

/** DynamoDB could not be reached in time, or refused. */
export class StoreUnavailableError extends AppError {
  readonly code = 'STORE_UNAVAILABLE';
  readonly retryable = true;
}

/** SQS was not reachable, or refused. */
export class QueueUnavailableError extends AppError {
  readonly code = 'QUEUE_UNAVAILABLE';
  readonly retryable = true;
}

/** SNS was not reachable, or refused. */
export class DigestNotSentError extends AppError {
  readonly code = 'DIGEST_NOT_SENT';
  readonly retryable = true;
}

/** Another delivery of this execution is still running and did not finish in time. */
export class ExecutionInProgressError extends AppError {
  readonly code = 'EXECUTION_IN_PROGRESS';
  readonly retryable = true;

  constructor() {
    super('Another delivery of this execution is still running');
  }
}

/** The portal revoked the grant or uninstalled the app: only a new install helps. */
export class GrantRevokedError extends AppError {
  readonly code = 'GRANT_REVOKED';
  readonly retryable = false;
}

/** HubSpot refused an authorization code: it was used, has expired or is not for this app. */
export class AuthorizationCodeError extends AppError {
  readonly code = 'AUTHORIZATION_CODE_REFUSED';
  readonly retryable = false;
}

/** HubSpot refused our client ID, secret or redirect URI. The configuration is wrong, so no portal is disconnected for it. */
export class OAuthClientError extends AppError {
  readonly code = 'OAUTH_CLIENT_REFUSED';
  readonly retryable = true;
}

/** Tokens could not be encrypted or decrypted. It raises an alarm; the stored tokens are not changed. */
export class TokenCipherError extends AppError {
  readonly code = 'TOKEN_CIPHER_FAILED';
  readonly retryable = true;
}

/**
 * For reads and writes that help but are not required: `undefined` when the table is unavailable, which `onOutage` reports.
 * Any other error is thrown.
 */
export async function orOnStoreOutage<T>(ask: () => Promise<T>, onOutage: () => void): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    onOutage();
    return undefined;
  }
}
