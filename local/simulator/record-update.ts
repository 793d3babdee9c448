import { readJsonBody, readStrings, strangeMember } from './json-body.ts';
import { type Reply, refuseRequest } from './replies.ts';

export type RecordUpdate =
  | { readonly kind: 'update'; readonly values: ReadonlyMap<string, string> }
  | { readonly kind: 'refused'; readonly reply: Reply };

function refused(message: string): RecordUpdate {
  return { kind: 'refused', reply: refuseRequest(message) };
}

/**
 * Reads `{"properties": {name: "value"}}`. Values must be strings, as property values are in the API (object APIs guide, read
 * 2026-11-23); other members are refused, so that a misspelled one is noticed.
 */
export function parseRecordUpdate(contentType: string, body: string, mayBeEmpty?: 'mayBeEmpty'): RecordUpdate {
  const document = readJsonBody(contentType, body);
  if (document.kind === 'refused') return document;
  if (strangeMember(document.value, ['properties']) !== undefined) {
    return refused('Invalid input JSON: expected an object with properties only');
  }
  const values = readStrings(document.value.properties, 'properties');
  if (typeof values === 'string') return refused(`Invalid input JSON: ${values}`);
  const isTooLittle = values.size === 0 && mayBeEmpty === undefined;
  return isTooLittle ? refused('No properties found to update') : { kind: 'update', values };
}
