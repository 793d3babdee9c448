import type { RequestTarget } from '../request-target.ts';
import type { SimulatorSettings } from '../settings.ts';
import { accountInfoRoutes } from './account-info.ts';
import { authorizeRoutes } from './authorize.ts';
import { callbackRoutes } from './callbacks.ts';
import { externalInstallRoutes } from './external-install.ts';
import { objectBatchRoutes } from './object-batches.ts';
import { objectSchemaRoutes } from './object-schemas.ts';
import { objectRoutes } from './objects.ts';
import type { AnyRoute } from './open-route.ts';
import { ownerRoutes } from './owners.ts';
import { privateAppTokenInfoRoutes } from './private-app-token-info.ts';
import { propertyRoutes } from './properties.ts';
import { recordLifecycleRoutes } from './record-lifecycle.ts';
import { searchRoutes } from './search.ts';
import { settingsUserRoutes } from './settings-users.ts';
import { tokenRoutes } from './token.ts';
import { tokenInfoRoutes } from './token-info.ts';

const ROUTES: readonly AnyRoute[] = [
  ...ownerRoutes,
  ...objectRoutes,
  ...objectBatchRoutes,
  ...searchRoutes,
  ...objectSchemaRoutes,
  ...propertyRoutes,
  ...settingsUserRoutes,
  ...accountInfoRoutes,
  ...externalInstallRoutes,
  ...callbackRoutes,
  ...authorizeRoutes,
  ...tokenRoutes,
  ...tokenInfoRoutes,
  ...privateAppTokenInfoRoutes,
];

const ALL_ROUTES = [...ROUTES, ...recordLifecycleRoutes];

/** The values of the `{…}` segments; undefined if the path does not match. */
function matchTemplate(template: string, segments: readonly string[]): Map<string, string> | undefined {
  const pattern = template.split('/').slice(1);
  if (pattern.length !== segments.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith('{')) parameters.set(part.slice(1, -1), segment);
    else if (part !== segment) return undefined;
  }
  return parameters;
}

export function findRoute(
  method: string,
  target: RequestTarget,
  recordLifecycle: SimulatorSettings['recordLifecycle'],
): { readonly route: AnyRoute; readonly parameters: ReadonlyMap<string, string> } | undefined {
  for (const route of recordLifecycle === 'open' ? ALL_ROUTES : ROUTES) {
    const parameters = route.method === method ? matchTemplate(route.template, target.segments) : undefined;
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}
