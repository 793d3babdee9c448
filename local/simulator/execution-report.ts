import type { BlockEnd } from './blocked-executions.ts';
import type { Attempt, Delivery } from './deliver-execution.ts';
import { describeExpiry, describeFailure, describeOutcome } from './history.ts';
import { type ActionAnswer, type ExecutionState, readActionAnswer, readOutputFields } from './read-answer.ts';
import type { SimulatorState } from './state.ts';
import type { ActionLabels, WorkflowAction } from './workflow-action.ts';

/** The result of a blocked execution. */
export type Completion = {
  readonly state: 'SUCCESS' | 'FAIL_CONTINUE' | 'EXPIRED' | 'UNENROLLED';
  readonly outputFields: Readonly<Record<string, unknown>>;
  readonly atEpochMs: number;
  readonly historySentence: string;
  readonly violations: readonly string[];
};

export type DeliveryReport = {
  readonly attempts: readonly Attempt[];
  /** `FAILED`: permanently refused. `GAVE_UP`: retried until the engine gave up. */
  readonly finalState: ExecutionState | 'FAILED' | 'GAVE_UP';
  readonly outputFields: Readonly<Record<string, unknown>>;
  /** What the workflow history shows. */
  readonly historySentence: string;
  readonly violations: readonly string[];
  /**
   * For `BLOCK` only: resolves when the execution is completed, or at the registry's first look at it after its expiry.
   * May never resolve.
   */
  readonly completion: Promise<Completion> | undefined;
};

/** An action as it was sent for one execution. */
export type SentExecution = {
  readonly action: WorkflowAction;
  readonly portalId: number;
  readonly callbackId: string;
};

export type ReportingOptions = {
  readonly state: SimulatorState;
  readonly now: () => number;
  /** Texts by `uid` of the action. */
  readonly labels: Readonly<Record<string, ActionLabels>>;
  readonly locale: string;
};

export type Reporter = {
  /** Reads the end of a delivery; an execution that was answered with `BLOCK` waits from now on. */
  report(sent: SentExecution, delivery: Delivery): DeliveryReport;
};

export function createReporter({ state, now, labels, locale }: ReportingOptions): Reporter {
  function describe(action: WorkflowAction, answer: ActionAnswer, succeeded: boolean) {
    const texts = labels[action.uid];
    if (texts === undefined) throw new Error(`The engine has no labels for action ${action.uid}`);
    const line = describeOutcome(action, texts, locale, succeeded, answer.outputFields);
    const violations = [...answer.violations, ...line.violations];
    return { outputFields: answer.outputFields, historySentence: line.sentence, violations };
  }

  function toCompletion(action: WorkflowAction, end: BlockEnd): Completion {
    const { atEpochMs } = end;
    if (end.kind === 'expired') {
      return { state: 'EXPIRED', outputFields: {}, atEpochMs, historySentence: describeExpiry(), violations: [] };
    }
    if (end.kind === 'unenrolled') {
      return { state: 'UNENROLLED', outputFields: {}, atEpochMs, historySentence: '', violations: [] };
    }
    const answer = readOutputFields(action, end.outputFields);
    const endState = answer.state === 'FAIL_CONTINUE' ? answer.state : 'SUCCESS';
    // A failure by completion looks like a success unless a rule says otherwise (developer forum 2025-02, read 2026-11-23).
    return { state: endState, atEpochMs, ...describe(action, answer, true) };
  }

  return {
    report({ action, portalId, callbackId }, { attempts, body, end }) {
      if (end !== 'answered') {
        const finalState = end === 'refused' ? 'FAILED' : 'GAVE_UP';
        const historySentence = describeFailure(body);
        return { attempts, finalState, outputFields: {}, historySentence, violations: [], completion: undefined };
      }
      const answer = readActionAnswer(action, body);
      const { state: finalState, expiresInMs } = answer;
      const completion =
        expiresInMs === undefined
          ? undefined
          : state.blocked
              .block({ callbackId, portalId, expiresAtEpochMs: now() + expiresInMs })
              .then((blockEnd) => toCompletion(action, blockEnd));
      return { attempts, finalState, ...describe(action, answer, finalState !== 'FAIL_CONTINUE'), completion };
    },
  };
}
