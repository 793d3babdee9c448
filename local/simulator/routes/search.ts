import { toObject } from '../object-rows.ts';
import { refuseRequest } from '../replies.ts';
import { parseSearch, type Search, type SearchFilter } from '../search-request.ts';
import type { ObjectType, SimulatedRecord } from '../state.ts';
import { OBJECTS_PATH, withType } from './object-access.ts';
import type { Route, RouteRequest } from './route.ts';

const ID = 'hs_object_id';

/**
 * Search (guide, read 2026-11-26). Its index is behind: a change of a filtered property shows only after `searchLagMs`, but the
 * values in a result are the present ones.
 */
function searchObjects(request: RouteRequest) {
  return withType(request, 'readScope', (type) => {
    const search = parseSearch(request.contentType, request.body);
    if ('refusal' in search) return search.refusal;
    const { groups, sort, properties, limit, offset } = search;
    const unknown = namesOf(search).find((name) => name !== ID && !type.properties.has(name));
    if (unknown !== undefined) return refuseRequest(`There is no property ${unknown}`);
    const seenAtEpochMs = request.nowEpochMs - request.settings.searchLagMs;
    const found = [...type.records.values()].filter((record) => {
      const heldOf = (name: string) => indexedValue(record, name, seenAtEpochMs);
      return !record.archived && groups.some((filters) => filters.every((filter) => passes(filter, heldOf)));
    });
    if (sort !== undefined) {
      const sign = sort.isAscending ? 1 : -1;
      const heldOf = (record: SimulatedRecord) => indexedValue(record, sort.propertyName, seenAtEpochMs);
      found.sort((one, other) => sign * compare(heldOf(one), heldOf(other)));
    }
    const results = found.slice(offset, offset + limit).map((record) => toRow(type, record, properties));
    const next = offset + limit < found.length ? { paging: { next: { after: String(offset + limit) } } } : {};
    return { status: 200, body: { total: found.length, results, ...next } };
  });
}

function toRow(type: ObjectType, record: SimulatedRecord, properties: readonly string[]): object {
  return toObject(type, record, properties.length > 0 ? properties : type.defaultProperties);
}

function namesOf({ groups, sort }: Search): string[] {
  return [...groups.flat().map(({ propertyName }) => propertyName), ...(sort === undefined ? [] : [sort.propertyName])];
}

/** The value in the index: the one before the latest changes. */
function indexedValue(record: SimulatedRecord, name: string, seenAtEpochMs: number): string {
  if (name === ID) return record.id;
  const versions = record.history.get(name);
  if (versions === undefined) return record.properties.get(name) ?? '';
  return versions.findLast(({ atEpochMs }) => atEpochMs <= seenAtEpochMs)?.value ?? '';
}

function passes({ propertyName, operator, value }: SearchFilter, heldOf: (name: string) => string): boolean {
  const held = heldOf(propertyName);
  switch (operator) {
    case 'EQ':
      return held === value;
    case 'NEQ':
      return held !== value;
    case 'GT':
      return compare(held, value) > 0;
    case 'GTE':
      return compare(held, value) >= 0;
    case 'LT':
      return compare(held, value) < 0;
    case 'LTE':
      return compare(held, value) <= 0;
    case 'HAS_PROPERTY':
      return held !== '';
    case 'NOT_HAS_PROPERTY':
      return held === '';
  }
}

/** IDs and numbers by their size, everything else as text. */
function compare(one: string, other: string): number {
  const areNumbers = /^\d+$/.test(one) && /^\d+$/.test(other);
  if (areNumbers) return one.length - other.length || (one < other ? -1 : Number(one > other));
  return one < other ? -1 : Number(one > other);
}

export const searchRoutes: readonly Route[] = [
  {
    name: 'POST objects search',
    method: 'POST',
    template: `${OBJECTS_PATH}/{objectType}/search`,
    queryParameters: [],
    handle: searchObjects,
  },
];
