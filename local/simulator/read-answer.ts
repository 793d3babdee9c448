import { isObject, parseJson } from './json.ts';
import type { WorkflowAction } from './workflow-action.ts';

export type ExecutionState = 'SUCCESS' | 'FAIL_CONTINUE' | 'BLOCK';

export type ActionAnswer = {
  readonly state: ExecutionState;
  /** Without the `hs_…` fields that steer HubSpot. */
  readonly outputFields: Readonly<Record<string, unknown>>;
  /** Mistakes that HubSpot would pass over in silence. */
  readonly violations: readonly string[];
};

const STATES: readonly string[] = ['SUCCESS', 'FAIL_CONTINUE', 'BLOCK'] satisfies ExecutionState[];
const STEERING = new Set(['hs_execution_state', 'hs_expiration_duration']);

function findViolations(action: WorkflowAction, outputs: Readonly<Record<string, unknown>>): string[] {
  const declared = new Map(action.outputFields.map((field) => [field.name, field]));
  const missing = [...declared.keys()].filter((name) => !Object.hasOwn(outputs, name));
  return [
    ...missing.map((name) => `output ${name} is declared but missing`),
    ...Object.entries(outputs).flatMap(([name, value]) => {
      const field = declared.get(name);
      if (field === undefined) return [`output ${name} is not declared`];
      if (typeof value !== 'string') return [`output ${name} is not a string`];
      const allowed = field.options === undefined || value === '' || field.options.includes(value);
      return allowed ? [] : [`output ${name} has a value outside its options`];
    }),
  ];
}

function isState(value: unknown): value is ExecutionState {
  return typeof value === 'string' && STATES.includes(value);
}

/**
 * Reads the body of a 2xx. HubSpot takes any of them for a success and loses outputs that it cannot read (custom
 * workflow actions guide, read 2026-11-23), so the mistakes are reported beside the answer.
 */
export function readActionAnswer(action: WorkflowAction, body: string): ActionAnswer {
  const document = parseJson(body);
  const all = isObject(document) ? document.outputFields : undefined;
  if (!isObject(all)) {
    const violation = document === undefined ? 'the answer is not JSON' : 'the answer has no outputFields';
    return { state: 'SUCCESS', outputFields: {}, violations: [violation] };
  }
  const state = all.hs_execution_state ?? 'SUCCESS';
  const outputFields = Object.fromEntries(Object.entries(all).filter(([name]) => !STEERING.has(name)));
  const violations = findViolations(action, outputFields);
  if (isState(state)) return { state, outputFields, violations };
  return { state: 'SUCCESS', outputFields, violations: [...violations, 'hs_execution_state has an unknown value'] };
}
