import { UpstreamContractError } from '../domain/errors.ts';
import { type PortalId, parsePortalId } from '../domain/ids.ts';
import { asJsonObject } from '../domain/json-object.ts';
import type { Grant } from '../domain/portal.ts';

/** HubSpot's usual lifetime, for a reply without one (token endpoint, read 2026-11-23). */
const DEFAULT_LIFETIME_SECONDS = 1_800;
const MIN_LIFETIME_SECONDS = 60;
const MAX_LIFETIME_SECONDS = 86_400;
/** HubSpot says that tokens may grow and names no maximum. A longer one would not fit into the headers of a request. */
const MAX_TOKEN_LENGTH = 4_096;
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Reads a reply of the token endpoint.
 * @param sentRefreshToken kept if the reply has none, which RFC 6749, section 6, allows for a refresh
 * @throws {UpstreamContractError} if it has no tokens
 */
export function readGrant(body: unknown, sentRefreshToken?: string): Grant {
  const fields = asJsonObject(body);
  const accessToken = readToken(fields.access_token);
  const refreshToken = readToken(fields.refresh_token || sentRefreshToken);
  if (accessToken === undefined || refreshToken === undefined) {
    throw new UpstreamContractError('HubSpot granted something that is no pair of tokens');
  }
  const portalId = parsePortalId(fields.hub_id);
  const scopes = readScopes(fields.scopes);
  return {
    accessToken,
    refreshToken,
    expiresInSeconds: readLifetime(fields.expires_in),
    ...(portalId !== undefined && { portalId }),
    ...(scopes !== undefined && { scopes }),
  };
}

/**
 * Reads HubSpot's description of an access token; undefined if it is not active.
 * @throws {UpstreamContractError} if it is active but names no account
 */
export function readIntrospection(
  body: unknown,
): { readonly portalId: PortalId; readonly scopes: readonly string[] | undefined } | undefined {
  const fields = asJsonObject(body);
  if (fields.active === false) return undefined;
  const portalId = parsePortalId(fields.hub_id);
  if (fields.active !== true || portalId === undefined) {
    throw new UpstreamContractError('HubSpot does not say which account the token belongs to');
  }
  return { portalId, scopes: readScopes(fields.scopes) };
}

function readToken(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TOKEN_LENGTH && TOKEN.test(value) ? value : undefined;
}

/** Long enough that not every call refreshes, short enough that no expired token is kept. */
function readLifetime(value: unknown): number {
  const isGiven = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const seconds = isGiven ? Number(value) : Number.NaN;
  if (Number.isNaN(seconds)) return DEFAULT_LIFETIME_SECONDS;
  return Math.floor(Math.min(MAX_LIFETIME_SECONDS, Math.max(MIN_LIFETIME_SECONDS, seconds)));
}

/**
 * Each once, in HubSpot's order. Undefined if the list is empty: every grant has a scope, so HubSpot did not say what it granted.
 */
function readScopes(value: unknown): readonly string[] | undefined {
  const scopes = Array.isArray(value) ? new Set(value.filter((scope) => typeof scope === 'string')) : undefined;
  return scopes === undefined || scopes.size === 0 ? undefined : [...scopes];
}
