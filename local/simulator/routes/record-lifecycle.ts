import { changeProperties, createRecord } from '../change-properties.ts';
import { readJsonBody, strangeMember } from '../json-body.ts';
import { mergeRecord } from '../merge-record.ts';
import { toObject } from '../object-rows.ts';
import { findPropertyProblems, refuseProperties } from '../property-errors.ts';
import { parseRecordUpdate } from '../record-update.ts';
import { type Reply, refuse, refuseRequest, resourceNotFound } from '../replies.ts';
import type { ObjectType, SimulatedRecord } from '../state.ts';
import { OBJECTS_PATH, withType } from './object-access.ts';
import { getParameter, type Route, type RouteRequest } from './route.ts';

const present = (type: ObjectType, id: unknown): SimulatedRecord | undefined => {
  const record = typeof id === 'string' ? type.records.get(id) : undefined;
  return record?.archived === false ? record : undefined;
};

function findTwin(type: ObjectType, values: ReadonlyMap<string, string>): SimulatedRecord | undefined {
  const unique = [...values].filter(([name, value]) => value !== '' && type.properties.get(name)?.unique === true);
  return [...type.records.values()].find(
    ({ archived, properties }) => !archived && unique.some(([name, value]) => properties.get(name) === value),
  );
}

/** 201 with the record, or 409 where a unique value is taken (object APIs, read 2026-11-26). */
function createObject(request: RouteRequest): Reply {
  return withType(request, 'writeScope', (type) => {
    const { portal, settings, nowEpochMs: atEpochMs } = request;
    const creation = parseRecordUpdate(request.contentType, request.body, 'mayBeEmpty');
    if (creation.kind === 'refused') return creation.reply;
    const { values } = creation;
    const problems = findPropertyProblems(portal, type, values);
    if (problems.length > 0) return refuseProperties(problems, settings.errorShape);
    const twin = findTwin(type, values);
    if (twin !== undefined) return refuse(409, 'CONFLICT', `The record exists already. Existing ID: ${twin.id}`);
    const record = createRecord(type, request.ids.next('record'), { values, atEpochMs, settings });
    return { status: 201, body: toObject(type, record, [...values.keys()]) };
  });
}

/** To the recycling bin. */
function deleteObject(request: RouteRequest): Reply {
  return withType(request, 'writeScope', (type) => {
    const record = present(type, getParameter(request, 'objectId'));
    if (record === undefined) return resourceNotFound();
    record.archived = true;
    return { status: 204, body: undefined };
  });
}

/** Values that the primary record lacks come from the other one (merge endpoint, read 2026-11-27). */
function mergeObjects(request: RouteRequest): Reply {
  return withType(request, 'writeScope', (type) => {
    const document = readJsonBody(request.contentType, request.body);
    if (document.kind === 'refused') return document.reply;
    const { primaryObjectId, objectIdToMerge } = document.value;
    const strange = strangeMember(document.value, ['primaryObjectId', 'objectIdToMerge']);
    if (strange !== undefined || typeof primaryObjectId !== 'string' || typeof objectIdToMerge !== 'string') {
      return refuseRequest('Invalid input JSON: expected primaryObjectId and objectIdToMerge only');
    }
    if (primaryObjectId === objectIdToMerge) return refuseRequest('A record cannot be merged with itself');
    const [primary, other] = [present(type, primaryObjectId), present(type, objectIdToMerge)];
    if (primary === undefined || other === undefined) return resourceNotFound();
    const lacking = [...other.properties].filter(([name]) => (primary.properties.get(name) ?? '') === '');
    const writable = lacking.filter(([name]) => type.properties.get(name)?.readOnly !== true);
    mergeRecord(type, other.id, primary.id);
    changeProperties(type, primary, { values: new Map(writable), atEpochMs: request.nowEpochMs, sourceType: 'MERGE' });
    return { status: 200, body: toObject(type, primary, type.defaultProperties) };
  });
}

/**
 * For tests of the API that create, delete and merge records. The app only reads and changes them: see `recordLifecycle` in the
 * settings.
 */
export const recordLifecycleRoutes: readonly Route[] = [
  {
    name: 'POST object',
    method: 'POST',
    template: `${OBJECTS_PATH}/{objectType}`,
    queryParameters: [],
    handle: createObject,
  },
  {
    name: 'DELETE object',
    method: 'DELETE',
    template: `${OBJECTS_PATH}/{objectType}/{objectId}`,
    queryParameters: [],
    handle: deleteObject,
  },
  {
    name: 'POST objects merge',
    method: 'POST',
    template: `${OBJECTS_PATH}/{objectType}/merge`,
    queryParameters: [],
    handle: mergeObjects,
  },
];
