import { type OwnerId, parseOwnerId } from '../../domain/ids.ts';
import { MethodNotAllowedError, RouteNotFoundError } from '../http-errors.ts';
import { type HttpEvent, methodOf, pathOf } from '../http-event.ts';

/** The requests of the settings page. `path` is the part after the base URL, as HubSpot signs it. */
export type PortalRoute =
  | { readonly kind: Reading; readonly path: string }
  | { readonly kind: 'setAlias' | 'refresh' | 'planHandover'; readonly path: string }
  | {
      readonly kind: 'setSuccessor' | 'removeSuccessor' | 'setNightly' | 'removeNightly';
      readonly path: string;
      readonly leaverId: OwnerId;
    }
  | {
      readonly kind: 'startHandover' | 'stopHandover' | 'undoHandover';
      readonly path: string;
      readonly handoverId: string;
    }
  | { readonly kind: 'removeAlias'; readonly path: string; readonly aliasId: string };

export type Reading =
  | 'showOverview'
  | 'listUnresolved'
  | 'listPeople'
  | 'listAliases'
  | 'listChanges'
  | 'listHandovers'
  | 'lookUp';
type Exact = Reading | 'setAlias' | 'refresh' | 'planHandover';

/**
 * Neither POST nor GET, not even to read: HubSpot also signs POST and GET requests that workflows of any account send to any
 * address, with the secret of an app that they name, and workflows keep the answer (use webhooks with workflows, read
 * 2026-11-28). Such a workflow can write the query parameters that HubSpot appends for the page.
 */
const EXACT: Readonly<Record<string, Readonly<Record<string, Exact>>>> = {
  '/portal/overview': { PATCH: 'showOverview' },
  '/portal/unresolved': { PATCH: 'listUnresolved' },
  '/portal/people': { PATCH: 'listPeople' },
  '/portal/aliases': { PATCH: 'listAliases', PUT: 'setAlias' },
  '/portal/changes': { PATCH: 'listChanges' },
  '/portal/handovers': { PATCH: 'listHandovers', PUT: 'planHandover' },
  '/portal/lookup': { PUT: 'lookUp' },
  '/portal/refresh': { PUT: 'refresh' },
};
const PATH = /\/portal\/(?:[a-z]+|(?:successors|aliases|handovers\/nightly)\/[\w-]+|handovers\/[\w-]+\/[a-z]+)$/;
const LEAVER = /^\/portal\/(successors|handovers\/nightly)\/(\d+)$/;
const HANDOVER = /^\/portal\/handovers\/([\w-]{1,64})\/(start|stop|undo)$/;
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
  const [, list, leaver] = LEAVER.exec(path) ?? [];
  const leaverId = parseOwnerId(leaver);
  if (leaverId !== undefined) {
    const what = list === 'successors' ? 'Successor' : 'Nightly';
    if (method === 'PUT') return { kind: `set${what}`, path, leaverId };
    if (method === 'DELETE') return { kind: `remove${what}`, path, leaverId };
    throw new MethodNotAllowedError('PUT, DELETE');
  }
  const [, handoverId, action] = HANDOVER.exec(path) ?? [];
  if (handoverId !== undefined) {
    if (method !== 'PUT') throw new MethodNotAllowedError('PUT');
    return { kind: `${action as 'start' | 'stop' | 'undo'}Handover`, path, handoverId };
  }
  const aliasId = ALIAS.exec(path)?.[1];
  if (aliasId === undefined) throw new RouteNotFoundError();
  if (method !== 'DELETE') throw new MethodNotAllowedError('DELETE');
  return { kind: 'removeAlias', path, aliasId };
}
