import { randomBytes, randomUUID } from 'node:crypto';

const ACCESS_TOKEN_BYTES = 240;

/** As long as HubSpot's: its documentation asks clients for room beyond 300 characters (token endpoint, read 2026-11-23). */
export function makeAccessToken(): string {
  return `CN${randomBytes(ACCESS_TOKEN_BYTES).toString('base64url')}`;
}

/** `na1` is the data centre. */
export function makeRefreshToken(): string {
  return `na1-${randomUUID()}`;
}

export function makeAuthorizationCode(): string {
  return `na1-${randomUUID()}`;
}
