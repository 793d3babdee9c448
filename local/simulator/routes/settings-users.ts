import { type Reply, refuseRequest, resourceNotFound } from '../replies.ts';
import type { Portal, SimulatedUser } from '../state.ts';
import { USERS_TYPE_ID } from '../user-properties.ts';
import { answerPage } from './paging.ts';
import { getParameter, type Route, type RouteRequest, refuseMissingScope } from './route.ts';

/** A `PublicUser` (user provisioning OpenAPI 2026-03, read 2026-11-23): neither an owner id nor whether they are active. */
function toUserRow(portal: Portal, user: SimulatedUser): object {
  const record = portal.objectTypes.get(USERS_TYPE_ID)?.records.get(user.recordId);
  const [roleId] = user.roleIds;
  return {
    id: String(user.userId),
    email: user.email,
    firstName: record?.properties.get('hs_given_name') ?? '',
    lastName: record?.properties.get('hs_family_name') ?? '',
    ...(roleId === undefined ? {} : { roleId }),
    roleIds: user.roleIds,
    superAdmin: user.superAdmin,
    ...(user.primaryTeamId === undefined ? {} : { primaryTeamId: user.primaryTeamId }),
    secondaryTeamIds: user.secondaryTeamIds,
    seatNames: user.seatNames,
  };
}

function getUser(request: RouteRequest): Reply {
  const { portal, query } = request;
  const id = getParameter(request, 'userId');
  const idProperty = query.get('idProperty') ?? 'USER_ID';
  if (idProperty !== 'USER_ID' && idProperty !== 'EMAIL') return refuseRequest('idProperty must be USER_ID or EMAIL');
  const user =
    idProperty === 'USER_ID'
      ? portal.users.get(id)
      : [...portal.users.values()].find(({ email }) => email.toLowerCase() === id.toLowerCase());
  return user === undefined ? resourceNotFound() : { status: 200, body: toUserRow(portal, user) };
}

/** User provisioning has no 2026-09 version yet (OpenAPI of August 2026, read 2026-11-23). */
const USERS_PATH = '/settings/users/2026-03';
/** The documents name no size; these are the ones of most lists. */
const PAGE_SIZE = { byDefault: 100, max: 100 };

function listUsers(request: RouteRequest): Reply {
  const { portal } = request;
  const users = [...portal.users.values()].map((user) => ({ ...user, id: String(user.userId) }));
  const listing = { portalId: portal.portalId, archived: false, of: 'settings users' };
  return answerPage(request, USERS_PATH, listing, PAGE_SIZE, users, (user) => toUserRow(portal, user));
}

/** Either scope opens a person's settings. */
function refuseWithoutScope(request: RouteRequest): Reply | undefined {
  return refuseMissingScope(request, 'settings.users.read', 'crm.objects.users.read');
}

export const settingsUserRoutes: readonly Route[] = [
  {
    name: 'GET settings users',
    method: 'GET',
    template: USERS_PATH,
    queryParameters: ['limit', 'after'],
    handle: (request) => refuseWithoutScope(request) ?? listUsers(request),
  },
  {
    name: 'GET settings user',
    method: 'GET',
    template: `${USERS_PATH}/{userId}`,
    queryParameters: ['idProperty'],
    handle: (request) => refuseWithoutScope(request) ?? getUser(request),
  },
];
