import type { Reply } from '../replies.ts';
import { type Route, type RouteRequest, refuseMissingScope } from './route.ts';

/** The custom objects of the account (custom object schemas reference, read 2026-11-27): those whose type begins with `2-`. */
function listSchemas(request: RouteRequest): Reply {
  const refusal = refuseMissingScope(request, 'crm.schemas.custom.read');
  if (refusal !== undefined) return refusal;
  const types = [...request.portal.objectTypes.values()].filter(({ typeId }) => typeId.startsWith('2-'));
  const results = types.map(({ typeId, name }) => ({
    id: typeId.slice(2),
    objectTypeId: typeId,
    name,
    fullyQualifiedName: `p${request.portal.portalId}_${name}`,
  }));
  return { status: 200, body: { results } };
}

export const objectSchemaRoutes: readonly Route[] = [
  {
    name: 'GET object schemas',
    method: 'GET',
    template: '/crm-object-schemas/2026-03/schemas',
    queryParameters: ['archived'],
    handle: listSchemas,
  },
];
