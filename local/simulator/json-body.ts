import { isObject, parseJson } from './json.ts';
import { type Reply, refuse, refuseRequest } from './replies.ts';

export type JsonBody =
  | { readonly kind: 'object'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly reply: Reply };

/** The JSON object of a request; any other content type or JSON is refused. */
export function readJsonBody(contentType: string, body: string): JsonBody {
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    const reply = refuse(415, 'VALIDATION_ERROR', 'The content type must be application/json');
    return { kind: 'refused', reply };
  }
  const value = parseJson(body);
  return isObject(value) ? { kind: 'object', value } : { kind: 'refused', reply: refuseRequest('Invalid input JSON') };
}

/** The first member that is not in `allowed`, so that a misspelled one is noticed. */
export function strangeMember(
  value: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): string | undefined {
  return Object.keys(value).find((name) => !allowed.includes(name));
}

/** Strings by name; a text instead says what is wrong. */
export function readStrings(value: unknown, what: string): ReadonlyMap<string, string> | string {
  if (!isObject(value)) return `${what} must be an object`;
  const strings = new Map<string, string>();
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string') return `${name} must be a string`;
    strings.set(name, text);
  }
  return strings;
}
