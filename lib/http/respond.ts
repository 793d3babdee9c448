import type { OutputFields, WaitingOutputs } from '../action/output-fields.ts';
import { AppError, RateLimitedError } from '../domain/errors.ts';
import { MethodNotAllowedError, RequestError, UnreadableRequestError } from './http-errors.ts';
import type { HttpResult } from './http-event.ts';

/** HubSpot reads outputs and state from `outputFields` only; anything else in a 2xx counts as success and is lost. */
export function respondWithOutputs(outputFields: OutputFields | WaitingOutputs): HttpResult {
  return json(200, { outputFields });
}

/**
 * The only table from errors to HubSpot's reaction: a 4xx fails the action permanently, a 429 is retried after `Retry-After`, and
 * a 5xx with HubSpot's own delays for up to three days (custom workflow actions guide, read 2026-11-23).
 *
 * | error                        | status | HubSpot              |
 * |------------------------------|--------|----------------------|
 * | RequestError                 | its own| gives up             |
 * | RateLimitedError             | 429    | comes back in time   |
 * | any other AppError           | 503    | comes back           |
 * | anything else: our own fault | 500    | comes back           |
 */
export function respondToError(error: unknown, correlationId: string): HttpResult {
  if (!(error instanceof AppError)) {
    const message = 'Something went wrong on our side';
    return json(500, { status: 'error', code: 'INTERNAL_ERROR', message, correlationId });
  }
  const body = { status: 'error', code: error.code, message: publicMessageOf(error), correlationId };
  if (error instanceof UnreadableRequestError) return json(error.status, { ...body, fields: error.fields });
  if (error instanceof MethodNotAllowedError) return json(error.status, body, { allow: error.allowed });
  if (error instanceof RequestError) return json(error.status, body);
  // Milliseconds, not seconds: HubSpot's workflows read this header so (error handling guide, read 2026-11-23).
  if (error instanceof RateLimitedError) return json(429, body, { 'retry-after': String(error.retryAfterMs) });
  return json(503, body);
}

export function json(statusCode: number, body: object, headers: Readonly<Record<string, string>> = {}): HttpResult {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** Public texts by code. An error's own message is only for the log. */
const PUBLIC_MESSAGES: Readonly<Record<string, string>> = {
  CONFIG_INVALID: 'The service is not configured correctly',
  HUBSPOT_CONTRACT_BROKEN: 'HubSpot answered in a way that is not understood',
  HUBSPOT_UNAVAILABLE: 'HubSpot could not be reached',
  SECRETS_UNAVAILABLE: 'The service could not start',
  STORE_UNAVAILABLE: 'The store could not be reached',
};

export function publicMessageOf(error: AppError): string {
  return PUBLIC_MESSAGES[error.code] ?? error.message;
}
