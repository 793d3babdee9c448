import { type BatchUpdateInput, parseBatchRead, parseBatchUpdate } from '../batch-request.ts';
import { changeProperties } from '../change-properties.ts';
import { toObject, withHistory } from '../object-rows.ts';
import { findPropertyProblems, refuseProperties } from '../property-errors.ts';
import { type Reply, refuse, refuseRequest } from '../replies.ts';
import type { ObjectType, SimulatedRecord } from '../state.ts';
import { locate, OBJECTS_PATH, withType } from './object-access.ts';
import type { Route, RouteRequest } from './route.ts';

const MISSING = 'Could not get some objects, they may be deleted or not exist. Check that ids are valid.';

/**
 * A `BatchResponseSimplePublicObject…`. Missing records cause one error for all of them and do not affect the others. The
 * document of 2026-09 only declares 200, so the answer may be a 200 or a 207 (object APIs, read 2026-11-23).
 */
function answerBatch(
  { settings, nowEpochMs }: RouteRequest,
  status: 207 | 200,
  results: readonly object[],
  missing: readonly string[],
): Reply {
  const at = new Date(nowEpochMs).toISOString();
  const body = { status: 'COMPLETE', results, startedAt: at, completedAt: at };
  if (missing.length === 0) return { status: 200, body };
  const context = settings.batchErrorIds === 'omitted' ? {} : { context: { ids: missing } };
  const error = { status: 'error', category: 'OBJECT_NOT_FOUND', message: MISSING, ...context };
  return { status, body: { ...body, numErrors: 1, errors: [error] } };
}

/** Old IDs of merged records are valid for the single routes only (object APIs guide, read 2026-11-23). */
function findDirectly(type: ObjectType, { id, idProperty }: BatchUpdateInput) {
  return type.mergedInto.has(id) ? undefined : locate(type, id, idProperty);
}

/** One invalid value is a 400 for the whole batch, of which nothing is stored (developer forum 2022-08, read 2026-11-23). */
function writeAll(request: RouteRequest, type: ObjectType, inputs: readonly BatchUpdateInput[]): Reply {
  const { portal, settings, nowEpochMs } = request;
  const problems = inputs.flatMap(({ values }) => findPropertyProblems(portal, type, values));
  if (problems.length > 0) return refuseProperties(problems, settings.errorShape);

  const missing: string[] = [];
  const found = new Map<SimulatedRecord, BatchUpdateInput>();
  for (const input of inputs) {
    const record = findDirectly(type, input);
    if (record === 'badIdProperty') return refuseRequest('idProperty must name a property with unique values');
    if (record === undefined || record.archived) missing.push(input.id);
    else if (found.has(record)) return refuseRequest(`Duplicate IDs found in batch input: [${input.id}]`);
    else found.set(record, input);
  }
  if ([...found.keys()].some(({ locked }) => locked)) {
    return refuse(423, 'LOCKED', 'A record is locked by another process');
  }
  const results = [...found].map(([record, { values }]) => {
    changeProperties(type, record, { values, atEpochMs: nowEpochMs, settings });
    return toObject(type, record, [...values.keys()]);
  });
  return answerBatch(request, settings.batchErrorStatus, results, missing);
}

function updateObjects(request: RouteRequest): Reply {
  return withType(request, 'writeScope', (type) => {
    const batch = parseBatchUpdate(request.contentType, request.body);
    return batch.kind === 'refused' ? batch.reply : writeAll(request, type, batch.content);
  });
}

/** Either records in use or archived ones; the others are missing. */
function readObjects(request: RouteRequest): Reply {
  return withType(request, 'readScope', (type, archived) => {
    const batch = parseBatchRead(request.contentType, request.body);
    if (batch.kind === 'refused') return batch.reply;
    const { ids, properties, propertiesWithHistory } = batch.content;
    const records = ids.map((id) => type.records.get(id)).filter((record) => record?.archived === archived);
    const names = properties.length > 0 ? properties : type.defaultProperties;
    const present = records.filter((record) => record !== undefined);
    const found = new Set(present.map(({ id }) => id));
    const results = present.map((record) =>
      withHistory(toObject(type, record, names), record, propertiesWithHistory, request.settings),
    );
    return answerBatch(
      request,
      207,
      results,
      ids.filter((id) => !found.has(id)),
    );
  });
}

export const objectBatchRoutes: readonly Route[] = [
  {
    name: 'POST objects batch update',
    method: 'POST',
    template: `${OBJECTS_PATH}/{objectType}/batch/update`,
    queryParameters: [],
    handle: updateObjects,
  },
  {
    name: 'POST objects batch read',
    method: 'POST',
    template: `${OBJECTS_PATH}/{objectType}/batch/read`,
    queryParameters: ['archived'],
    handle: readObjects,
  },
];
