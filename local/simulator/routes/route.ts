import type { BlockedExecutions } from '../blocked-executions.ts';
import type { Cursors } from '../cursor.ts';
import type { IdRegistry } from '../ids.ts';
import { missingScope, type Reply } from '../replies.ts';
import type { SimulatorSettings } from '../settings.ts';
import type { Portal, TokenGrant } from '../state.ts';
import type { RouteName } from './route-name.ts';

export type RouteRequest = {
  readonly portal: Portal;
  readonly grant: TokenGrant;
  /** Decoded path segments by the name they have in the template. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, string>;
  readonly contentType: string;
  readonly body: string;
  readonly nowEpochMs: number;
  readonly settings: Readonly<SimulatorSettings>;
  readonly cursors: Cursors;
  readonly ids: IdRegistry;
  readonly blocked: BlockedExecutions;
  readonly baseUrl: string;
};

export type Route = {
  readonly name: RouteName;
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** `{name}` stands for one segment. */
  readonly template: string;
  /** Any other query parameter is refused. */
  readonly queryParameters: readonly string[];
  readonly handle: (request: RouteRequest) => Reply;
};

export function getParameter(request: RouteRequest, name: string): string {
  const value = request.parameters.get(name);
  if (value === undefined) throw new Error(`The route has no path parameter ${name}`);
  return value;
}

/** The 403 for a token with none of the scopes; undefined when it has one. */
export function refuseMissingScope({ grant }: RouteRequest, ...anyOf: readonly string[]): Reply | undefined {
  return anyOf.some((scope) => grant.scopes.has(scope)) ? undefined : missingScope(...anyOf);
}

/** `invalid` for anything but the two words. */
export function readBoolean(request: RouteRequest, name: string): boolean | 'invalid' {
  const value = request.query.get(name) ?? 'false';
  return value === 'true' ? true : value === 'false' ? false : 'invalid';
}
