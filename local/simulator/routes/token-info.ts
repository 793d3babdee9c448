import { findRefreshGrant } from '../apps.ts';
import { readClientCall } from '../oauth-client.ts';
import type { Reply } from '../replies.ts';
import { describeToken } from '../token-description.ts';
import type { OpenRequest, OpenRoute } from './open-route.ts';

const FIELDS = ['token', 'token_type_hint'];

function introspect(request: OpenRequest): Reply {
  const client = readClientCall(request, FIELDS);
  if (!('app' in client)) return client;
  const { active, ...more } = describeToken(request.state, client.app, client.fields.get('token') ?? '');
  return { status: 200, body: request.settings.introspectionOmitsAll ? { active } : { active, ...more } };
}

/**
 * Revokes a refresh token. Its access tokens stay valid until they expire (seen in the API in September 2026), and an unknown
 * token is not an error (RFC 7009, section 2.2).
 */
function revoke(request: OpenRequest): Reply {
  const client = readClientCall(request, FIELDS);
  if (!('app' in client)) return client;
  const token = client.fields.get('token') ?? '';
  findRefreshGrant(client.app, token)?.install.refreshTokens.delete(token);
  return { status: 200, body: undefined };
}

export const tokenInfoRoutes: readonly OpenRoute[] = [
  {
    name: 'POST token introspect',
    method: 'POST',
    template: '/oauth/2026-09/token/introspect',
    queryParameters: [],
    handleOpen: introspect,
  },
  {
    name: 'POST token revoke',
    method: 'POST',
    template: '/oauth/2026-09/token/revoke',
    queryParameters: [],
    handleOpen: revoke,
  },
];
