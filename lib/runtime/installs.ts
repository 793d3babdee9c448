import type { OAuthConfig } from '../config/connection.ts';
import { createKmsTokenCipher } from '../crypto/token-cipher-kms.ts';
import { createLocalTokenCipher } from '../crypto/token-cipher-local.ts';
import { createOAuthClient, createOAuthRefresh, type OAuthAppDeps } from '../hubspot/oauth-refresh.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createPortalGrants } from '../store/portal-grants.ts';
import type { Table } from '../store/table.ts';
import { createAccessTokens } from '../use-cases/portals/access-tokens.ts';
import type { Platform } from './platform.ts';

/** What there is where portals install the app: their grants and tokens, and what HubSpot's OAuth endpoints are called with. */
export function createInstalls(
  oauthConfig: OAuthConfig,
  config: { readonly hubspotApiBaseUrl: string; readonly tableName: string },
  telemetry: Telemetry,
  platform: Platform,
) {
  const needs = { ...platform, ...telemetry };
  const { clientId, clientSecret, redirectUri, tokenKey } = oauthConfig;
  const table: Table = { client: platform.table, tableName: config.tableName };
  const grants = createPortalGrants(table, platform.now);
  const cipher =
    tokenKey.kind === 'kms'
      ? createKmsTokenCipher(tokenKey.keyId)
      : createLocalTokenCipher({ current: tokenKey.key, previous: tokenKey.previousKey }, process.env);
  const transport = createTransport(platform.fetch);
  const apiBaseUrl = config.hubspotApiBaseUrl;
  const oauthApp: OAuthAppDeps = { transport, apiBaseUrl, clientId, clientSecret, redirectUri, ...needs };
  const oauth = createOAuthRefresh(createOAuthClient(oauthApp));
  const tokens = createAccessTokens({ portals: grants, cipher, oauth, ...needs });
  return { grants, cipher, oauthApp, tokens };
}

export type Installs = ReturnType<typeof createInstalls>;
