import { toListedRow } from '../owner-rows.ts';
import { type Reply, refuseRequest, resourceNotFound } from '../replies.ts';

import type { SimulatorSettings } from '../settings.ts';
import { answerPage } from './paging.ts';
import { getParameter, type Route, type RouteRequest, readBoolean, refuseMissingScope } from './route.ts';

const OWNERS_PATH = '/crm/owners/2026-09';
const OWNERS_SCOPE = 'crm.objects.owners.read';
const PAGE_SIZE = { byDefault: 100, max: 500 };
/** IDs of owners and users are 32-bit integers (owners OpenAPI 2026-09, read 2026-11-23). */
const MAX_ID = 2_147_483_647;

/** `archived` is exclusive: either the active owners or the archived ones (owners guide, read 2026-11-23). */
function listOwners(request: RouteRequest): Reply {
  const { portal, query } = request;
  const archived = readBoolean(request, 'archived');
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  const email = query.get('email');
  if (email === '') return refuseRequest('email must not be empty');

  const listing = { portalId: portal.portalId, archived, of: `owners ${email ?? ''}` };
  const matching = [...portal.owners.values()]
    .filter((owner) => owner.archived === archived)
    .filter((owner) => email === undefined || isMatch(request.settings.emailFilter, email, owner.email));
  return answerPage(request, OWNERS_PATH, listing, PAGE_SIZE, matching, toListedRow);
}

function isMatch(filter: SimulatorSettings['emailFilter'], wanted: string, email = ''): boolean {
  const isExact = filter === 'exact' || filter === 'exactPrefix';
  const [held, asked] = isExact ? [email, wanted] : [email.toLowerCase(), wanted.toLowerCase()];
  return filter === 'prefix' || filter === 'exactPrefix' ? held.startsWith(asked) : held === asked;
}

/** A deactivated owner is a 404 unless `archived=true`, and then an active one is. */
function getOwner(request: RouteRequest): Reply {
  const archived = readBoolean(request, 'archived');
  const idProperty = request.query.get('idProperty') ?? 'id';
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  if (idProperty !== 'id' && idProperty !== 'userId') return refuseRequest('idProperty must be id or userId');
  const id = getParameter(request, 'ownerId');
  if (!/^\d{1,10}$/.test(id) || Number(id) > MAX_ID) return refuseRequest('ownerId must be a 32-bit integer');
  const owner = [...request.portal.owners.values()].find(
    (candidate) => id === (idProperty === 'id' ? candidate.id : String(candidate.userId)),
  );
  return owner?.archived === archived ? { status: 200, body: toListedRow(owner) } : resourceNotFound();
}

export const ownerRoutes: readonly Route[] = [
  {
    name: 'GET owners',
    method: 'GET',
    template: OWNERS_PATH,
    queryParameters: ['email', 'after', 'limit', 'archived'],
    handle: (request) => refuseMissingScope(request, OWNERS_SCOPE) ?? listOwners(request),
  },
  {
    name: 'GET owner',
    method: 'GET',
    template: `${OWNERS_PATH}/{ownerId}`,
    queryParameters: ['idProperty', 'archived'],
    handle: (request) => refuseMissingScope(request, OWNERS_SCOPE) ?? getOwner(request),
  },
];
