import { endInstall } from '../app-installs.ts';
import { type Reply, refuse } from '../replies.ts';
import type { Route, RouteRequest } from './route.ts';

/** Removes the app from the account of the token. HubSpot mails the administrators (app uninstall API, read 2026-11-23). */
function uninstall({ portal, grant }: RouteRequest): Reply {
  if (grant.oauth === undefined) return refuse(403, 'INVALID_AUTHENTICATION', 'This API takes an OAuth access token');
  endInstall(portal, grant.oauth.install);
  return { status: 204, body: undefined };
}

export const externalInstallRoutes: readonly Route[] = [
  {
    name: 'DELETE external install',
    method: 'DELETE',
    template: '/appinstalls/2026-09/external-install',
    queryParameters: [],
    handle: uninstall,
  },
];
