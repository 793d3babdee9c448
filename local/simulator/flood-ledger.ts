import type { CompletionEvent } from './blocked-executions.ts';
import type { Attempt } from './deliver-execution.ts';
import type { Enrollment } from './execution-payload.ts';

export type FloodEnrollment = Enrollment & {
  /** Whom a success must name, `''` for nobody. Left out: the owner that the record then has. */
  readonly expectedOwnerId?: string;
};

/** `answered`: inline. `refused`: a 4xx. `gaveUp`: retried until the engine's patience ended. */
export type FloodEnd = 'answered' | 'completed' | 'refused' | 'gaveUp' | 'expired' | 'unenrolled';

/** One execution of a flood. */
export type FloodEntry = {
  readonly enrollment: FloodEnrollment;
  readonly callbackId: string;
  readonly enrolledAtEpochMs: number;
  attempts: readonly Attempt[];
  blocked: boolean;
  end: FloodEnd | undefined;
  endedAtEpochMs: number | undefined;
  /** It ended in `FAIL_CONTINUE`. */
  failed: boolean;
  /** A success that does not match the CRM, or names another owner than it should. */
  wrong: boolean;
  violations: readonly string[];
  acceptedCompletions: number;
  late: number;
  doubled: number;
};

export type FloodReport = {
  readonly enrolled: number;
  readonly answeredInline: number;
  /** Were answered with `BLOCK`; what became of them is among the others. */
  readonly blocked: number;
  readonly completed: number;
  readonly failed: number;
  readonly refused: number;
  readonly gaveUp: number;
  readonly expired: number;
  /** Taken out of the workflow while they waited: nobody gets an answer. */
  readonly unenrolled: number;
  /** Still under way or waiting. */
  readonly pending: number;
  /** Without an end although the flood is over. */
  readonly lost: number;
  /** Completions of expired and of completed executions: refused, or passed over in silence. */
  readonly late: number;
  readonly doubled: number;
  /** Completions under ids that did not wait, or not yet, whoever they belong to. */
  readonly unknownCompletions: number;
  /** Executions of this flood that a completion was accepted for. */
  readonly distinctCompletions: number;
  readonly wrong: number;
  /** Text → how often. */
  readonly violations: Readonly<Record<string, number>>;
  /** Requests that the action got, and how many it put off with a 429 or failed with a 5xx. */
  readonly requests: number;
  readonly answered429: number;
  readonly answered5xx: number;
  /** From enrollment to the end, for those that the action answered or completed; undefined when there are none. */
  readonly latencyMs:
    | { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }
    | undefined;
};

export type FloodLedger = {
  readonly entries: readonly FloodEntry[];
  open(enrollment: FloodEnrollment, callbackId: string, enrolledAtEpochMs: number): FloodEntry;
  noteCompletion(event: CompletionEvent): void;
  report(isOver: boolean, includes?: (enrollment: FloodEnrollment) => boolean): FloodReport;
};

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function latencies(entries: readonly FloodEntry[]): FloodReport['latencyMs'] {
  const sorted = entries
    .filter(({ end }) => end === 'answered' || end === 'completed')
    .map(({ endedAtEpochMs, enrolledAtEpochMs }) => (endedAtEpochMs ?? enrolledAtEpochMs) - enrolledAtEpochMs)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share));
  return { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, max: max ?? 0 };
}

function tallyViolations(entries: readonly FloodEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of entries.flatMap(({ violations }) => violations)) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

/** Keeps every execution of a flood, and counts only on request. */
export function createFloodLedger(): FloodLedger {
  const entries: FloodEntry[] = [];
  const byCallbackId = new Map<string, FloodEntry>();
  let unknownCompletions = 0;

  return {
    entries,
    open(enrollment, callbackId, enrolledAtEpochMs) {
      const entry: FloodEntry = {
        enrollment,
        callbackId,
        enrolledAtEpochMs,
        attempts: [],
        blocked: false,
        end: undefined,
        endedAtEpochMs: undefined,
        failed: false,
        wrong: false,
        violations: [],
        acceptedCompletions: 0,
        late: 0,
        doubled: 0,
      };
      entries.push(entry);
      byCallbackId.set(callbackId, entry);
      return entry;
    },
    noteCompletion({ callbackId, standing, accepted }) {
      if (standing === 'unknown') unknownCompletions += 1;
      const entry = byCallbackId.get(callbackId);
      if (entry === undefined) return;
      if (accepted) entry.acceptedCompletions += 1;
      if (standing === 'late') entry.late += 1;
      if (standing === 'doubled') entry.doubled += 1;
    },
    report(isOver, includes = () => true) {
      const chosen = entries.filter(({ enrollment }) => includes(enrollment));
      const count = (holds: (entry: FloodEntry) => boolean): number => chosen.filter(holds).length;
      const sum = (of: (entry: FloodEntry) => number): number => chosen.reduce((total, entry) => total + of(entry), 0);
      const countEnd = (end: FloodEnd | undefined): number => count((entry) => entry.end === end);
      const statuses = chosen.flatMap(({ attempts }) => attempts.map(({ status = 0 }) => status));
      return {
        enrolled: chosen.length,
        answeredInline: countEnd('answered'),
        blocked: count(({ blocked }) => blocked),
        completed: countEnd('completed'),
        failed: count(({ failed }) => failed),
        refused: countEnd('refused'),
        gaveUp: countEnd('gaveUp'),
        expired: countEnd('expired'),
        unenrolled: countEnd('unenrolled'),
        pending: isOver ? 0 : countEnd(undefined),
        lost: isOver ? countEnd(undefined) : 0,
        late: sum(({ late }) => late),
        doubled: sum(({ doubled }) => doubled),
        unknownCompletions,
        distinctCompletions: count(({ acceptedCompletions }) => acceptedCompletions > 0),
        wrong: count(({ wrong }) => wrong),
        violations: tallyViolations(chosen),
        requests: statuses.length,
        answered429: statuses.filter((status) => status === 429).length,
        answered5xx: statuses.filter((status) => status >= 500).length,
        latencyMs: latencies(chosen),
      };
    },
  };
}
