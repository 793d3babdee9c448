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
  { log, metrics }: Telemetry,
  { now, sleep, random, newId, table, fetch }: Platform,
) {
  const { clientId, clientSecret, redirectUri, tokenKey } = oauthConfig;
  const rows: Table = { client: table, tableName: config.tableName };
  const grants = createPortalGrants(rows, now);
  const cipher =
    tokenKey.kind === 'kms'
      ? createKmsTokenCipher(tokenKey.keyId)
      : createLocalTokenCipher({ current: tokenKey.key, previous: tokenKey.previousKey }, process.env);
  const transport = createTransport(fetch);
  const apiBaseUrl = config.hubspotApiBaseUrl;
  const oauthApp: OAuthAppDeps = { transport, apiBaseUrl, clientId, clientSecret, redirectUri, now, sleep, random };
  const tokens = createAccessTokens({
    portals: grants,
    cipher,
    oauth: createOAuthRefresh(createOAuthClient(oauthApp)),
    now,
    sleep,
    newId,
    metrics,
    log,
  });
  return { grants, cipher, oauthApp, tokens };
}

export type Installs = ReturnType<typeof createInstalls>;
