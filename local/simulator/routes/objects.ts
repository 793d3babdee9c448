import { ALWAYS_ANSWERED, inferObjectType } from '../object-types.ts';
import { findPropertyProblems, refuseProperties } from '../property-errors.ts';
import { parseRecordUpdate } from '../record-update.ts';
import { type Reply, refuse, refuseRequest, resourceNotFound } from '../replies.ts';
import { findRecord, type ObjectType, type SimulatedRecord } from '../state.ts';
import { getParameter, type Route, type RouteRequest, readBoolean, refuseMissingScope } from './route.ts';

const OBJECT_PATH = '/crm/objects/2026-09/{objectType}/{objectId}';

function propertyValue(type: ObjectType, record: SimulatedRecord, name: string): string | null {
  if (name === 'hs_object_id') return record.id;
  if (name === 'createdate') return new Date(record.createdAtEpochMs).toISOString();
  if (name === 'lastmodifieddate') return new Date(record.updatedAtEpochMs).toISOString();
  if (name !== 'hs_all_owner_ids') return record.properties.get(name) ?? null;
  const owners = [...type.properties.values()]
    .filter((property) => property.referencedObjectType === 'OWNER')
    .flatMap((property) => record.properties.get(property.name) || []);
  return [...new Set(owners)].join(';') || null;
}

/** A `SimplePublicObject`. Properties that the type does not have are left out; unset ones are null. */
function toObject(type: ObjectType, record: SimulatedRecord, names: readonly string[]): object {
  const known = [...new Set([...names, ...ALWAYS_ANSWERED])].filter((name) => type.properties.has(name));
  return {
    id: record.id,
    properties: Object.fromEntries(known.map((name) => [name, propertyValue(type, record, name)])),
    createdAt: new Date(record.createdAtEpochMs).toISOString(),
    updatedAt: new Date(record.updatedAtEpochMs).toISOString(),
    archived: record.archived,
  };
}

/** By id, merged ids included, or by the value of the unique property that `idProperty` names. */
function locate(request: RouteRequest, type: ObjectType): SimulatedRecord | undefined | 'badIdProperty' {
  const id = getParameter(request, 'objectId');
  const idProperty = request.query.get('idProperty');
  if (idProperty === undefined || idProperty === 'hs_object_id') return findRecord(type, id);
  if (type.properties.get(idProperty)?.unique !== true) return 'badIdProperty';
  return [...type.records.values()].find((record) => record.properties.get(idProperty) === id);
}

/** Does what reads and writes share: infers the type, checks its scope, finds the record. */
function withRecord(
  request: RouteRequest,
  access: 'readScope' | 'writeScope',
  act: (type: ObjectType, record: SimulatedRecord) => Reply,
): Reply {
  const segment = getParameter(request, 'objectType');
  const type = inferObjectType(request.portal.objectTypes, segment);
  if (type === undefined) return refuseRequest(`Unable to infer object type from: ${segment}`);
  const archived = readBoolean(request, 'archived');
  if (archived === 'invalid') return refuseRequest('archived must be true or false');
  const refusal = refuseMissingScope(request, type[access]);
  if (refusal !== undefined) return refusal;
  const record = locate(request, type);
  if (record === 'badIdProperty') return refuseRequest('idProperty must name a property with unique values');
  return record?.archived === archived ? act(type, record) : resourceNotFound();
}

function updateObject(request: RouteRequest): Reply {
  return withRecord(request, 'writeScope', (type, record) => {
    const update = parseRecordUpdate(request.contentType, request.body);
    if (update.kind === 'refused') return update.reply;
    if (record.locked) return refuse(423, 'LOCKED', 'The record is locked by another process');
    const problems = findPropertyProblems(request.portal, type, update.values);
    if (problems.length > 0) return refuseProperties(problems, request.settings.errorShape);
    for (const [name, value] of update.values) record.properties.set(name, value);
    record.updatedAtEpochMs = request.nowEpochMs;
    return { status: 200, body: toObject(type, record, [...update.values.keys()]) };
  });
}

function readObject(request: RouteRequest): Reply {
  return withRecord(request, 'readScope', (type, record) => {
    const names = request.query.get('properties')?.split(',') ?? type.defaultProperties;
    return { status: 200, body: toObject(type, record, names) };
  });
}

export const objectRoutes: readonly Route[] = [
  {
    name: 'GET object',
    method: 'GET',
    template: OBJECT_PATH,
    queryParameters: ['properties', 'archived', 'idProperty'],
    handle: readObject,
  },
  {
    name: 'PATCH object',
    method: 'PATCH',
    template: OBJECT_PATH,
    queryParameters: ['idProperty'],
    handle: updateObject,
  },
];
