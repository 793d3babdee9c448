import { type OwnerEmail, readOwnerEmail } from '../domain/email.ts';
import { AppError, MissingScopesError, RateLimitedError, UpstreamContractError } from '../domain/errors.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { Log, Metrics, Now } from '../domain/ports.ts';
import {
  type Delayed,
  LAST_CALL_MS,
  type QueueConsent,
  type QueuedExecution,
  type QueuedResults,
  type SettledExecution,
} from '../domain/queued-execution.ts';
import type { SetOwnerCommand } from '../domain/set-owner-command.ts';
import type { createAssignRecords } from './assign-records.ts';
import { groupByRecord } from './group-executions.ts';
import { type createJudgeEnded, isOver } from './judge-ended.ts';
import type { TellCallbacks } from './tell-callbacks.ts';
import { type Back, BeingTold, EARLY, type ToDelayed } from './to-delayed.ts';

export type AssignQueuedDeps = {
  readonly results: QueuedResults;
  readonly assignRecords: ReturnType<typeof createAssignRecords>;
  /** Has these emails found in few calls when they are asked for, one by one, in a moment. */
  readonly prepareOwners: (portalId: PortalId, emails: readonly OwnerEmail[]) => Promise<void>;
  readonly judgeEnded: ReturnType<typeof createJudgeEnded>;
  readonly telling: TellCallbacks;
  readonly noteInVain: (command: SetOwnerCommand, result: ActionResult) => Promise<void>;
  readonly consent: Pick<QueueConsent, 'withdraw'>;
  readonly noteBacklog: (portalId: PortalId) => Promise<void>;
  readonly toDelayed: ToDelayed;
  readonly now: Now;
  readonly metrics: Metrics;
  readonly log: Log;
};

/** How long one portal may keep a worker that others wait for, too. */
const PORTAL_MS = 6_000;
/** So many at once are a flood. Those that HubSpot sends meanwhile are quicker done together with the others. */
const BACKLOG = 50;
/** The most of callbacks in one call. */
const TOLD_TOGETHER = 100;

/**
 * Works off queued executions of one portal: sets the owners, records each result, completes the callbacks. Done again after
 * a crash at whatever step, it goes on behind the last result that was recorded, and has no other effect.
 *
 * Not being allowed to call HubSpot, and HubSpot being away, are no failures: such executions are given back to be queued
 * again, so that they never use up the receives that a message has.
 * @returns the executions to queue again
 */
