import { ACCESS_TOKEN_SECONDS, connectApp, issueAccessToken } from '../app-installs.ts';
import { type AppInstall, findRefreshGrant, type RefreshGrant, type SimulatedApp } from '../apps.ts';
import { type ClientCall, readClientCall } from '../oauth-client.ts';
import { refuseOAuth } from '../oauth-errors.ts';
import type { Reply } from '../replies.ts';
import { makeRefreshToken } from '../token-values.ts';
import type { OpenRequest, OpenRoute } from './open-route.ts';

const FIELDS = ['grant_type', 'redirect_uri', 'code', 'refresh_token', 'scope', 'code_verifier'];

function answerTokens(
  { state, settings }: OpenRequest,
  install: AppInstall,
  refreshToken: string,
  grant: RefreshGrant,
): Reply {
  const { portalId } = install;
  const body = {
    token_type: 'bearer',
    token_use: 'access_token',
    access_token: issueAccessToken(state, install, grant),
    refresh_token: refreshToken,
    expires_in: ACCESS_TOKEN_SECONDS,
    ...(settings.tokenReplyOmitsHubId ? {} : { hub_id: portalId }),
    scopes: [...grant.scopes],
    user_id: grant.userId,
  };
  return { status: 200, body, headers: { 'Cache-Control': 'no-store' } };
}

/** A code is valid once, for a limited time, for its app and redirect URI. */
function exchangeCode(request: OpenRequest, { app, fields }: ClientCall): Reply {
  const { state, settings } = request;
  const value = fields.get('code') ?? '';
  const code = app.codes.get(value);
  if (code === undefined || state.now() >= code.expiresAtEpochMs) return refuseOAuth('BAD_AUTH_CODE', settings);
  if (fields.get('redirect_uri') !== code.redirectUri) return refuseOAuth('BAD_REDIRECT_URI', settings);
  // The authorize page accepts no challenge, so no verifier can match one.
  if (fields.has('code_verifier')) return refuseOAuth('BAD_CODE_VERIFIER', settings);
  app.codes.delete(value);
  const { install, refreshToken } = connectApp(app, code.portalId, { scopes: code.scopes, userId: code.userId });
  return answerTokens(request, install, refreshToken, code);
}

/** The scopes that `scope` narrows the token to; undefined when it asks for more than was granted. */
function narrowScopes(grant: RefreshGrant, scope: string | undefined): ReadonlySet<string> | undefined {
  if (scope === undefined) return grant.scopes;
  const wanted = scope.split(' ');
  return wanted.every((each) => grant.scopes.has(each)) ? new Set(wanted) : undefined;
}

function hasForeignRedirect(app: SimulatedApp, redirectUri: string | undefined): boolean {
  return redirectUri !== undefined && !app.redirectUris.includes(redirectUri);
}

function refreshTokens(request: OpenRequest, { app, fields }: ClientCall): Reply {
  const { settings } = request;
  const given = fields.get('refresh_token') ?? '';
  const found = findRefreshGrant(app, given);
  if (found === undefined) return refuseOAuth('BAD_REFRESH_TOKEN', settings);
  if (hasForeignRedirect(app, fields.get('redirect_uri'))) return refuseOAuth('BAD_REDIRECT_URI', settings);
  const { install, grant } = found;
  const scopes = narrowScopes(grant, fields.get('scope'));
  if (scopes === undefined) return refuseOAuth('BAD_SCOPES', settings);
  const refreshToken = settings.rotateRefreshTokens ? makeRefreshToken() : given;
  install.refreshTokens.delete(given);
  install.refreshTokens.set(refreshToken, grant);
  return answerTokens(request, install, refreshToken, { ...grant, scopes });
}

function issueTokens(request: OpenRequest): Reply {
  const client = readClientCall(request, FIELDS);
  if (!('app' in client)) return client;
  switch (client.fields.get('grant_type')) {
    case 'authorization_code':
      return exchangeCode(request, client);
    case 'refresh_token':
      return refreshTokens(request, client);
    default:
      return refuseOAuth('BAD_GRANT_TYPE', request.settings);
  }
}

/** The account of the code or refresh token, even if the call has other errors. */
function findPortalId({ state, body }: OpenRequest): number | undefined {
  const fields = new URLSearchParams(body);
  const app = state.apps.get(fields.get('client_id') ?? '');
  if (app === undefined) return undefined;
  const code = app.codes.get(fields.get('code') ?? '');
  return code?.portalId ?? findRefreshGrant(app, fields.get('refresh_token') ?? '')?.install.portalId;
}

export const tokenRoutes: readonly OpenRoute[] = [
  {
    name: 'POST token',
    method: 'POST',
    template: '/oauth/2026-09/token',
    queryParameters: [],
    handleOpen: issueTokens,
    findPortalId,
  },
];
