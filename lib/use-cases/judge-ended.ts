import { type ActionResult, failed } from '../domain/outcome.ts';
import type { Now, ReportFault } from '../domain/ports.ts';
import { isOver, LAST_CALL_MS, type QueuedExecution, type SettledExecution } from '../domain/queued-execution.ts';
import { firstSeenOf, groupByRecord, type RecordGroup } from './group-executions.ts';
import type { ReadHeldOwners } from './held-owners.ts';
import type { createPlanRecord } from './plan-record.ts';

export type JudgeEndedDeps = {
  readonly readHeldOwners: ReadHeldOwners;
  readonly planRecord: ReturnType<typeof createPlanRecord>;
  readonly now: Now;
  readonly reportFault: ReportFault;
};

export const EXPIRED = failed('EXPIRED_IN_QUEUE');

/** `open`: nobody could look at their records, and there is time left to look later. */
export type Ended = { readonly settled: readonly SettledExecution[]; readonly open: readonly QueuedExecution[] };

/**
 * What executions of one portal come to that end without being done any more. A worker may have died right after it wrote an
 * owner, so the record is looked at first: a workflow that gets "nothing was changed" must be able to rely on it. What keeps one
 * group of records from being looked at, or one record from being judged, keeps no other.
 */
export function createJudgeEnded({ readHeldOwners, planRecord, now, reportFault }: JudgeEndedDeps) {
  return async function judgeEnded(executions: readonly QueuedExecution[], deadlineEpochMs: number): Promise<Ended> {
    // HubSpot has moved on from those whose time is over: nobody waits for an answer.
    const [over, waiting] = [true, false].map((wanted) => executions.filter((one) => isOver(one, now()) === wanted));
    const settled = (over ?? []).map((execution): SettledExecution => ({ execution, result: EXPIRED }));
    const open: QueuedExecution[] = [];
    for (const group of groupByRecord(waiting ?? [])) {
      const all = [...group.executions.values()].flat();
      const owners = await unlessFailed(all, () => readOwners(group, deadlineEpochMs));
      for (const execution of all) {
        const held = owners?.get(execution.command.record.objectId);
        const judge = async () => (held === undefined ? EXPIRED : await resultOf(execution, held, deadlineEpochMs));
        const result = owners === undefined ? undefined : await unlessFailed([execution], judge);
        if (result !== undefined) settled.push({ execution, result });
        else if (isLast(execution)) settled.push({ execution, result: EXPIRED });
        else open.push(execution);
      }
    }
    return { settled, open };
  };

  async function unlessFailed<T>(
    executions: readonly QueuedExecution[],
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const counts = { executions: executions.length };
      reportFault('the records of executions that end could not be looked at', error, counts);
      return undefined;
    }
  }

  /** Success only where the record holds what the execution was to write, or an owner who is newer. */
  async function resultOf(
    execution: QueuedExecution,
    held: Parameters<typeof planRecord>[1],
    deadlineEpochMs: number,
  ): Promise<ActionResult> {
    const { write, results } = await planRecord([execution], held, deadlineEpochMs);
    return write === undefined ? (results[0]?.[1] ?? EXPIRED) : EXPIRED;
  }

  async function readOwners(group: RecordGroup, deadlineEpochMs: number) {
    const read = await readHeldOwners({ ...group, firstSeen: firstSeenOf(group) }, deadlineEpochMs);
    return read.kind === 'answered' ? read.owners : new Map<never, never>();
  }

  function isLast({ blockEndsAtEpochMs }: QueuedExecution): boolean {
    return now() >= blockEndsAtEpochMs - LAST_CALL_MS / 2;
  }
}
