import { type OwnerEmail, readOwnerEmail } from '../domain/email.ts';
import {
  AppError,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Log, Metrics, Now } from '../domain/ports.ts';
import {
  type Delayed,
  isEnding,
  isOver,
  type QueueConsent,
  type QueuedExecution,
  type QueuedResults,
  type SettledExecution,
} from '../domain/queued-execution.ts';
import type { SetOwnerCommand } from '../domain/set-owner-command.ts';
import type { createAssignRecords } from './assign-records.ts';
import type { CompleteCallbacks } from './complete-callbacks.ts';
import { distinct, groupByRecord, type RecordGroup } from './group-executions.ts';
import type { createJudgeEnded } from './judge-ended.ts';
import type { Back, ToDelayed } from './to-delayed.ts';

export type AssignQueuedDeps = {
  readonly results: QueuedResults;
  readonly assignRecords: ReturnType<typeof createAssignRecords>;
  /** Has these emails found in few calls when they are asked for, one by one, in a moment. */
  readonly prepareOwners: (portalId: PortalId, emails: readonly OwnerEmail[]) => Promise<void>;
  readonly judgeEnded: ReturnType<typeof createJudgeEnded>;
  readonly completeCallbacks: CompleteCallbacks;
  readonly ensureConnected: (portalId: PortalId, deadlineEpochMs: number) => Promise<unknown>;
  readonly noteInVain: (command: SetOwnerCommand, result: ActionResult) => Promise<void>;
  readonly consent: Pick<QueueConsent, 'withdraw'>;
  readonly noteBacklog: (portalId: PortalId) => Promise<void>;
  readonly toDelayed: ToDelayed;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Counts what an operator is called for. */
  readonly countFault: (error: AppError) => void;
};

/** How long one portal may keep a worker that others wait for, too. */
const PORTAL_MS = 6_000;
/** So many at once are a flood. Those that HubSpot sends meanwhile are quicker done together with the others. */
const BACKLOG = 50;
/**
 * Processes queued executions of one portal: sets the owners, records each result, completes the callbacks. Done again after
 * a crash at whatever step, it goes on behind the last result that was recorded, and has no other effect.
 *
 * Not being allowed to call HubSpot, and HubSpot being away, are no failures: such executions are given back to be queued
 * again, so that they never use up the receives that a message has.
 * @returns the executions to queue again
 */
