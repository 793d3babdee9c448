import { setTimeout as sleepFor } from 'node:timers/promises';
import { type DeliveryOptions, deliverExecution } from './deliver-execution.ts';
import { buildExecutionPayload, type Enrollment } from './execution-payload.ts';
import { createReporter, type DeliveryReport } from './execution-report.ts';
import { type Flood, type FloodOptions, startFlood } from './flood.ts';
import type { SimulatorState } from './state.ts';
import type { ActionLabels, WorkflowAction } from './workflow-action.ts';

export type WorkflowEngineOptions = Partial<Omit<DeliveryOptions, 'slots'>> & {
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

export type ExecutionReport = DeliveryReport & {
  readonly callbackId: string;
  /** The second delivery of the same execution, when one was asked for. */
  readonly repeated: DeliveryReport | undefined;
};

export type WorkflowEngine = {
  execute(action: WorkflowAction, enrollment: Enrollment, repetition?: Repetition): Promise<ExecutionReport>;
  /** Enrolls many records at a rate. Returns at once. */
  flood(options: FloodOptions): Flood;
};

const FIRST_ENROLLMENT_ID = 63_000_000_001;

/** One minute of HubSpot's back-off takes 20 ms. */
const DEFAULT_COMPRESSION = 3_000;

/** About the time that HubSpot waits for a custom action (developer forum 2022 to 2025, read 2026-11-23). */
const DEFAULT_TIMEOUT_MS = 20_000;

/** Runs workflow actions the way HubSpot does: signs, sends, retries, reads the answer, and waits for completions. */
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
  const reporter = createReporter({ state, now: state.now, labels, locale });
  let lastEnrollmentId = FIRST_ENROLLMENT_ID;

  function prepare(action: WorkflowAction, enrollment: Enrollment) {
    lastEnrollmentId += 1;
    const enrollmentId = enrollment.enrollmentId ?? lastEnrollmentId;
    const payload = buildExecutionPayload(state, action, enrollment, enrollmentId);
    return {
      sent: { action, portalId: enrollment.portalId, callbackId: payload.callbackId },
      execution: {
        url: `${actionBaseUrl}${action.route}`,
        signedUrl: `${signedBaseUrl}${action.route}`,
        body: JSON.stringify(payload),
      },
    };
  }

  async function execute(
    action: WorkflowAction,
    enrollment: Enrollment,
    repetition: Repetition = 'never',
  ): Promise<ExecutionReport> {
    const { sent, execution } = prepare(action, enrollment);
    const deliver = async (): Promise<DeliveryReport> =>
      reporter.report(sent, await deliverExecution(execution, delivery));
    const first = deliver();
    const overlapping = repetition === 'overlapping' ? deliver() : undefined;
    const original = await first;
    const repeated = await (overlapping ?? (repetition === 'after' ? deliver() : undefined));
    return { ...original, callbackId: sent.callbackId, repeated };
  }

  return {
    execute,
    flood: (flood) =>
      startFlood(flood, { state, delivery, reporter, prepare: (enrollment) => prepare(flood.action, enrollment) }),
  };
}

async function defaultSleep(ms: number, signal?: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, signal === undefined ? {} : { signal });
}
