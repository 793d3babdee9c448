import { type Batch, parseBatch } from './batch-request.ts';
import type { CallbackCompletion } from './blocked-executions.ts';
import { isObject } from './json.ts';
import { readJsonBody, readStrings, strangeMember } from './json-body.ts';
import { refuseRequest } from './replies.ts';

export type CompletionRequest = Batch<readonly CallbackCompletion[]>;

const MEMBERS = ['outputFields', 'typedOutputs', 'failureReasonType', 'requestContext'];
const STATES: readonly (string | undefined)[] = ['SUCCESS', 'FAIL_CONTINUE'];

function refused(message: string): CompletionRequest {
  return { kind: 'refused', reply: refuseRequest(message) };
}

/**
 * A `CallbackCompletionRequest` (workflow actions OpenAPI 2026-09, read 2026-11-23): strings by name, and `typedOutputs`,
 * which the schema requires. A text instead says what is wrong.
 */
function readOutputs(value: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> | string {
  const outputs = readStrings(value.outputFields, 'outputFields');
  if (typeof outputs === 'string') return outputs;
  if (!STATES.includes(outputs.get('hs_execution_state'))) {
    return 'hs_execution_state must be SUCCESS or FAIL_CONTINUE';
  }
  if (!isObject(value.typedOutputs)) return 'typedOutputs must be an object';
  const { failureReasonType = '', requestContext = {} } = value;
  if (typeof failureReasonType !== 'string' || !isObject(requestContext)) {
    return 'failureReasonType must be a string and requestContext an object';
  }
  return Object.fromEntries(outputs);
}

/** The body of a single completion, whose id is in the path. */
export function parseCompletion(callbackId: string, contentType: string, body: string): CompletionRequest {
  const document = readJsonBody(contentType, body);
  if (document.kind === 'refused') return document;
  const strange = strangeMember(document.value, MEMBERS);
  if (strange !== undefined) return refused(`Invalid input JSON: unknown member ${strange}`);
  const outputFields = readOutputs(document.value);
  if (typeof outputFields === 'string') return refused(`Invalid input JSON: ${outputFields}`);
  return { kind: 'batch', content: [{ callbackId, outputFields }] };
}

function readCompletion(input: Readonly<Record<string, unknown>>): CallbackCompletion | string {
  const { callbackId } = input;
  const strange = strangeMember(input, ['callbackId', ...MEMBERS]);
  if (strange !== undefined) return `unknown member ${strange}`;
  if (typeof callbackId !== 'string' || callbackId === '') return 'callbackId must be a string';
  const outputFields = readOutputs(input);
  return typeof outputFields === 'string' ? outputFields : { callbackId, outputFields };
}

/** `{"inputs": [{"callbackId", …}]}`. HubSpot's maximum is unconfirmed; more than a hundred are refused here. */
export function parseCompletions(contentType: string, body: string): CompletionRequest {
  return parseBatch(contentType, body, readCompletion, ({ callbackId }) => callbackId);
}
