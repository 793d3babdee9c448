import { type Reply, refuse } from './replies.ts';
import { isLegacyPath, parseRequestTarget, pathOf, type RequestTarget } from './request-target.ts';
import type { AnyRoute } from './routes/open-route.ts';
import { TOKEN_INFO_PATH } from './routes/private-app-token-info.ts';
import { findRoute } from './routes/table.ts';
import type { SimulatorSettings } from './settings.ts';
import { findGrant, type Portal, type SimulatorState, type TokenGrant } from './state.ts';

export type RoutedRequest = {
  readonly route: AnyRoute;
  readonly parameters: ReadonlyMap<string, string>;
  readonly target: RequestTarget;
};
/** `violation` is what a correct client never does; it contains no query values. */
export type RoutingFault = { readonly violation: string; readonly reply: Reply };

/** Finds the route of a request, and refuses everything that this version of HubSpot's API does not have. */
export function routeRequest(
  method: string,
  url: string,
  hasBody: boolean,
  recordLifecycle: SimulatorSettings['recordLifecycle'],
): RoutedRequest | RoutingFault {
  const call = `${method} ${pathOf(url)}`;
  if (isLegacyPath(pathOf(url)) && pathOf(url) !== TOKEN_INFO_PATH) {
    const message = `Legacy API: the path ends in 2027, use the dated 2026-09 path instead of ${pathOf(url)}`;
    return { violation: `legacy path: ${call}`, reply: refuse(410, 'LEGACY_API', message) };
  }
  const target = parseRequestTarget(url);
  if (typeof target === 'string') {
    return { violation: `${target}: ${call}`, reply: refuse(400, 'VALIDATION_ERROR', target) };
  }
  const found = findRoute(method, target, recordLifecycle);
  if (found === undefined) {
    return { violation: `unknown path or method: ${call}`, reply: refuse(404, 'NOT_FOUND', `No route for ${call}`) };
  }
  const unknown = [...target.query.keys()].find((name) => !found.route.queryParameters.includes(name));
  if (unknown !== undefined) {
    const message = `unknown query parameter ${unknown}`;
    return { violation: `${message}: ${call}`, reply: refuse(400, 'VALIDATION_ERROR', message) };
  }
  if ((method === 'GET' || method === 'DELETE') && hasBody) {
    const reply = refuse(400, 'VALIDATION_ERROR', `${method} takes no body`);
    return { violation: `body on a ${method}: ${call}`, reply };
  }
  return { ...found, target };
}

const NO_CREDENTIALS = 'Authentication credentials not found or not valid. This API takes a bearer token.';

/** The body seen on the wire (developer forum and community reports, read 2026-11-23). */
function refuseExpired(expiredForMs: number): Reply {
  const message = `The OAuth token used to make this call expired ${Math.floor(expiredForMs / 60_000)} minute(s) ago.`;
  return refuse(401, 'EXPIRED_AUTHENTICATION', message);
}

/** Opens the portal of a bearer token. */
export function authenticate(
  state: SimulatorState,
  authorization: string | undefined,
): { readonly portal: Portal; readonly grant: TokenGrant } | Reply {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  const found = token === undefined ? undefined : findGrant(state, token);
  if (found === undefined) return refuse(401, 'INVALID_AUTHENTICATION', NO_CREDENTIALS);
  const expiresAtEpochMs = found.grant.oauth?.expiresAtEpochMs ?? Number.POSITIVE_INFINITY;
  return state.now() < expiresAtEpochMs ? found : refuseExpired(state.now() - expiresAtEpochMs);
}

/** What refuses every call to this portal, on any route. */
export function refusePortal(portal: Portal, grant: TokenGrant): Reply | undefined {
  if (portal.migrationRetryAfterSeconds !== undefined) {
    return refuse(477, 'MIGRATION_IN_PROGRESS', 'This account is moving to another data centre', {
      headers: { 'Retry-After': String(portal.migrationRetryAfterSeconds) },
    });
  }
  if (!grant.creatorLostPermissions) return undefined;
  return refuse(403, 'USER_DOES_NOT_HAVE_PERMISSIONS', 'The user who created this app lacks the permissions');
}
