import { divide } from '../../domain/batches.ts';
import { type Deadline, noLaterThan } from '../../domain/deadline.ts';
import { type OwnerEmail, readOwnerEmail } from '../../domain/email.ts';
import {
  AppError,
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import { type FinishedExecution, isExpired, isExpiring, type QueuedExecution } from '../../domain/execution.ts';
import type { PortalId } from '../../domain/ids.ts';
import { distinct, groupByRecord, type RecordGroup } from '../../domain/record-group.ts';
import type { Requeued } from '../../domain/requeue.ts';
import type { QueuePermission } from '../../ports/executions.ts';
import type { EnsureConnected } from '../../ports/portals.ts';
import type {
  CompleteCallbacks,
  ProcessPortal,
  RequeueDelays,
  ResolveExpired,
  UpdateRecords,
} from '../../ports/steps.ts';
import type { Needs, ReportFault } from '../../ports/telemetry.ts';
import type { RecordedResults } from './recorded-results.ts';
import type { WithLaterBlocks } from './with-later-blocks.ts';

export type ProcessPortalDeps = Needs<'now' | 'metrics' | 'log'> & {
  readonly results: RecordedResults;
  readonly updateRecords: UpdateRecords;
  /** Loads the owners of these emails in few calls, shortly before each is looked up. */
  readonly prefetchOwners: (portalId: PortalId, emails: readonly OwnerEmail[]) => Promise<void>;
  readonly resolveExpired: ResolveExpired;
  readonly completeCallbacks: CompleteCallbacks;
  readonly ensureConnected: EnsureConnected;
  readonly withLaterBlocks: WithLaterBlocks;
  readonly writeOutcomes: () => Promise<void>;
  readonly queuePermission: Pick<QueuePermission, 'revoke'>;
  readonly noteBacklog: (portalId: PortalId) => Promise<void>;
  readonly requeueDelays: RequeueDelays;
  /** Reports a fault that raises an alarm, and no other. */
  readonly reportAlarm: ReportFault;
};

/** How long one portal may use a worker while others wait. */
const PORTAL_MS = 6_000;
/**
 * How many refused executions are completed before the others, because a flood may take all of the portal's time for hours. If all
 * workers do this, a third of HubSpot's limit is left for the others.
 */
const REFUSED_FIRST = 10;
/** This many at once are a flood. New executions are then done faster together with the queued ones. */
const BACKLOG = 50;
/**
 * Processes queued executions of one portal: sets the owners, records each result, completes the callbacks. A repetition after a
 * crash at any step continues after the last recorded result, and has no other effect.
 *
 * A used-up limit and an outage of HubSpot do not count as failures: such executions are returned to be queued again, so that
 * they never use up the receives of a message.
 */
export function createProcessPortal(deps: ProcessPortalDeps): ProcessPortal {
  const { results, prefetchOwners, updateRecords, resolveExpired, completeCallbacks, now, metrics, log } = deps;

  return async function processPortal(portalId, delivered, deadline) {
    const run: Run = { portalId, deadline, stopAt: noLaterThan(deadline, now() + PORTAL_MS), requeued: [] };
    const executions = await deps.withLaterBlocks(portalId, distinct(delivered));
    metrics.measure('QueuedExecutionAgeMs', now() - Math.min(...executions.map((one) => one.queuedAtEpochMs)));
    await attempt(run, executions, async () => {
      // Before any write: nothing may be stored for a deleted portal.
      await deps.ensureConnected(portalId, deadline);
      if (executions.length >= BACKLOG) await deps.noteBacklog(portalId);
      const [refused, others] = divide(executions, isRefused);
      await completeRefused(run, refused.slice(0, REFUSED_FIRST));
      // Executions that were put back with a result come first, as many as a call takes.
      const [fresh, returned] = divide(others, ({ completion }) => completion === undefined);
      await assign(run, [...(await completeRecorded(run, returned)), ...fresh]);
      await completeRefused(run, refused.slice(REFUSED_FIRST));
    });
    await deps.writeOutcomes();
    return deps.requeueDelays(run.requeued);
  };

  /** It is completed alone. The calls for three of these set and complete a hundred others. */
  function isRefused(execution: QueuedExecution): boolean {
    return execution.refusals > 0 && !isExpiring(execution, now());
  }

  async function completeRefused(run: Run, executions: readonly QueuedExecution[]): Promise<void> {
    if (executions.length === 0) return;
    if (now() >= run.stopAt) return requeue(run, { executions, cause: undefined });
    await attempt(run, executions, async () => assign(run, await completeRecorded(run, executions, run.stopAt)));
  }

  async function assign(run: Run, open: readonly QueuedExecution[]): Promise<void> {
    const [ending, others] = divide(open, (one) => isExpiring(one, now()));
    await expire(run, await completeRecorded(run, ending));
    let stopped: unknown;
    for (const group of groupByRecord(others)) {
      const all = [...group.executions.values()].flat();
      if (stopped instanceof RateLimitedError || now() >= run.stopAt) {
        run.requeued.push({ executions: all, cause: stopped });
        continue;
      }
      await attempt(run, all, async () => {
        // Another worker may have a copy of the message, so its progress is read as late as possible.
        const left = await completeRecorded(run, all);
        if (left.length === 0) return;
        await prefetchOwners(run.portalId, emailsOf(left));
        const assigned = await updateRecords(only(left, group), run.deadline);
        const finished = [...assigned.results].map(([execution, result]) => ({ execution, result }));
        stopped = assigned.stoppedBy;
        const undone = left.filter((execution) => !assigned.results.has(execution));
        if (undone.length > 0) await requeue(run, { executions: undone, cause: assigned.stoppedBy });
        await recordAndComplete(run, finished);
      });
    }
  }

  /** @returns the executions without a result */
  async function completeRecorded(
    run: Run,
    executions: readonly QueuedExecution[],
    stopAt?: Deadline,
  ): Promise<QueuedExecution[]> {
    const { finished, open } = await results.find(run.portalId, executions);
    const ended = finished.map(({ execution }) => execution);
    noteLate(
      run,
      ended.filter((execution) => isExpired(execution, now())),
    );
    const [urgent, other] = divide(finished, isUrgent);
    await complete(run, urgent, true, stopAt);
    await complete(run, other, false, stopAt);
    return open;
  }

  /** An earlier delivery may have completed it and then failed, or there is little time left. */
  function isUrgent({ execution }: FinishedExecution): boolean {
    return execution.completion !== 'pending' || isExpiring(execution, now());
  }

  /** Nothing is written any more. Executions that HubSpot waits for get an answer; for the others, HubSpot has moved on. */
  async function expire(run: Run, executions: readonly QueuedExecution[]): Promise<void> {
    if (executions.length === 0) return;
    noteLate(run, executions);
    await attempt(run, executions, async () => {
      const { finished, open } = await resolveExpired(executions, run.deadline);
      if (open.length > 0) await requeue(run, { executions: open, cause: new UpstreamUnavailableError('not_read') });
      await recordAndComplete(run, finished, true);
    });
  }

  async function recordAndComplete(run: Run, finished: readonly FinishedExecution[], isUrgent = false): Promise<void> {
    await results.record(run.portalId, finished);
    await complete(run, finished, isUrgent);
  }

  async function complete(
    run: Run,
    finished: readonly FinishedExecution[],
    isUrgent: boolean,
    // A record that was written gets its completion even after the portal's turn is over.
    stopAt = noLaterThan(run.deadline, now() + PORTAL_MS),
  ): Promise<void> {
    const waiting = finished.filter(({ execution }) => !isExpired(execution, now()));
    const { portalId, deadline } = run;
    const limits = { stopAt, deadline, isUrgent };
    for (const one of await completeCallbacks(portalId, waiting, limits)) await requeue(run, one);
  }

  /** After a temporary failure these executions are requeued. An error in our code fails the message, as it should. */
  async function attempt(run: Run, executions: readonly QueuedExecution[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error instanceof PortalNotConnectedError && error.isForgotten) return;
      await requeue(run, { executions, cause: error });
    }
  }

  /** HubSpot has moved on from expired executions, so they end here, also those of an account that left. */
  async function requeue(run: Run, { executions, cause }: Requeued): Promise<void> {
    if (cause instanceof AppError) {
      const fields = { portalId: run.portalId, executions: executions.length };
      deps.reportAlarm('queued executions have to wait', cause, fields);
    }
    if (cause instanceof MissingScopesError) await deps.queuePermission.revoke(run.portalId);
    const [late, waiting] = divide(executions, (one) => isExpired(one, now()));
    noteLate(run, late);
    if (waiting.length > 0) run.requeued.push({ executions: waiting, cause });
  }

  function noteLate({ portalId }: Run, waited: readonly QueuedExecution[]): void {
    if (waited.length === 0) return;
    log.error('executions waited too long in the queue', { portalId, executions: waited.length });
    const late = waited.filter((execution) => isExpired(execution, now())).length;
    if (late > 0) metrics.count('ExecutionsLate', undefined, late);
  }
}

type Run = {
  readonly portalId: PortalId;
  readonly stopAt: Deadline;
  readonly deadline: Deadline;
  readonly requeued: Requeued[];
};

function only(executions: readonly QueuedExecution[], group: RecordGroup): RecordGroup {
  return { ...group, executions: Map.groupBy(executions, ({ command }) => command.record.objectId) };
}

function emailsOf(executions: readonly QueuedExecution[]): OwnerEmail[] {
  const readings = executions.map(({ command }) => readOwnerEmail(command.ownerEmail));
  return [...new Set(readings.flatMap((reading) => (reading.kind === 'email' ? [reading.email] : [])))];
}
