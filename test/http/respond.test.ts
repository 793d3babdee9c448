import {
  ConfigError,
  ExecutionInProgressError,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../lib/domain/errors.ts';
import {
  MethodNotAllowedError,
  PayloadTooLargeError,
  RouteNotFoundError,
  UnauthenticRequestError,
  UnreadableRequestError,
} from '../../lib/http/http-errors.ts';
import { respondToError } from '../../lib/http/respond.ts';

const SECRET = 'secret-test-1 of jane@example.com';

describe('From errors to what HubSpot does next', () => {
  it.each<[number, unknown, string, string]>([
    [400, new UnreadableRequestError('not JSON', ['origin.portalId']), 'BAD_REQUEST', 'gives up'],
    [401, new UnauthenticRequestError('mismatch'), 'SIGNATURE_INVALID', 'gives up'],
    [404, new RouteNotFoundError(), 'NOT_FOUND', 'gives up'],
    [405, new MethodNotAllowedError('POST'), 'METHOD_NOT_ALLOWED', 'gives up'],
    [413, new PayloadTooLargeError(), 'PAYLOAD_TOO_LARGE', 'gives up'],
    [429, new RateLimitedError(1_500), 'RATE_LIMITED', 'is retried after the wait'],
    [503, new ConfigError(SECRET), 'CONFIG_INVALID', 'comes back once it is configured'],
    [503, new StoreUnavailableError(SECRET), 'STORE_UNAVAILABLE', 'comes back'],
    [503, new UpstreamUnavailableError(SECRET), 'HUBSPOT_UNAVAILABLE', 'comes back'],
    [503, new UpstreamContractError(SECRET), 'HUBSPOT_CONTRACT_BROKEN', 'comes back'],
    [503, new ExecutionInProgressError(), 'EXECUTION_IN_PROGRESS', 'comes back once the other is done'],
    [503, new MissingScopesError('abc'), 'MISSING_SCOPES', 'never gets this: it is a result'],
    [503, new PortalNotConnectedError('no token'), 'PORTAL_NOT_CONNECTED', 'never meets this either'],
    [500, new TypeError(SECRET), 'INTERNAL_ERROR', 'comes back'],
    [500, SECRET, 'INTERNAL_ERROR', 'comes back'],
    [500, undefined, 'INTERNAL_ERROR', 'comes back'],
    [500, { status: 400, code: 'BAD_REQUEST', message: SECRET }, 'INTERNAL_ERROR', 'comes back'],
  ])('[E13] The status %d for %p (%s) means that HubSpot %s', (status, error, code) => {
    const { statusCode, headers, body } = respondToError(error, 'request-9');
    expect(statusCode).toBe(status);
    expect(JSON.parse(body)).toMatchObject({ status: 'error', code, correlationId: 'request-9' });
    expect(body).not.toMatch(/secret-test|@|\bat \//);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  });

  it('[E5] The answer to a wrong method names the allowed one', () => {
    expect(respondToError(new MethodNotAllowedError('POST'), 'request-9').headers).toMatchObject({ allow: 'POST' });
  });

  it("[E13] The wait of a 429 is in milliseconds, which is HubSpot's unit for it", () => {
    expect(respondToError(new RateLimitedError(1_500), 'request-9').headers).toMatchObject({ 'retry-after': '1500' });
    expect(respondToError(new ConfigError('x'), 'request-9').headers).not.toHaveProperty('retry-after');
  });
});
