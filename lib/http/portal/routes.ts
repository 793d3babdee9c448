import { type OwnerId, parseOwnerId } from '../../domain/ids.ts';
import { MethodNotAllowedError, RouteNotFoundError } from '../http-errors.ts';
import { type HttpEvent, methodOf, pathOf } from '../http-event.ts';

/** What the settings page asks for. `path` is what HubSpot signs, behind the base URL. */
export type PortalRoute =
  | { readonly kind: Reading; readonly path: string }
  | { readonly kind: 'setAlias' | 'refresh'; readonly path: string }
  | { readonly kind: 'setSuccessor' | 'removeSuccessor'; readonly path: string; readonly leaverId: OwnerId }
  | { readonly kind: 'removeAlias'; readonly path: string; readonly aliasId: string };

export type Reading = 'showOverview' | 'listUnresolved' | 'listPeople' | 'listAliases' | 'listChanges' | 'lookUp';
type Exact = Reading | 'setAlias' | 'refresh';

const EXACT: Readonly<Record<string, Readonly<Record<string, Exact>>>> = {
  '/portal/overview': { GET: 'showOverview' },
  '/portal/unresolved': { GET: 'listUnresolved' },
  '/portal/people': { GET: 'listPeople' },
  '/portal/aliases': { GET: 'listAliases', PUT: 'setAlias' },
  '/portal/changes': { GET: 'listChanges' },
  '/portal/lookup': { POST: 'lookUp' },
  '/portal/refresh': { POST: 'refresh' },
};
const PATH = /\/portal\/(?:[a-z]+|(?:successors|aliases)\/[\w-]+)$/;
const SUCCESSOR = /^\/portal\/successors\/(\d+)$/;
const ALIAS = /^\/portal\/aliases\/([0-9a-f]{32})$/;

/**
 * @throws {RouteNotFoundError}
 * @throws {MethodNotAllowedError}
 */
export function findRoute(event: HttpEvent): PortalRoute {
  // A stage or a mapped base path may come before it.
  const path = PATH.exec(pathOf(event))?.[0] ?? '';
  const method = methodOf(event);
  const exact = EXACT[path];
  if (exact !== undefined) {
    const kind = exact[method];
    if (kind === undefined) throw new MethodNotAllowedError(Object.keys(exact).join(', '));
    return { kind, path } as PortalRoute;
  }
  const leaverId = parseOwnerId(SUCCESSOR.exec(path)?.[1]);
  if (leaverId !== undefined) {
    if (method === 'PUT') return { kind: 'setSuccessor', path, leaverId };
    if (method === 'DELETE') return { kind: 'removeSuccessor', path, leaverId };
    throw new MethodNotAllowedError('PUT, DELETE');
  }
  const aliasId = ALIAS.exec(path)?.[1];
  if (aliasId === undefined) throw new RouteNotFoundError();
  if (method !== 'DELETE') throw new MethodNotAllowedError('DELETE');
  return { kind: 'removeAlias', path, aliasId };
}
