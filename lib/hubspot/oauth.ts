import { AuthorizationCodeError, GrantRevokedError, OAuthClientError } from '../domain/errors.ts';
import type { OAuthApp } from '../ports/portals.ts';
import { createOAuthCalls, type OAuthAnswer, type OAuthCallDeps } from './oauth-calls.ts';
import { readAccountRefusal, readCodeRefusal, readTokenRefusal, readUninstallRefusal } from './oauth-errors.ts';
import { readGrant, readIntrospection } from './oauth-replies.ts';
import { accountDetails, readAccount } from './static-tokens.ts';
import type { HubSpotRequest } from './transport.ts';
import { HUBSPOT_API_VERSION } from './versions.ts';

export type OAuthAppDeps = OAuthCallDeps & {
  readonly apiBaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
};

/**
 * HubSpot's OAuth endpoints (token endpoint of 2026-09, read 2026-11-23). Everything is in the form, because a query ends in
 * logs. No error holds a token, a code or a body.
 */
export function createOAuthApp(deps: OAuthAppDeps): OAuthApp {
  const { apiBaseUrl, clientId, clientSecret, redirectUri } = deps;
  const call = createOAuthCalls(deps);
  const tokenUrl = `${apiBaseUrl}/oauth/${HUBSPOT_API_VERSION}/token`;

  return {
    async exchangeCode(code, deadlineEpochMs) {
      const request = toForm(tokenUrl, { grant_type: 'authorization_code', redirect_uri: redirectUri, code });
      // A code that HubSpot took once is refused the second time, and its tokens may be taken back with it.
      const answer = await call({ request, deadlineEpochMs, readRefusal: readCodeRefusal, isRepeatable: false });
      return readGrant(bodyOf(answer));
    },

    async refresh(refreshToken, deadlineEpochMs) {
      const request = toForm(tokenUrl, { grant_type: 'refresh_token', refresh_token: refreshToken });
      // HubSpot's refresh tokens stay the same in practice, so that a refresh whose reply was lost can be asked for again.
      const answer = await call({ request, deadlineEpochMs, readRefusal: readTokenRefusal, isRepeatable: true });
      return readGrant(bodyOf(answer), refreshToken);
    },

    async introspect(accessToken, deadlineEpochMs) {
      const request = toForm(`${tokenUrl}/introspect`, { token: accessToken, token_type_hint: 'access_token' });
      const answer = await call({ request, deadlineEpochMs, readRefusal: readTokenRefusal, isRepeatable: true });
      return answer.kind === 'grantGone' ? undefined : readIntrospection(bodyOf(answer));
    },

    async findAccount(accessToken, deadlineEpochMs) {
      const details = accountDetails(apiBaseUrl);
      const request = { ...details, headers: { ...details.headers, Authorization: `Bearer ${accessToken}` } };
      const answer = await call({ request, deadlineEpochMs, readRefusal: readAccountRefusal, isRepeatable: true });
      return readAccount(bodyOf(answer));
    },

    async revoke(refreshToken, deadlineEpochMs) {
      const request = toForm(`${tokenUrl}/revoke`, { token: refreshToken, token_type_hint: 'refresh_token' });
      const answer = await call({ request, deadlineEpochMs, readRefusal: readTokenRefusal, isRepeatable: true });
      if (answer.kind !== 'grantGone') bodyOf(answer);
    },

    async uninstall(accessToken, deadlineEpochMs) {
      const url = `${apiBaseUrl}/appinstalls/${HUBSPOT_API_VERSION}/external-install`;
      const headers = { Authorization: `Bearer ${accessToken}`, Accept: 'application/json' };
      const request = { method: 'DELETE', url, headers };
      const answer = await call({ request, deadlineEpochMs, readRefusal: readUninstallRefusal, isRepeatable: true });
      if (answer.kind === 'tokenRejected') return answer.kind;
      if (answer.kind !== 'grantGone') bodyOf(answer);
      return undefined;
    },
  };

  function toForm(url: string, fields: Readonly<Record<string, string>>): HubSpotRequest {
    const form = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
    return { method: 'POST', url, headers, body: form.toString() };
  }
}

function bodyOf(answer: OAuthAnswer): unknown {
  switch (answer.kind) {
    case 'answered':
      return answer.document;
    case 'grantGone':
    case 'tokenRejected':
      throw new GrantRevokedError('HubSpot says that the grant is gone');
    case 'codeRefused':
      throw new AuthorizationCodeError('HubSpot refused the authorization code');
    case 'ours':
      throw new OAuthClientError('HubSpot refused our client id, secret, redirect URI or request');
  }
}
