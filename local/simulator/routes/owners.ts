import { toOwnerRow } from '../owner-rows.ts';
import { type Reply, refuseRequest, resourceNotFound } from '../replies.ts';
import type { SimulatedOwner } from '../state.ts';
import { getParameter, type Route, type RouteRequest, readBoolean, refuseMissingScope } from './route.ts';

const OWNERS_PATH = '/crm/owners/2026-09';
const OWNERS_SCOPE = 'crm.objects.owners.read';
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

function readLimit(request: RouteRequest): number | undefined {
  const text = request.query.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : undefined;
}

/** In the order of their ids, so that a page boundary stays put while owners come and go. */
function listMatching(request: RouteRequest, archived: boolean, email: string | undefined): SimulatedOwner[] {
  return [...request.portal.owners.values()]
    .filter((owner) => owner.archived === archived)
    .filter((owner) => email === undefined || owner.email?.toLowerCase() === email)
    .sort((left, right) => Number(left.id) - Number(right.id));
}

/**
 * `archived` is exclusive: either the active owners or the archived ones (owners guide, read 2026-11-23).
 * `paging` is absent on the last page.
 */
function listOwners(request: RouteRequest): Reply {
  const { portal, query, cursors } = request;
  const limit = readLimit(request);
  const archived = readBoolean(request, 'archived');
  if (limit === undefined) return refuseRequest(`limit must be a number between 1 and ${MAX_LIMIT}`);
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  const email = query.get('email')?.toLowerCase();
  if (email === '') return refuseRequest('email must not be empty');

  const listing = { portalId: portal.portalId, archived, email: email ?? '' };
  const after = query.get('after');
  const afterOwnerId = after === undefined ? '0' : cursors.open(after, listing);
  if (afterOwnerId === undefined) return refuseRequest('The paging cursor is not valid for this request');

  const left = listMatching(request, archived, email).filter((owner) => Number(owner.id) > Number(afterOwnerId));
  const page = left.slice(0, limit);
  const results = page.map(toOwnerRow);
  const last = page.at(-1);
  if (last === undefined || left.length === page.length) return { status: 200, body: { results } };

  const cursor = cursors.seal({ ...listing, afterOwnerId: last.id });
  const linkQuery = new URLSearchParams([...query].filter(([name]) => name !== 'after'));
  linkQuery.set('after', cursor);
  const link = `${request.baseUrl}${OWNERS_PATH}?${linkQuery}`;
  return { status: 200, body: { results, paging: { next: { after: cursor, link } } } };
}

/** A deactivated owner is a 404 unless `archived=true`, and then an active one is. */
function getOwner(request: RouteRequest): Reply {
  const archived = readBoolean(request, 'archived');
  const idProperty = request.query.get('idProperty') ?? 'id';
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  if (idProperty !== 'id' && idProperty !== 'userId') return refuseRequest('idProperty must be id or userId');
  const id = getParameter(request, 'ownerId');
  const owner = [...request.portal.owners.values()].find(
    (candidate) => id === (idProperty === 'id' ? candidate.id : String(candidate.userId)),
  );
  return owner?.archived === archived ? { status: 200, body: toOwnerRow(owner) } : resourceNotFound();
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
