import { isObject } from './json.ts';
import { readJsonBody, readStrings, strangeMember } from './json-body.ts';
import { type Reply, refuseRequest } from './replies.ts';

/** The maximum number of inputs in one batch (object APIs guide, read 2026-11-23). */
const MAX_INPUTS = 100;
/** The maximum with histories; unconfirmed, and therefore strict here (object APIs guide, read 2026-11-26). */
const MAX_INPUTS_WITH_HISTORY = 50;

export type BatchUpdateInput = {
  readonly id: string;
  readonly idProperty: string | undefined;
  readonly values: ReadonlyMap<string, string>;
};

export type BatchRead = {
  readonly ids: readonly string[];
  readonly properties: readonly string[];
  readonly propertiesWithHistory: readonly string[];
};

export type Batch<Content> =
  | { readonly kind: 'batch'; readonly content: Content }
  | { readonly kind: 'refused'; readonly reply: Reply };

function refused(message: string): { readonly kind: 'refused'; readonly reply: Reply } {
  return { kind: 'refused', reply: refuseRequest(message) };
}

/** The elements of `inputs`, each an object; a text instead says what is wrong. */
function readInputs(inputs: unknown): readonly Readonly<Record<string, unknown>>[] | string {
  if (!Array.isArray(inputs) || !inputs.every(isObject)) return 'Invalid input JSON: inputs must be a list of objects';
  if (inputs.length === 0) return 'No inputs found';
  return inputs.length > MAX_INPUTS ? `A batch has at most ${MAX_INPUTS} inputs, not ${inputs.length}` : inputs;
}

/** HubSpot refuses the whole batch when one id comes twice (seen on the wire, read 2026-11-23). */
function refuseDuplicates(ids: readonly string[]): string | undefined {
  const doubled = ids.filter((id, index) => ids.indexOf(id) !== index);
  return doubled.length === 0
    ? undefined
    : `Duplicate IDs found in batch input: [${[...new Set(doubled)].join(', ')}]. IDs must be unique`;
}

function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function readUpdateInput(input: Readonly<Record<string, unknown>>): BatchUpdateInput | string {
  const strange = strangeMember(input, ['id', 'properties', 'idProperty', 'objectWriteTraceId']);
  if (strange !== undefined) return `unknown member ${strange}`;
  const { id, idProperty, objectWriteTraceId } = input;
  if (typeof id !== 'string' || id === '') return 'id must be a string';
  if (!isOptionalString(idProperty) || !isOptionalString(objectWriteTraceId)) {
    return 'idProperty and objectWriteTraceId must be strings';
  }
  const values = readStrings(input.properties, 'properties');
  if (typeof values === 'string') return values;
  return values.size === 0 ? 'no properties to update' : { id, idProperty, values };
}

/**
 * Reads `{"inputs": […]}`, and nothing else.
 * @param read makes an element of an input; a text instead says what is wrong with it
 * @param idOf no two elements may have the same one
 */
export function parseBatch<Element extends object>(
  contentType: string,
  body: string,
  read: (input: Readonly<Record<string, unknown>>) => Element | string,
  idOf: (element: Element) => string,
): Batch<readonly Element[]> {
  const document = readJsonBody(contentType, body);
  if (document.kind === 'refused') return document;
  if (strangeMember(document.value, ['inputs']) !== undefined) {
    return refused('Invalid input JSON: expected an object with inputs only');
  }
  const inputs = readInputs(document.value.inputs);
  if (typeof inputs === 'string') return refused(inputs);
  const content: Element[] = [];
  for (const [index, input] of inputs.entries()) {
    const element = read(input);
    if (typeof element === 'string') return refused(`Invalid input JSON: inputs[${index}]: ${element}`);
    content.push(element);
  }
  const doubled = refuseDuplicates(content.map(idOf));
  return doubled === undefined ? { kind: 'batch', content } : refused(doubled);
}

/** Reads `{"inputs": [{"id", "properties", "idProperty"?, "objectWriteTraceId"?}]}`. */
export function parseBatchUpdate(contentType: string, body: string): Batch<readonly BatchUpdateInput[]> {
  return parseBatch(contentType, body, readUpdateInput, ({ id }) => id);
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

/** Reads `{"inputs": [{"id"}], "properties": [], "propertiesWithHistory": []}`. */
export function parseBatchRead(contentType: string, body: string): Batch<BatchRead> {
  const document = readJsonBody(contentType, body);
  if (document.kind === 'refused') return document;
  if (strangeMember(document.value, ['inputs', 'properties', 'propertiesWithHistory']) !== undefined) {
    return refused('Invalid input JSON: unknown member');
  }
  const { properties = [], propertiesWithHistory = [] } = document.value;
  if (!isStringList(properties)) return refused('Invalid input JSON: properties must be a list of strings');
  if (!isStringList(propertiesWithHistory)) {
    return refused('Invalid input JSON: propertiesWithHistory must be a list of strings');
  }
  const inputs = readInputs(document.value.inputs);
  if (typeof inputs === 'string') return refused(inputs);
  const ids = inputs.flatMap(({ id, ...others }) =>
    typeof id === 'string' && id !== '' && Object.keys(others).length === 0 ? [id] : [],
  );
  if (ids.length < inputs.length) return refused('Invalid input JSON: each input must be an object with an id only');
  if (propertiesWithHistory.length > 0 && ids.length > MAX_INPUTS_WITH_HISTORY) {
    return refused(`A batch with histories has at most ${MAX_INPUTS_WITH_HISTORY} inputs, not ${ids.length}`);
  }
  const doubled = refuseDuplicates(ids);
  return doubled === undefined
    ? { kind: 'batch', content: { ids, properties, propertiesWithHistory } }
    : refused(doubled);
}
