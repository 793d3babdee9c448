import { isObject } from './json.ts';
import { readJsonBody, strangeMember } from './json-body.ts';
import { type Reply, refuseRequest } from './replies.ts';

/** What one filter asks for. Operators that nobody here sends are refused, as unknown ones are. */
export type SearchFilter = {
  readonly propertyName: string;
  readonly operator: 'EQ' | 'NEQ' | 'GT' | 'GTE' | 'LT' | 'LTE' | 'HAS_PROPERTY' | 'NOT_HAS_PROPERTY';
  readonly value: string;
};

export type Search = {
  /** A record matches if it passes all filters of any group. */
  readonly groups: readonly (readonly SearchFilter[])[];
  readonly sort: { readonly propertyName: string; readonly isAscending: boolean } | undefined;
  readonly properties: readonly string[];
  readonly limit: number;
  readonly offset: number;
};

const OPERATORS = ['EQ', 'NEQ', 'GT', 'GTE', 'LT', 'LTE', 'HAS_PROPERTY', 'NOT_HAS_PROPERTY'];
const MAX_GROUPS = 5;
const MAX_FILTERS = 6;
const MAX_LIMIT = 200;
/** The most results of a query (search guide, read 2026-11-26). */
const MAX_RESULTS = 10_000;

/** Reads the body of a search, and refuses what HubSpot's guide does not name. */
export function parseSearch(contentType: string, body: string): Search | { readonly refusal: Reply } {
  const document = readJsonBody(contentType, body);
  if (document.kind === 'refused') return { refusal: document.reply };
  const strange = strangeMember(document.value, ['filterGroups', 'sorts', 'properties', 'limit', 'after', 'query']);
  if (strange !== undefined) return refused(`unknown member ${strange}`);
  const { filterGroups = [], sorts = [], properties = [], limit = 10, after = '0' } = document.value;
  const groups = readGroups(filterGroups);
  if (typeof groups === 'string') return refused(groups);
  const sort = readSort(sorts);
  if (typeof sort === 'string') return refused(sort);
  if (!Array.isArray(properties) || !properties.every((name) => typeof name === 'string')) {
    return refused('properties must be a list of strings');
  }
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
    return refused(`limit must be at most ${MAX_LIMIT}`);
  }
  if (!/^\d{1,9}$/.test(String(after))) return refused('after must be an integer');
  const offset = Number(after);
  if (offset + limit > MAX_RESULTS) return refused(`The search cannot page past ${MAX_RESULTS} results`);
  return { groups, sort, properties, limit, offset };
}

function readGroups(value: unknown): readonly (readonly SearchFilter[])[] | string {
  if (!Array.isArray(value)) return 'filterGroups must be a list';
  if (value.length > MAX_GROUPS) return `at most ${MAX_GROUPS} filterGroups`;
  const groups: SearchFilter[][] = [];
  for (const group of value) {
    const filters = isObject(group) && strangeMember(group, ['filters']) === undefined ? group.filters : undefined;
    if (!Array.isArray(filters) || filters.length === 0) return 'a group must have filters';
    if (filters.length > MAX_FILTERS) return `at most ${MAX_FILTERS} filters in a group`;
    const read = filters.map(readFilter);
    if (read.includes(undefined)) return 'a filter must have propertyName, a known operator and a string as value';
    groups.push(read.filter((filter) => filter !== undefined));
  }
  return groups;
}

function readFilter(filter: unknown): SearchFilter | undefined {
  if (!isObject(filter) || strangeMember(filter, ['propertyName', 'operator', 'value']) !== undefined) return undefined;
  const { propertyName, operator, value } = filter;
  if (typeof propertyName !== 'string' || typeof operator !== 'string' || !OPERATORS.includes(operator))
    return undefined;
  const needsValue = !operator.endsWith('HAS_PROPERTY');
  if (needsValue !== (typeof value === 'string')) return undefined;
  return { propertyName, operator: operator as SearchFilter['operator'], value: needsValue ? String(value) : '' };
}

/** One sort rule at most (search guide, read 2026-11-26). */
function readSort(value: unknown): Search['sort'] | string {
  if (!Array.isArray(value) || value.length > 1) return 'sorts must be a list of at most one rule';
  const [rule] = value;
  if (rule === undefined) return undefined;
  if (!isObject(rule) || typeof rule.propertyName !== 'string') return 'a sort must name a property';
  if (rule.direction !== 'ASCENDING' && rule.direction !== 'DESCENDING') return 'a sort must have a direction';
  return { propertyName: rule.propertyName, isAscending: rule.direction === 'ASCENDING' };
}

function refused(message: string): { readonly refusal: Reply } {
  return { refusal: refuseRequest(message) };
}
