import { randomUUID } from 'node:crypto';
import type { Reply } from './replies.ts';
import type { SimulatorSettings } from './settings.ts';

/** HubSpot's word → the word of RFC 6749, section 5.2, and both texts (token endpoint, read 2026-11-23). */
const ERRORS = {
  BAD_CLIENT_ID: ['invalid_client', 'missing or unknown client id'],
  BAD_CLIENT_SECRET: ['invalid_client', 'missing or invalid client secret'],
  BAD_GRANT_TYPE: ['unsupported_grant_type', 'missing or unknown grant type'],
  BAD_REDIRECT_URI: ['invalid_request', 'missing or invalid redirect uri'],
  BAD_SCOPES: ['invalid_scope', 'requested scopes were not granted'],
  BAD_AUTH_CODE: ['invalid_grant', 'missing or unknown auth code'],
  BAD_CODE_VERIFIER: ['invalid_grant', 'code verifier does not match'],
  BAD_REFRESH_TOKEN: ['invalid_grant', 'missing or invalid refresh token'],
} as const;

export type OAuthErrorCode = keyof typeof ERRORS;

/** HubSpot's description differs from its message for this one only. */
const DEAD_REFRESH_TOKEN = 'refresh token is invalid, expired or revoked';

export function refuseOAuth(
  code: OAuthErrorCode,
  { oauthErrorShape }: Pick<SimulatorSettings, 'oauthErrorShape'>,
): Reply {
  const [error, message] = ERRORS[code];
  const legacy = { status: code, message, correlationId: randomUUID() };
  if (oauthErrorShape === 'legacy') return { status: 400, body: legacy };
  const description = code === 'BAD_REFRESH_TOKEN' ? DEAD_REFRESH_TOKEN : message;
  return { status: 400, body: { error, error_description: description, ...legacy } };
}
