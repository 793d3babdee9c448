import type { OAuthConfig } from '../config/connection.ts';
import { createKmsTokenCipher } from '../crypto/token-cipher-kms.ts';
import { createLocalTokenCipher } from '../crypto/token-cipher-local.ts';
import { createOAuthApp } from '../hubspot/oauth.ts';
import { createTransport } from '../hubspot/transport.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { createPortals } from '../store/portals.ts';
import type { Table } from '../store/table.ts';
import { createPortalTokens } from '../use-cases/portal-tokens.ts';
import type { World } from './world.ts';

/** What there is where portals install the app: who did, their tokens, and HubSpot's OAuth endpoints. */
export function createInstalls(
  oauthConfig: OAuthConfig,
  config: { readonly hubspotApiBaseUrl: string; readonly tableName: string },
  { log, metrics }: Telemetry,
  { now, sleep, random, newId, table, fetch }: World,
) {
  const { clientId, clientSecret, redirectUri, tokenKey } = oauthConfig;
  const rows: Table = { client: table, tableName: config.tableName };
  const portals = createPortals(rows, now, newId);
  const cipher =
    tokenKey.kind === 'kms'
      ? createKmsTokenCipher(tokenKey.keyId)
      : createLocalTokenCipher({ current: tokenKey.key, previous: tokenKey.previousKey }, process.env);
  const transport = createTransport(fetch);
  const apiBaseUrl = config.hubspotApiBaseUrl;
  const oauth = createOAuthApp({ transport, apiBaseUrl, clientId, clientSecret, redirectUri, now, sleep, random });
  const tokens = createPortalTokens({
    portals,
    cipher,
    oauth,
    now,
    sleep,
    newId,
    metrics,
    log,
  });
  return { portals, cipher, oauth, tokens };
}

export type Installs = ReturnType<typeof createInstalls>;
