import { changeProperties } from '../change-properties.ts';
import { toObject, withHistory } from '../object-rows.ts';
import { findPropertyProblems, refuseProperties } from '../property-errors.ts';
import { parseRecordUpdate } from '../record-update.ts';
import { type Reply, refuse, refuseRequest, resourceNotFound } from '../replies.ts';
import type { ObjectType, SimulatedRecord } from '../state.ts';
import { type Access, locate, OBJECTS_PATH, withType } from './object-access.ts';
import { answerPage } from './paging.ts';
import { getParameter, type Route, type RouteRequest } from './route.ts';

const OBJECT_PATH = `${OBJECTS_PATH}/{objectType}/{objectId}`;
const PAGE_SIZE = { byDefault: 10, max: 100 };

function withRecord(
  request: RouteRequest,
  access: Access,
  act: (type: ObjectType, record: SimulatedRecord) => Reply,
): Reply {
  return withType(request, access, (type, archived) => {
    const record = locate(type, getParameter(request, 'objectId'), request.query.get('idProperty'));
    if (record === 'badIdProperty') return refuseRequest('idProperty must name a property with unique values');
    return record?.archived === archived ? act(type, record) : resourceNotFound();
  });
}

function askedProperties(request: RouteRequest, type: ObjectType): readonly string[] {
  return request.query.get('properties')?.split(',') ?? type.defaultProperties;
}

function updateObject(request: RouteRequest): Reply {
  return withRecord(request, 'writeScope', (type, record) => {
    const update = parseRecordUpdate(request.contentType, request.body);
    if (update.kind === 'refused') return update.reply;
    if (record.locked) return refuse(423, 'LOCKED', 'The record is locked by another process');
    const problems = findPropertyProblems(request.portal, type, update.values);
    if (problems.length > 0) return refuseProperties(problems, request.settings.errorShape);
    const { nowEpochMs: atEpochMs, settings } = request;
    changeProperties(type, record, { values: update.values, atEpochMs, settings });
    return { status: 200, body: toObject(type, record, [...update.values.keys()]) };
  });
}

function readObject(request: RouteRequest): Reply {
  return withRecord(request, 'readScope', (type, record) => {
    const history = request.query.get('propertiesWithHistory')?.split(',') ?? [];
    const row = toObject(type, record, askedProperties(request, type));
    return { status: 200, body: withHistory(row, record, history, request.settings) };
  });
}

/** Either the records in use or the archived ones, never together. */
function listObjects(request: RouteRequest): Reply {
  return withType(request, 'readScope', (type, archived) => {
    const listing = { portalId: request.portal.portalId, archived, of: `objects ${type.typeId}` };
    const path = `${OBJECTS_PATH}/${getParameter(request, 'objectType')}`;
    const records = [...type.records.values()].filter((record) => record.archived === archived);
    const names = askedProperties(request, type);
    return answerPage(request, path, listing, PAGE_SIZE, records, (record) => toObject(type, record, names));
  });
}

export const objectRoutes: readonly Route[] = [
  {
    name: 'GET objects',
    method: 'GET',
    template: `${OBJECTS_PATH}/{objectType}`,
    queryParameters: ['limit', 'after', 'properties', 'archived'],
    handle: listObjects,
  },
  {
    name: 'GET object',
    method: 'GET',
    template: OBJECT_PATH,
    queryParameters: ['properties', 'propertiesWithHistory', 'archived', 'idProperty'],
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
