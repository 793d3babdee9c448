import { AuthorizationCodeError, GrantRevokedError, OAuthClientError } from '../domain/errors.ts';
import type { OAuthApp } from '../ports/portals.ts';
import { createOAuthCalls, type OAuthAnswer, type OAuthCallDeps, type SendOAuthCall } from './oauth-calls.ts';
import { readTokenRefusal } from './oauth-errors.ts';
import { readGrant } from './oauth-replies.ts';
import type { HubSpotRequest } from './transport.ts';
import { HUBSPOT_API_VERSION } from './versions.ts';

export type OAuthAppDeps = OAuthCallDeps & {
  readonly apiBaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
};

export type OAuthClient = Pick<OAuthAppDeps, 'clientId'> & {
  readonly call: SendOAuthCall;
  /** A request to the token endpoint, or to one below it. */
  readonly toForm: (fields: Readonly<Record<string, string>>, below?: string) => HubSpotRequest;
};

/** Our app at HubSpot's token endpoint. Everything is in the form, because a query ends in logs. */
export function createOAuthClient(deps: OAuthAppDeps): OAuthClient {
  const { apiBaseUrl, clientId, clientSecret } = deps;
  const tokenUrl = `${apiBaseUrl}/oauth/${HUBSPOT_API_VERSION}/token`;
  return {
    clientId,
    call: createOAuthCalls(deps),
    toForm(fields, below = '') {
      const form = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields });
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
      return { method: 'POST', url: `${tokenUrl}${below}`, headers, body: form.toString() };
    },
  };
}

/** What every function needs of the endpoints. The others are for installs and deletions, and in no other bundle. */
export function createOAuthRefresh({ call, toForm, clientId }: OAuthClient): Pick<OAuthApp, 'refresh'> {
  return {
    async refresh(refreshToken, deadline, grantedTo = clientId) {
      // HubSpot does not document its answer to another app. If it said that the grant is gone, every account would be disconnected.
      if (grantedTo !== clientId) throw new OAuthClientError('the tokens belong to another app than HUBSPOT_CLIENT_ID');
      const request = toForm({ grant_type: 'refresh_token', refresh_token: refreshToken });
      // HubSpot's refresh tokens stay the same in practice, so that a refresh whose reply was lost can be asked for again.
      const answer = await call({ request, deadline, readRefusal: readTokenRefusal, isRepeatable: true });
      return { ...readGrant(bodyOf(answer), refreshToken), clientId };
    },
  };
}

export function bodyOf(answer: OAuthAnswer): unknown {
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