export function createAssignQueued(deps: AssignQueuedDeps) {
  const {
    results,
    prepareOwners,
    assignRecords,
    judgeEnded,
    telling,
    noteInVain,
    consent,
    noteBacklog,
    toDelayed,
    now,
    metrics,
    log,
  } = deps;

  return async function assignQueued(
    portalId: PortalId,
    delivered: readonly QueuedExecution[],
    deadlineEpochMs: number,
  ): Promise<readonly Delayed[]> {
    const stopAt = Math.min(deadlineEpochMs, now() + PORTAL_MS);
    const executions = distinct(delivered);
    metrics.measure('QueuedExecutionAgeMs', now() - Math.min(...executions.map((one) => one.queuedAtEpochMs)));
    const back: Back[] = [];
    await attempt(executions, back, async () => {
      if (executions.length >= BACKLOG) await noteBacklog(portalId);
      const standing = await results.find(
        portalId,
        executions.map(({ key }) => key.executionId),
      );
      const settled: SettledExecution[] = [];
      const open: QueuedExecution[] = [];
      for (const execution of executions) {
        const result = standing.get(execution.key.executionId);
        if (result === undefined) open.push(execution);
        else settled.push({ execution, result });
      }
      await attempt(executionsOf(settled), back, async () => {
        const { open: untold, running } = await telling.withoutTold(portalId, settled, deadlineEpochMs);
        for (const { settled: told, overInMs } of running) {
          back.push({ executions: executionsOf(told), cause: new BeingTold(overInMs) });
        }
        await tell(portalId, untold, back, deadlineEpochMs);
      });
      await prepareOwners(portalId, emailsOf(open));
      await work(portalId, open, back, stopAt, deadlineEpochMs);
    });
    return toDelayed(back);
  };

  async function work(
    portalId: PortalId,
    open: readonly QueuedExecution[],
    back: Back[],
    stopAtEpochMs: number,
    deadlineEpochMs: number,
  ): Promise<void> {
    const isEnding = ({ blockEndsAtEpochMs }: QueuedExecution) => now() >= blockEndsAtEpochMs - LAST_CALL_MS;
    await expire(portalId, open.filter(isEnding), back, deadlineEpochMs);
    let stopped: unknown;
    for (const group of groupByRecord(open.filter((execution) => !isEnding(execution)))) {
      const all = [...group.executions.values()].flat();
      if (stopped instanceof RateLimitedError || now() >= stopAtEpochMs) {
        back.push({ executions: all, cause: stopped });
        continue;
      }
      await attempt(all, back, async () => {
        const assigned = await assignRecords(group, deadlineEpochMs);
        const settled = [...assigned.results].map(([execution, result]) => ({ execution, result }));
        stopped = assigned.stoppedBy;
        const left = all.filter((execution) => !assigned.results.has(execution));
        if (left.length > 0) back.push({ executions: left, cause: assigned.stoppedBy });
        await settle(portalId, settled, back, deadlineEpochMs);
      });
    }
  }

  /** Nothing is written any more; whoever still waits is told so, and of the others HubSpot has taken its leave. */
  async function expire(
    portalId: PortalId,
    executions: readonly QueuedExecution[],
    back: Back[],
    deadlineEpochMs: number,
  ) {
    if (executions.length === 0) return;
    const late = executions.filter((execution) => isOver(execution, now()));
    if (late.length > 0) metrics.count('ExecutionsLate', undefined, late.length);
    log.error('executions waited too long in the queue', { portalId, executions: executions.length });
    await attempt(executions, back, async () =>
      settle(portalId, await judgeEnded(executions, deadlineEpochMs), back, deadlineEpochMs),
    );
  }

  async function settle(
    portalId: PortalId,
    settled: readonly SettledExecution[],
    back: Back[],
    deadlineEpochMs: number,
  ): Promise<void> {
    // Recorded before it is told: what HubSpot was told is what any later delivery is told.
    await results.settle(settled);
    for (const { execution, result } of settled) await noteInVain(execution.command, result);
    await tell(portalId, settled, back, deadlineEpochMs);
  }

  async function tell(
    portalId: PortalId,
    settled: readonly SettledExecution[],
    back: Back[],
    deadlineEpochMs: number,
  ): Promise<void> {
    const waiting = settled.filter(({ execution }) => !isOver(execution, now()));
    for (let start = 0; start < waiting.length; start += TOLD_TOGETHER) {
      const some = waiting.slice(start, start + TOLD_TOGETHER);
      await attempt(executionsOf(some), back, async () => {
        const early = await telling.tellCallbacks(portalId, some, deadlineEpochMs);
        if (early.length > 0) back.push({ executions: early, cause: EARLY });
      });
    }
  }

  /** What may be different later sends these executions back; a fault of ours fails the message, as it should. */
  async function attempt(
    executions: readonly QueuedExecution[],
    back: Back[],
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof UpstreamContractError) metrics.count('HubSpotContractBroken');
      const [first] = executions;
      if (error instanceof MissingScopesError && first !== undefined) await consent.withdraw(first.key.portalId);
      back.push({ executions, cause: error });
    }
  }
}

function executionsOf(settled: readonly SettledExecution[]): QueuedExecution[] {
  return settled.map(({ execution }) => execution);
}

function emailsOf(executions: readonly QueuedExecution[]): OwnerEmail[] {
  const readings = executions.map(({ command }) => readOwnerEmail(command.ownerEmail));
  return [...new Set(readings.flatMap((reading) => (reading.kind === 'email' ? [reading.email] : [])))];
}

/** SQS may deliver a message twice, and hand out both copies together. */
function distinct(delivered: readonly QueuedExecution[]): QueuedExecution[] {
  return [...new Map(delivered.map((execution) => [execution.key.executionId, execution])).values()];
}
