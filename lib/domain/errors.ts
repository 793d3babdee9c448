/**
 * What we could not do, classed by what the caller does next. An email that nobody has is not an error but an outcome.
 * Messages are fixed texts without values from outside, so that they can be logged.
 */
export abstract class AppError extends Error {
  abstract readonly code: string;
  /** True when the same execution may succeed later, so that it must stay with the workflow engine and be sent again. */
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

/** The parameter store could not be asked for our secrets now. Nothing is wrong with the configuration. */
export class SecretsUnavailableError extends AppError {
  readonly code = 'SECRETS_UNAVAILABLE';
  readonly retryable = true;
}

/** The portal has no usable token. Somebody must connect it; sending again does not help. */
export class PortalNotConnectedError extends AppError {
  readonly code = 'PORTAL_NOT_CONNECTED';
  readonly retryable = false;
  /** Everything that was kept of the portal was deleted on request: nothing of it may be written any more. */
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

  /** What HubSpot asks for; empty when it does not say, as for a permission of the token's creator. */
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

/** HubSpot, or the way to it, failed for now. `fault` is one of a fixed set of words such as `timeout` or `http_502`. */
export class UpstreamUnavailableError extends AppError {
  readonly code = 'HUBSPOT_UNAVAILABLE';
  readonly retryable = true;
  readonly fault: string;
  /** When nobody calls HubSpot for so long, and it was not asked. */
  readonly retryAfterMs: number | undefined;

  constructor(fault: string, { retryAfterMs, ...options }: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(`HubSpot is not available: ${fault}`, options);
    this.fault = fault;
    this.retryAfterMs = retryAfterMs;
  }
}

/** HubSpot failed at a call. A pause is another thing: nobody calls until it is over. */
export function mayPassSoon(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && retryAfterOf(error) === undefined;
}

/** The same, or an answer that is not HubSpot's own: what is in between may dislike what the call says of one record. */
export function mayBeAboutOne(error: unknown): boolean {
  return mayPassSoon(error) || error instanceof UpstreamContractError;
}

/** HubSpot was not asked, or not again, because the caller has no time left. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && error.fault === 'out_of_time';
}

/** One record is busy, and HubSpot is not. In a batch nobody says which. */
export function isAboutOneRecord(error: unknown): boolean {
  return error instanceof UpstreamUnavailableError && /^(conflict|record_locked)$/.test(error.fault);
}

/** Another run of a handover may still write what this one is about, or somebody has just decided something else about it. */
export class WritesUnderWayError extends AppError {
  readonly code = 'WRITES_UNDER_WAY';
  readonly retryable = true;
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('Another run may still write the same records');
    this.retryAfterMs = retryAfterMs;
  }
}

const SAY_WHEN = [RateLimitedError, UpstreamUnavailableError, WritesUnderWayError];

/** In how many milliseconds to try again, where that is known: after a limit and a pause, and not after a failure. */
export function retryAfterOf(error: unknown): number | undefined {
  const says = (kind: (typeof SAY_WHEN)[number]) => error instanceof kind;
  return SAY_WHEN.some(says) ? (error as { readonly retryAfterMs?: number }).retryAfterMs : undefined;
}

/** HubSpot answered in a shape that its documentation does not know. Worth an alarm; the execution stays with HubSpot. */
export class UpstreamContractError extends AppError {
  readonly code = 'HUBSPOT_CONTRACT_BROKEN';
  readonly retryable = true;
}

/** HubSpot is down, busy, or not understood. */
export function isHubSpotsFault(
  error: unknown,
): error is UpstreamUnavailableError | UpstreamContractError | RateLimitedError {
  const kinds = [UpstreamUnavailableError, UpstreamContractError, RateLimitedError];
  return kinds.some((kind) => error instanceof kind);
}

/** DynamoDB could not be reached in time, or refused. */
export class StoreUnavailableError extends AppError {
  readonly code = 'STORE_UNAVAILABLE';
  readonly retryable = true;
}

/** SQS could not be reached, or refused. */
export class QueueUnavailableError extends AppError {
  readonly code = 'QUEUE_UNAVAILABLE';
  readonly retryable = true;
}

/** SNS could not be reached, or refused. */
export class DigestNotSentError extends AppError {
  readonly code = 'DIGEST_NOT_SENT';
  readonly retryable = true;
}

/** Another delivery of this execution is still running and did not finish within our time. */
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

/** HubSpot refused our client id, secret or redirect URI. Our fault: no portal may be given up for it. */
export class OAuthClientError extends AppError {
  readonly code = 'OAUTH_CLIENT_REFUSED';
  readonly retryable = true;
}

/** Tokens could not be encrypted or decrypted. Worth an alarm; what is stored stays as it is. */
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
