import { inferObjectType } from '../infer-object-type.ts';
import { type Reply, refuseRequest } from '../replies.ts';
import { findRecord, type ObjectType, type SimulatedRecord } from '../state.ts';
import { getParameter, type RouteRequest, readBoolean, refuseMissingScope } from './route.ts';

export const OBJECTS_PATH = '/crm/objects/2026-09';

export type Access = 'readScope' | 'writeScope';

/** The common part of all object routes: finds the type and checks its scope. */
export function withType(
  request: RouteRequest,
  access: Access,
  act: (type: ObjectType, archived: boolean) => Reply,
): Reply {
  const segment = getParameter(request, 'objectType');
  const type = inferObjectType(request.portal.objectTypes, segment);
  if (type === undefined) return refuseRequest(`Unable to infer object type from: ${segment}`);
  const archived = readBoolean(request, 'archived');
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  return refuseMissingScope(request, type[access]) ?? act(type, archived);
}

/** By id, merged ids included, or by the value of the unique property that `idProperty` names. */
export function locate(
  type: ObjectType,
  id: string,
  idProperty: string | undefined,
): SimulatedRecord | undefined | 'badIdProperty' {
  if (idProperty === undefined || idProperty === 'hs_object_id') return findRecord(type, id);
  if (type.properties.get(idProperty)?.unique !== true) return 'badIdProperty';
  return [...type.records.values()].find((record) => record.properties.get(idProperty) === id);
}
