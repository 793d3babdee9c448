import { inferObjectType } from '../infer-object-type.ts';
import { toPropertyRow } from '../property-rows.ts';
import { type Reply, refuseRequest } from '../replies.ts';
import { getParameter, type Route, type RouteRequest, readBoolean, refuseMissingScope } from './route.ts';

/** All properties at once: HubSpot does not page here. `archived` is exclusive. */
function listProperties(request: RouteRequest): Reply {
  const { propertyTextLength } = request.settings;
  const segment = getParameter(request, 'objectType');
  const type = inferObjectType(request.portal.objectTypes, segment);
  if (type === undefined) return refuseRequest(`Unable to infer object type from: ${segment}`);
  const archived = readBoolean(request, 'archived');
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  const scopes = type.schemaScope === undefined ? [type.readScope] : [type.schemaScope, type.readScope];
  const refusal = refuseMissingScope(request, ...scopes);
  if (refusal !== undefined) return refusal;
  const listed = [...type.properties.values()].filter((property) => (property.archived ?? false) === archived);
  return {
    status: 200,
    body: { results: listed.map((property) => toPropertyRow(type, property, propertyTextLength)) },
  };
}

export const propertyRoutes: readonly Route[] = [
  {
    name: 'GET properties',
    method: 'GET',
    template: '/crm/properties/2026-09/{objectType}',
    queryParameters: ['archived'],
    handle: listProperties,
  },
];
