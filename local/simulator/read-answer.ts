import { parseIsoDurationMs, WEEK_MS } from './iso-duration.ts';
import { isObject, parseJson } from './json.ts';
import type { WorkflowAction } from './workflow-action.ts';

export type ExecutionState = 'SUCCESS' | 'FAIL_CONTINUE' | 'BLOCK';

export type ActionAnswer = {
  readonly state: ExecutionState;
  /** Without the `hs_…` fields that steer HubSpot. */
  readonly outputFields: Readonly<Record<string, unknown>>;
  /** The maximum duration of a `BLOCK`; undefined for other states. */
  readonly expiresInMs: number | undefined;
  /** Mistakes that HubSpot would silently ignore. */
  readonly violations: readonly string[];
};

const STATES: readonly string[] = ['SUCCESS', 'FAIL_CONTINUE', 'BLOCK'] satisfies ExecutionState[];
const STATE_FIELD = 'hs_execution_state';
const EXPIRY_FIELD = 'hs_expiration_duration';
const STEERING = new Set([STATE_FIELD, EXPIRY_FIELD]);

function findMissing(action: WorkflowAction, outputs: Readonly<Record<string, unknown>>): string[] {
  return action.outputFields
    .filter(({ name }) => !Object.hasOwn(outputs, name))
    .map(({ name }) => `output ${name} is declared but missing`);
}

function findWrong(action: WorkflowAction, outputs: Readonly<Record<string, unknown>>): string[] {
  const declared = new Map(action.outputFields.map((field) => [field.name, field]));
  return Object.entries(outputs).flatMap(([name, value]) => {
    const field = declared.get(name);
    if (field === undefined) return [`output ${name} is not declared`];
    if (typeof value !== 'string') return [`output ${name} is not a string`];
    const allowed = field.options === undefined || value === '' || field.options.includes(value);
    return allowed ? [] : [`output ${name} has a value outside its options`];
  });
}

function isState(value: unknown): value is ExecutionState {
  return typeof value === 'string' && STATES.includes(value);
}

/** A week unless the answer says otherwise (custom workflow actions guide, read 2026-11-23). */
function readExpiry(value: unknown): { readonly expiresInMs: number; readonly violations: readonly string[] } {
  if (value === undefined) return { expiresInMs: WEEK_MS, violations: [] };
  const expiresInMs = typeof value === 'string' ? parseIsoDurationMs(value) : undefined;
  if (expiresInMs !== undefined) return { expiresInMs, violations: [] };
  return { expiresInMs: WEEK_MS, violations: [`${EXPIRY_FIELD} is no ISO-8601 duration`] };
}

/** Reads `outputFields` of an answer or a completion. Those of a `BLOCK` come later, so none is missing there. */
export function readOutputFields(action: WorkflowAction, all: Readonly<Record<string, unknown>>): ActionAnswer {
  const given = all[STATE_FIELD] ?? 'SUCCESS';
  const outputFields = Object.fromEntries(Object.entries(all).filter(([name]) => !STEERING.has(name)));
  const wrong = findWrong(action, outputFields);
  if (given === 'BLOCK') {
    const { expiresInMs, violations } = readExpiry(all[EXPIRY_FIELD]);
    return { state: given, outputFields, expiresInMs, violations: [...wrong, ...violations] };
  }
  const strange = isState(given) ? [] : [`${STATE_FIELD} has an unknown value`];
  const violations = [...findMissing(action, outputFields), ...wrong, ...strange];
  return { state: isState(given) ? given : 'SUCCESS', outputFields, expiresInMs: undefined, violations };
}

/**
 * Reads the body of a 2xx. HubSpot takes every 2xx for a success and loses outputs that it cannot read (custom workflow actions
 * guide, read 2026-11-23), so the mistakes are reported next to the answer.
 */
export function readActionAnswer(action: WorkflowAction, body: string): ActionAnswer {
  const document = parseJson(body);
  const all = isObject(document) ? document.outputFields : undefined;
  if (isObject(all)) return readOutputFields(action, all);
  const violation = document === undefined ? 'the answer is not JSON' : 'the answer has no outputFields';
  return { state: 'SUCCESS', outputFields: {}, expiresInMs: undefined, violations: [violation] };
}
