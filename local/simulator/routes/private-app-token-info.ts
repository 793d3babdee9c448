import { readJsonBody } from '../json-body.ts';
import { type Reply, refuse, refuseRequest } from '../replies.ts';
import { findGrant } from '../state.ts';
import type { OpenRequest, OpenRoute } from './open-route.ts';

/** The one undated path that is served: no dated one is documented (private app guide, read 2026-11-27). */
export const TOKEN_INFO_PATH = '/oauth/v2/private-apps/get/access-token-info';

function describe({ state, settings, contentType, body }: OpenRequest): Reply {
  if (settings.staticTokenInfo === 'absent') return refuse(404, 'NOT_FOUND', 'No route for this path');
  const document = readJsonBody(contentType, body);
  if (document.kind === 'refused') return document.reply;
  const { tokenKey } = document.value;
  if (typeof tokenKey !== 'string') return refuseRequest('tokenKey must be a string');
  const found = findGrant(state, tokenKey);
  if (found === undefined || found.grant.oauth !== undefined) return refuse(404, 'NOT_FOUND', 'No such token');
  return { status: 200, body: { hubId: found.portal.portalId, scopes: [...found.grant.scopes] } };
}

export const privateAppTokenInfoRoutes: readonly OpenRoute[] = [
  {
    name: 'POST private app token info',
    method: 'POST',
    template: TOKEN_INFO_PATH,
    queryParameters: [],
    handleOpen: describe,
  },
];
