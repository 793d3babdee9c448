import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_OWNER_PROPERTY, FIND_OWNER_BY_EMAIL, SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import { ControlError } from '../running/control-server.ts';
import { LOCAL_PORTAL_ID } from '../seed.ts';
import type { Completion } from '../simulator/execution-report.ts';
import { typeIdOfExecution } from '../simulator/object-types.ts';
import { addRecord } from '../simulator/seed-records.ts';
import { findRecord, getObjectType, getPortal, type SimulatedRecord, type SimulatorState } from '../simulator/state.ts';
import type { ExecutionReport, WorkflowEngine } from '../simulator/workflow-engine.ts';

export type EnrollRequest = {
  readonly action: 'set' | 'find';
  /** `contact`, or the ID of a type. */
  readonly recordType: string;
  /** Absent: a new record. One that does not exist is created. */
  readonly recordId?: string | undefined;
  /** Of a new record. */
  readonly owner?: string | undefined;
  readonly inputFields: Readonly<Record<string, string>>;
  readonly workflowId?: number | undefined;
};

export type EnrollAnswer = {
  readonly record: string;
  readonly isNew: boolean;
  readonly historySentence: string;
  /** `SUCCESS`, or why the action gave no answer. */
  readonly state: string;
  readonly wasQueued: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly ownerBefore: string;
  readonly ownerAfter: string;
  readonly attempts: number;
  /** HubSpot's rules that the action broke. */
  readonly violations: readonly string[];
};

export type EnrollDeps = {
  readonly state: SimulatorState;
  readonly engine: WorkflowEngine;
  readonly newEnrollmentId: () => number;
};

const RECORD_TYPES = ['contact', 'company', 'deal', 'ticket', 'lead'];
const COMPLETION_LIMIT_MS = 60_000;
const PORTAL = LOCAL_PORTAL_ID;

/** Enrolls a record of the simulator in the step, and waits for the result. */
export async function enroll(deps: EnrollDeps, request: EnrollRequest): Promise<EnrollAnswer> {
  const { state, engine } = deps;
  const { objectType, typeId } = findType(state, request.recordType);
  const property = request.inputFields.ownerProperty || DEFAULT_OWNER_PROPERTY;
  const { record, isNew } = findOrAdd(state, typeId, request, property);
  const ownerOf = () => describeOwner(state, record.properties.get(property) ?? '');
  const ownerBefore = ownerOf();
  const report = await engine.execute(request.action === 'find' ? FIND_OWNER_BY_EMAIL : SET_OWNER_BY_EMAIL, {
    portalId: PORTAL,
    objectType,
    objectId: record.id,
    inputFields: request.inputFields,
    enrollmentId: deps.newEnrollmentId(),
    ...(request.workflowId !== undefined && { workflowId: request.workflowId }),
  });
  const completion = await completionOf(report);
  const { outputFields, historySentence, violations } = completion ?? report;
  return {
    record: `${request.recordType} ${record.id}`,
    isNew,
    historySentence,
    state: completion?.state ?? report.finalState,
    wasQueued: completion !== undefined,
    outputs: Object.fromEntries(Object.entries(outputFields).map(([name, value]) => [name, String(value)])),
    ownerBefore,
    ownerAfter: ownerOf(),
    attempts: report.attempts.length,
    violations,
  };
}

export function findType(state: SimulatorState, name: string) {
  const objectType = RECORD_TYPES.includes(name) ? name.toUpperCase() : name;
  const typeId = typeIdOfExecution(objectType);
  const { objectTypes } = getPortal(state, PORTAL);
  if (objectTypes.has(typeId)) return { objectType, typeId };
  const custom = [...objectTypes.keys()].filter((id) => id.startsWith('2-'));
  throw new ControlError(
    `The simulator has no records of type "${name}", but: ${[...RECORD_TYPES, ...custom].join(', ')}`,
  );
}

export function findOrAdd(
  state: SimulatorState,
  typeId: string,
  { recordId: id, owner }: EnrollRequest,
  property: string,
): { readonly record: SimulatedRecord; readonly isNew: boolean } {
  const type = getObjectType(state, PORTAL, typeId);
  const known = id === undefined ? undefined : findRecord(type, id);
  if (known !== undefined) return { record: known, isNew: false };
  const properties = owner !== undefined && type.properties.has(property) ? { [property]: owner } : {};
  try {
    return { record: addRecord(state, PORTAL, { typeId, properties, ...(id !== undefined && { id }) }), isNew: true };
  } catch (error) {
    throw new ControlError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

export function describeOwner(state: SimulatorState, ownerId: string): string {
  if (ownerId === '') return 'nobody';
  const owner = getPortal(state, PORTAL).owners.get(ownerId);
  if (owner === undefined) return `owner ${ownerId}, who is not known`;
  const name = [owner.firstName, owner.lastName].filter(Boolean).join(' ') || owner.email;
  return `${name} (${ownerId}${owner.archived ? ', deactivated' : ''})`;
}

async function completionOf({ completion }: ExecutionReport): Promise<Completion | undefined> {
  if (completion === undefined) return undefined;
  const timer = new AbortController();
  const late = delay(COMPLETION_LIMIT_MS, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  const first = await Promise.race([completion, late]);
  timer.abort();
  if (first === 'late') throw new Error(`the queue did not complete the execution in ${COMPLETION_LIMIT_MS / 1_000} s`);
  return first;
}
