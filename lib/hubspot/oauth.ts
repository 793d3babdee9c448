import type { OAuthApp } from '../ports/portals.ts';
import { accountDetails, readAccount } from './account.ts';
import { readAccountRefusal, readCodeRefusal, readTokenRefusal, readUninstallRefusal } from './oauth-errors.ts';
import { bodyOf, createOAuthClient, createOAuthRefresh, type OAuthAppDeps } from './oauth-refresh.ts';
import { readGrant, readIntrospection } from './oauth-replies.ts';
import { HUBSPOT_API_VERSION } from './versions.ts';

/** HubSpot's OAuth endpoints (token endpoint of 2026-09, read 2026-11-23). No error holds a token, a code or a body. */
export function createOAuthApp(deps: OAuthAppDeps): OAuthApp {
  const { apiBaseUrl, redirectUri, clientId } = deps;
  const client = createOAuthClient(deps);
  const { call, toForm } = client;

  return {
    ...createOAuthRefresh(client),

    async exchangeCode(code, deadline) {
      const request = toForm({ grant_type: 'authorization_code', redirect_uri: redirectUri, code });
      // A code that HubSpot took once is refused the second time, and its tokens may be taken back with it.
      const answer = await call({ request, deadline, readRefusal: readCodeRefusal, isRepeatable: false });
      return { ...readGrant(bodyOf(answer)), clientId };
    },

    async introspect(accessToken, deadline) {
      const request = toForm({ token: accessToken, token_type_hint: 'access_token' }, '/introspect');
      const answer = await call({ request, deadline, readRefusal: readTokenRefusal, isRepeatable: true });
      return answer.kind === 'grantGone' ? undefined : readIntrospection(bodyOf(answer));
    },

    async findAccount(accessToken, deadline) {
      const details = accountDetails(apiBaseUrl);
      const request = { ...details, headers: { ...details.headers, Authorization: `Bearer ${accessToken}` } };
      const answer = await call({ request, deadline, readRefusal: readAccountRefusal, isRepeatable: true });
      return readAccount(bodyOf(answer));
    },

    async revoke(refreshToken, deadline) {
      const request = toForm({ token: refreshToken, token_type_hint: 'refresh_token' }, '/revoke');
      const answer = await call({ request, deadline, readRefusal: readTokenRefusal, isRepeatable: true });
      if (answer.kind !== 'grantGone') bodyOf(answer);
    },

    async uninstall(accessToken, deadline) {
      const url = `${apiBaseUrl}/appinstalls/${HUBSPOT_API_VERSION}/external-install`;
      const headers = { Authorization: `Bearer ${accessToken}`, Accept: 'application/json' };
      const request = { method: 'DELETE', url, headers };
      const answer = await call({ request, deadline, readRefusal: readUninstallRefusal, isRepeatable: true });
      if (answer.kind === 'tokenRejected') return answer.kind;
      if (answer.kind !== 'grantGone') bodyOf(answer);
      return undefined;
    },
  };
}
