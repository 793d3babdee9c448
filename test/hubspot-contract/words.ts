import type { Answer } from './api.ts';
import type { Observation } from './observation.ts';

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const CATEGORY = /^[A-Z][A-Z0-9_]{1,60}$/;

function word(value: unknown): string {
  return typeof value === 'string' && CATEGORY.test(value) ? value : '';
}

/** The status, and whose body it is: HubSpot's own JSON, or something from its edge. */
export function describeAnswer({ status, json, text }: Answer): Observation {
  const body = asObject(json);
  const category = word(body.category);
  const isHubSpots = body.status === 'error' || category !== '' || typeof body.correlationId === 'string';
  const whose = isHubSpots ? 'in HubSpot’s words' : describeForeign(text, json);
  return { seen: `${status} ${whose}`, detail: category === '' ? 'no category' : `category ${category}` };
}

function describeForeign(text: string, json: unknown): string {
  if (text.trim() === '') return 'without a body';
  if (json !== undefined) return 'in JSON of another form';
  return /<html|<!doctype/i.test(text) ? 'as a page' : 'as text';
}

const IN_MESSAGE = /^Property values were not valid:\s*(\[.*\])\s*$/s;

/** The status and the first machine-readable reason, which is in one of two places. */
export function describeRefusal({ status, json }: Answer): Observation {
  const { errors, message } = asObject(json);
  const structured = codesIn(asList(errors), 'code');
  const hidden = codesIn(parseList(IN_MESSAGE.exec(String(message))?.[1] ?? ''), 'error');
  const places = [structured.length > 0 ? 'errors' : [], hidden.length > 0 ? 'message' : []].flat();
  const [code = 'without a code'] = [...structured, ...hidden];
  return { seen: `${status} ${code}`, ...(places.length > 0 && { detail: `code in ${places.join(' and ')}` }) };
}

function codesIn(list: readonly unknown[], member: string): string[] {
  return list.map((entry) => word(asObject(entry)[member])).filter((code) => code !== '');
}

function parseList(text: string): readonly unknown[] {
  try {
    return asList(JSON.parse(text));
  } catch {
    return [];
  }
}

/** What is said of the properties of a record. */
export function propertyOf(answer: Answer, name: string): string {
  return String(asObject(asObject(answer.json).properties)[name] ?? '');
}

export function historyOf(record: unknown, name: string): readonly unknown[] | undefined {
  const versions = asObject(asObject(record).propertiesWithHistory)[name];
  return Array.isArray(versions) ? versions : undefined;
}

/** False for a reply that only looks like one with rows. */
export function hasResults({ json }: Answer): boolean {
  return Array.isArray(asObject(json).results);
}

export function resultsOf(answer: Answer): readonly Readonly<Record<string, unknown>>[] {
  return asList(asObject(answer.json).results).map(asObject);
}
