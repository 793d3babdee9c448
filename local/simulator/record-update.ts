import { isObject, parseJson } from './json.ts';
import { type Reply, refuse, refuseRequest } from './replies.ts';

export type RecordUpdate =
  | { readonly kind: 'update'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly reply: Reply };

function refused(reply: Reply): RecordUpdate {
  return { kind: 'refused', reply };
}

/**
 * Reads `{"properties": {name: "value"}}`. Values must be strings, as property values are on the wire (object APIs
 * guide, read 2026-11-23); other members are refused, so that a misspelt one does not pass unnoticed.
 */
export function parseRecordUpdate(contentType: string, body: string): RecordUpdate {
  if (!/^application\/json\s*(;|$)/i.test(contentType)) {
    return refused(refuse(415, 'VALIDATION_ERROR', 'The content type must be application/json'));
  }
  const document = parseJson(body);
  if (!isObject(document)) return refused(refuseRequest('Invalid input JSON'));
  const { properties, ...others } = document;
  if (!isObject(properties) || Object.keys(others).length > 0) {
    return refused(refuseRequest('Invalid input JSON: expected an object with properties only'));
  }
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value !== 'string') return refused(refuseRequest(`Invalid input JSON: ${name} must be a string`));
    values.set(name, value);
  }
  return values.size === 0 ? refused(refuseRequest('No properties found to update')) : { kind: 'update', values };
}
