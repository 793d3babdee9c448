import { SET_OWNER_BY_EMAIL } from '../../lib/action/definition.ts';
import type { HttpResult } from '../../lib/http/http-event.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { buildExecutionPayload, type Enrollment } from '../../local/simulator/execution-payload.ts';
import { readActionAnswer, readOutputFields } from '../../local/simulator/read-answer.ts';
import { addRecord } from '../../local/simulator/seed-records.ts';
import type { SimulatorState } from '../../local/simulator/state.ts';
import { PORTAL } from './service.ts';

export type Outputs = Readonly<Record<string, string>>;

/** An execution as HubSpot has it. */
export type Execution = {
  readonly callbackId: string;
  readonly portalId: number;
  readonly objectId: string;
  /** The bytes of every delivery. */
  readonly body: string;
  /** The last answer; undefined while none was heard. */
  answer: HttpResult | undefined;
  state: 'unanswered' | 'answered' | 'waiting' | 'completed' | 'expired' | 'unenrolled';
  /** What the workflow got, at once or by the callback. */
  outputs: Outputs | undefined;
  readonly how: () => 'inline' | 'callback' | undefined;
};

export type EnrollOptions = Partial<Omit<Enrollment, 'inputFields'>> & {
  readonly email?: string;
  readonly inputFields?: Readonly<Record<string, string>>;
  /** The record's properties, when it is made here. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Leaves the callback id out, as for an execution that cannot be completed later. */
  readonly omitCallbackId?: boolean;
};

export type WaitingRoom = {
  /** A record arrives at the action; nothing is sent yet. */
  enroll(options?: EnrollOptions): Execution;
  /** HubSpot reads an answer. */
  hear(execution: Execution, answer: HttpResult): void;
  readonly executions: readonly Execution[];
  /** Mistakes in answers and completions that HubSpot would pass over in silence. */
  readonly violations: string[];
};

let enrollments = 63_000_000_001;

/** HubSpot's side of enrollments whose answers may be `BLOCK`: it waits for the callback, until the block is over. */
export function createWaitingRoom(state: SimulatorState, now: Now): WaitingRoom {
  const executions: Execution[] = [];
  const violations: string[] = [];

  function enroll(options: EnrollOptions = {}): Execution {
    const { email = 'jane@example.com', inputFields = {}, properties = {}, omitCallbackId, ...given } = options;
    const enrollment = {
      portalId: PORTAL,
      objectType: 'CONTACT',
      ...given,
      inputFields: { ownerEmail: email, ...inputFields },
      objectId: given.objectId ?? addRecord(state, given.portalId ?? PORTAL, { typeId: '0-1', properties }).id,
    };
    const enrollmentId = given.enrollmentId ?? enrollments++;
    const { callbackId, ...payload } = buildExecutionPayload(state, SET_OWNER_BY_EMAIL, enrollment, enrollmentId);
    const execution: Execution = {
      callbackId,
      portalId: enrollment.portalId,
      objectId: enrollment.objectId,
      body: JSON.stringify(omitCallbackId ? payload : { callbackId, ...payload }),
      answer: undefined,
      state: 'unanswered',
      outputs: undefined,
      how: () => (execution.state === 'answered' ? 'inline' : execution.state === 'completed' ? 'callback' : undefined),
    };
    executions.push(execution);
    return execution;
  }

  function hear(execution: Execution, answer: HttpResult): void {
    execution.answer = answer;
    if (answer.statusCode !== 200) return;
    const read = readActionAnswer(SET_OWNER_BY_EMAIL, answer.body);
    violations.push(...read.violations);
    if (read.state !== 'BLOCK') {
      Object.assign(execution, { state: 'answered', outputs: withState(read.outputFields, read.state) });
      return;
    }
    if (execution.state !== 'unanswered') return;
    execution.state = 'waiting';
    const expiresAtEpochMs = now() + (read.expiresInMs ?? Number.NaN);
    const { callbackId, portalId } = execution;
    void state.blocked.block({ callbackId, portalId, expiresAtEpochMs }).then((end) => {
      if (end.kind !== 'completed') return Object.assign(execution, { state: end.kind });
      violations.push(...readOutputFields(SET_OWNER_BY_EMAIL, end.outputFields).violations);
      return Object.assign(execution, { state: 'completed', outputs: end.outputFields });
    });
  }

  return { enroll, hear, executions, violations };
}

function withState(outputs: Readonly<Record<string, unknown>>, state: string): Outputs {
  return { ...(outputs as Outputs), hs_execution_state: state };
}
