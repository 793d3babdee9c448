import { type Delivery, type DeliveryOptions, deliverExecution, type Execution } from './deliver-execution.ts';
import type { DeliveryReport, Reporter, SentExecution } from './execution-report.ts';
import {
  createFloodLedger,
  type FloodEnd,
  type FloodEnrollment,
  type FloodEntry,
  type FloodReport,
} from './flood-ledger.ts';
import { typeIdOfExecution } from './object-types.ts';
import { createSlots } from './slots.ts';
import { findRecord, getObjectType, type SimulatorState } from './state.ts';
import type { WorkflowAction } from './workflow-action.ts';

export type FloodOptions = {
  readonly action: WorkflowAction;
  readonly enrollments: readonly FloodEnrollment[];
  /** HubSpot sends up to 300 to one host; `Infinity`: as fast as `maxInFlight` allows. Retries come on top. */
  readonly perSecond: number;
  /** Requests open at once. An execution that waits for its retry holds none. */
  readonly maxInFlight: number;
  /** Called about twenty times while records are enrolled, and again while executions end. */
  readonly onProgress?: (progress: FloodProgress) => void;
};

export type FloodProgress = { readonly enrolled: number; readonly ended: number; readonly total: number };

export type Flood = {
  /** As it stands now, of all enrollments or of some. */
  report(includes?: (enrollment: FloodEnrollment) => boolean): FloodReport;
  /**
   * Resolves when every execution has ended, or at `untilEpochMs` by the engine's clock, after which nobody is enrolled any
   * more and what has no end is lost. Give a time wherever something may be lost: nothing else ends the wait for it.
   */
  settled(limits?: { readonly untilEpochMs?: number }): Promise<FloodReport>;
};

export type FloodParts = {
  readonly state: SimulatorState;
  readonly delivery: DeliveryOptions;
  readonly reporter: Reporter;
  readonly prepare: (enrollment: FloodEnrollment) => { readonly sent: SentExecution; readonly execution: Execution };
};

const DEFAULT_OWNER_PROPERTY = 'hubspot_owner_id';
const PROGRESS_STEPS = 20;

/** What the record has at this moment; `''` for nobody, and for a record that is gone. */
function ownerInCrm(state: SimulatorState, { portalId, objectType, objectId, inputFields }: FloodEnrollment): string {
  const record = findRecord(getObjectType(state, portalId, typeIdOfExecution(objectType)), objectId);
  return record?.properties.get(inputFields.ownerProperty || DEFAULT_OWNER_PROPERTY) ?? '';
}

/** A success must name the expected owner, and an owner that it names must be the one that the record has. */
function isWrong(
  state: SimulatorState,
  enrollment: FloodEnrollment,
  outputs: Readonly<Record<string, unknown>>,
): boolean {
  const named = outputs.ownerId ?? '';
  const { expectedOwnerId } = enrollment;
  if (expectedOwnerId !== undefined && named !== expectedOwnerId) return true;
  return named !== '' && named !== ownerInCrm(state, enrollment);
}

/** Enrolls many records, retries each execution as HubSpot does, and records the results. */
export function startFlood(options: FloodOptions, parts: FloodParts): Flood {
  const { enrollments, perSecond, onProgress } = options;
  const { state, reporter, prepare } = parts;
  const { now, sleep } = parts.delivery;
  const slots = createSlots(options.maxInFlight);
  const delivery: DeliveryOptions = { ...parts.delivery, slots };
  const ledger = createFloodLedger();
  state.blocked.onCompletion(ledger.noteCompletion);
  const { promise: allEnded, resolve: endAll, reject: fail } = Promise.withResolvers<void>();
  const total = enrollments.length;
  const step = Math.max(1, Math.floor(total / PROGRESS_STEPS));
  let ended = 0;
  let isOver = false;

  function tellProgress(count: number): void {
    if (count % step === 0) onProgress?.({ enrolled: ledger.entries.length, ended, total });
  }

  function close(entry: FloodEntry, end: FloodEnd, atEpochMs: number): void {
    entry.end = end;
    entry.endedAtEpochMs = atEpochMs;
    ended += 1;
    tellProgress(ended);
    if (ended === total) endAll();
  }

  type Answer = Pick<DeliveryReport, 'outputFields' | 'violations'> & { readonly failed: boolean };
  function judge(entry: FloodEntry, { outputFields, violations, failed }: Answer): void {
    entry.failed = failed;
    entry.violations = [...entry.violations, ...violations];
    entry.wrong = !failed && isWrong(state, entry.enrollment, outputFields);
  }

  function readDelivery(entry: FloodEntry, sent: SentExecution, delivered: Delivery): void | Promise<void> {
    const report = reporter.report(sent, delivered);
    const { finalState, completion } = report;
    entry.attempts = report.attempts;
    if (completion !== undefined) {
      entry.blocked = true;
      entry.violations = report.violations;
      return completion.then(({ state: endState, atEpochMs, ...answer }) => {
        if (endState === 'EXPIRED') return close(entry, 'expired', atEpochMs);
        if (endState === 'UNENROLLED') return close(entry, 'unenrolled', atEpochMs);
        judge(entry, { ...answer, failed: endState === 'FAIL_CONTINUE' });
        close(entry, 'completed', atEpochMs);
      });
    }
    if (finalState === 'FAILED') return close(entry, 'refused', state.now());
    if (finalState === 'GAVE_UP') return close(entry, 'gaveUp', state.now());
    judge(entry, { ...report, failed: finalState === 'FAIL_CONTINUE' });
    close(entry, 'answered', state.now());
  }

  async function enrollAll(): Promise<void> {
    const startedAtEpochMs = now();
    for (const [index, enrollment] of enrollments.entries()) {
      const earlyMs = startedAtEpochMs + (index * 1_000) / perSecond - now();
      // A timer is not more precise; a late one catches up.
      if (earlyMs >= 1) await sleep(earlyMs);
      await slots.free();
      if (isOver) return;
      const { sent, execution } = prepare(enrollment);
      const entry = ledger.open(enrollment, sent.callbackId, state.now());
      tellProgress(index + 1);
      deliverExecution(execution, delivery)
        .then((delivered) => readDelivery(entry, sent, delivered))
        .catch(fail);
    }
  }

  if (total === 0) endAll();
  enrollAll().catch(fail);

  return {
    report: (includes) => ledger.report(isOver, includes),
    async settled({ untilEpochMs } = {}) {
      const enough = new AbortController();
      const waits =
        untilEpochMs === undefined
          ? []
          : [sleep(Math.max(0, untilEpochMs - now()), enough.signal).catch(() => undefined)];
      await Promise.race([allEnded, ...waits]);
      enough.abort();
      state.blocked.expireDue();
      // What has just expired ends its execution before the timers and the network are.
      await new Promise(setImmediate);
      isOver = true;
      return ledger.report(isOver);
    },
  };
}