export function createAssignQueued(deps: AssignQueuedDeps) {
  const { results, prepareOwners, assignRecords, judgeEnded, completeCallbacks, now, metrics, log } = deps;

  return async function assignQueued(
    portalId: PortalId,
    delivered: readonly QueuedExecution[],
    deadlineEpochMs: number,
  ): Promise<readonly Delayed[]> {
    const run: Run = {
      portalId,
      deadlineEpochMs,
      stopAtEpochMs: Math.min(deadlineEpochMs, now() + PORTAL_MS),
      back: [],
    };
    const executions = distinct(delivered);
    metrics.measure('QueuedExecutionAgeMs', now() - Math.min(...executions.map((one) => one.queuedAtEpochMs)));
    await attempt(run, executions, async () => {
      // Before anything is written: nothing of a portal that was forgotten may be kept.
      await deps.ensureConnected(portalId, deadlineEpochMs);
      if (executions.length >= BACKLOG) await deps.noteBacklog(portalId);
      // Those that are put back with a result come first, as many to a call as there are.
      const { returned = [], fresh = [] } = Object.groupBy(executions, ({ completion }) =>
        completion === undefined ? 'fresh' : 'returned',
      );
      await assign(run, [...(await completeSettled(run, returned)), ...fresh]);
    });
    return deps.toDelayed(run.back);
  };

  async function assign(run: Run, open: readonly QueuedExecution[]): Promise<void> {
    const { ending = [], others = [] } = Object.groupBy(open, (one) => (isEnding(one, now()) ? 'ending' : 'others'));
    await expire(run, await completeSettled(run, ending));
    let stopped: unknown;
    for (const group of groupByRecord(others)) {
      const all = [...group.executions.values()].flat();
      if (stopped instanceof RateLimitedError || now() >= run.stopAtEpochMs) {
        run.back.push({ executions: all, cause: stopped });
        continue;
      }
      await attempt(run, all, async () => {
        // Another worker may have a copy of the message: what it did so far is looked up as late as can be.
        const left = await completeSettled(run, all);
        if (left.length === 0) return;
        await prepareOwners(run.portalId, emailsOf(left));
        const assigned = await assignRecords(only(left, group), run.deadlineEpochMs);
        const settled = [...assigned.results].map(([execution, result]) => ({ execution, result }));
        stopped = assigned.stoppedBy;
        const undone = left.filter((execution) => !assigned.results.has(execution));
        if (undone.length > 0) await putBack(run, { executions: undone, cause: assigned.stoppedBy });
        await settle(run, settled);
      });
    }
  }

  /** @returns those without a result */
  async function completeSettled(run: Run, executions: readonly QueuedExecution[]): Promise<QueuedExecution[]> {
    if (executions.length === 0) return [];
    const ids = executions.map(({ key }) => key.executionId);
    const standing = await results.find(run.portalId, ids);
    const settled = executions.flatMap((execution): SettledExecution[] => {
      const known = standing.get(execution.key.executionId);
      return known === undefined ? [] : [{ ...known, execution }];
    });
    const { urgent = [], other = [] } = Object.groupBy(settled, (one) => (isUrgent(one) ? 'urgent' : 'other'));
    await complete(run, urgent, true);
    await complete(run, other, false);
    return executions.filter((execution) => !standing.has(execution.key.executionId));
  }

  /** A delivery before this one may have completed it and died, or there is little time left. */
  function isUrgent({ execution }: SettledExecution): boolean {
    return execution.completion !== 'pending' || isEnding(execution, now());
  }

  /** Nothing is written any more. Whoever still waits gets an answer, and from the others HubSpot has moved on. */
  async function expire(run: Run, executions: readonly QueuedExecution[]): Promise<void> {
    if (executions.length === 0) return;
    const late = executions.filter((execution) => isOver(execution, now()));
    if (late.length > 0) metrics.count('ExecutionsLate', undefined, late.length);
    log.error('executions waited too long in the queue', { portalId: run.portalId, executions: executions.length });
    await attempt(run, executions, async () => {
      const { settled, open } = await judgeEnded(executions, run.deadlineEpochMs);
      if (open.length > 0) await putBack(run, { executions: open, cause: new UpstreamUnavailableError('not_read') });
      await settle(run, settled, true);
    });
  }

  async function settle(run: Run, settled: readonly SettledExecution[], isUrgent = false): Promise<void> {
    // Recorded before it is completed: what HubSpot got is what any later delivery gets.
    await results.settle(settled);
    for (const { execution, result } of settled) await deps.noteInVain(execution.command, result);
    await complete(run, settled, isUrgent);
  }

  async function complete(run: Run, settled: readonly SettledExecution[], isUrgent: boolean): Promise<void> {
    const waiting = settled.filter(({ execution }) => !isOver(execution, now()));
    const { portalId, deadlineEpochMs } = run;
    // Whoever was set gets a callback, though the portal's turn is over.
    const stopAtEpochMs = Math.min(deadlineEpochMs, now() + PORTAL_MS);
    const limits = { stopAtEpochMs, deadlineEpochMs, isUrgent };
    for (const one of await completeCallbacks(portalId, waiting, limits)) await putBack(run, one);
  }

  /** What may be different later sends these executions back; a fault of our own fails the message, as it should. */
  async function attempt(run: Run, executions: readonly QueuedExecution[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof PortalNotConnectedError && error.isForgotten) return;
      await putBack(run, { executions, cause: error });
    }
  }

  async function putBack({ portalId, back }: Run, one: Back): Promise<void> {
    if (one.cause instanceof AppError) deps.countFault(one.cause);
    if (one.cause instanceof MissingScopesError) await deps.consent.withdraw(portalId);
    back.push(one);
  }
}

type Run = {
  readonly portalId: PortalId;
  readonly stopAtEpochMs: number;
  readonly deadlineEpochMs: number;
  readonly back: Back[];
};

function only(executions: readonly QueuedExecution[], group: RecordGroup): RecordGroup {
  return { ...group, executions: Map.groupBy(executions, ({ command }) => command.record.objectId) };
}

function emailsOf(executions: readonly QueuedExecution[]): OwnerEmail[] {
  const readings = executions.map(({ command }) => readOwnerEmail(command.ownerEmail));
  return [...new Set(readings.flatMap((reading) => (reading.kind === 'email' ? [reading.email] : [])))];
}
