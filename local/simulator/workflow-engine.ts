import { setTimeout as sleepFor } from 'node:timers/promises';
import { type Attempt, type Delivery, type DeliveryOptions, deliverExecution } from './deliver-execution.ts';
import { buildExecutionPayload, type Enrollment } from './execution-payload.ts';
import { describeFailure, describeOutcome } from './history.ts';
import { type ExecutionState, readActionAnswer } from './read-answer.ts';
import type { SimulatorState } from './state.ts';
import type { ActionLabels, WorkflowAction } from './workflow-action.ts';

export type WorkflowEngineOptions = Partial<DeliveryOptions> & {
  readonly state: SimulatorState;
  readonly clientSecret: string;
  readonly actionBaseUrl: string;
  /** The base that HubSpot signs, when it differs from the address used here. */
  readonly signedBaseUrl?: string;
  /** Texts by `uid` of the action. */
  readonly labels: Readonly<Record<string, ActionLabels>>;
  readonly locale?: string;
};

/** `overlapping`: while the first delivery still runs. `after`: once it has been answered. */
export type Repetition = 'never' | 'overlapping' | 'after';

export type DeliveryReport = {
  readonly attempts: readonly Attempt[];
  /** `FAILED`: refused for good. `GAVE_UP`: retried until the engine's patience ended. */
  readonly finalState: ExecutionState | 'FAILED' | 'GAVE_UP';
  readonly outputFields: Readonly<Record<string, unknown>>;
  /** What the workflow history shows. */
  readonly historySentence: string;
  readonly violations: readonly string[];
};

export type ExecutionReport = DeliveryReport & {
  readonly callbackId: string;
  /** The second delivery of the same execution, when one was asked for. */
  readonly repeated: DeliveryReport | undefined;
};

export type WorkflowEngine = {
  execute(action: WorkflowAction, enrollment: Enrollment, repetition?: Repetition): Promise<ExecutionReport>;
};

const FIRST_ENROLLMENT_ID = 63_000_000_001;

/** One minute of HubSpot's back-off takes 20 ms. */
const DEFAULT_COMPRESSION = 3_000;

/** About what HubSpot waits for a custom action (developer forum 2022 to 2025, read 2026-11-23). */
const DEFAULT_TIMEOUT_MS = 20_000;

/** Runs workflow actions the way HubSpot does: signs, sends, retries, and reads the answer. */
export function createWorkflowEngine(options: WorkflowEngineOptions): WorkflowEngine {
  const { state, actionBaseUrl, signedBaseUrl = actionBaseUrl, labels, locale = 'en' } = options;
  const delivery: DeliveryOptions = {
    clientSecret: options.clientSecret,
    signatures: options.signatures ?? 'v2+v3',
    now: options.now ?? Date.now,
    sleep: options.sleep ?? defaultSleep,
    compression: options.compression ?? DEFAULT_COMPRESSION,
    maxAttempts: options.maxAttempts ?? 5,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  let lastEnrollmentId = FIRST_ENROLLMENT_ID;

  function report(action: WorkflowAction, { attempts, body, end }: Delivery): DeliveryReport {
    if (end !== 'answered') {
      const finalState = end === 'refused' ? 'FAILED' : 'GAVE_UP';
      return { attempts, finalState, outputFields: {}, historySentence: describeFailure(body), violations: [] };
    }
    const answer = readActionAnswer(action, body);
    const texts = labels[action.uid];
    if (texts === undefined) throw new Error(`The engine has no labels for action ${action.uid}`);
    const succeeded = answer.state !== 'FAIL_CONTINUE';
    const line = describeOutcome(action, texts, locale, succeeded, answer.outputFields);
    return {
      attempts,
      finalState: answer.state,
      outputFields: answer.outputFields,
      historySentence: line.sentence,
      violations: [...answer.violations, ...line.violations],
    };
  }

  async function execute(
    action: WorkflowAction,
    enrollment: Enrollment,
    repetition: Repetition = 'never',
  ): Promise<ExecutionReport> {
    lastEnrollmentId += 1;
    const enrollmentId = enrollment.enrollmentId ?? lastEnrollmentId;
    const payload = buildExecutionPayload(state, action, enrollment, enrollmentId);
    const execution = {
      url: `${actionBaseUrl}${action.route}`,
      signedUrl: `${signedBaseUrl}${action.route}`,
      body: JSON.stringify(payload),
    };
    const deliver = (): Promise<Delivery> => deliverExecution(execution, delivery);
    const first = deliver();
    const overlapping = repetition === 'overlapping' ? deliver() : undefined;
    const original = report(action, await first);
    const second = overlapping ?? (repetition === 'after' ? deliver() : undefined);
    const repeated = second === undefined ? undefined : report(action, await second);
    return { ...original, callbackId: payload.callbackId, repeated };
  }

  return { execute };
}

async function defaultSleep(ms: number): Promise<void> {
  await sleepFor(ms);
}
