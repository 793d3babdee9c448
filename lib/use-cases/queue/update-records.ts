import { halve } from '../../domain/batches.ts';
import {
  AppError,
  isAboutOneRecord,
  MissingScopesError,
  mayBeAboutOne,
  RateLimitedError,
} from '../../domain/errors.ts';
import type { QueuedExecution } from '../../domain/execution.ts';
import { freshUntil, isOldReading, recordKey } from '../../domain/held-owner.ts';
import type { ObjectId, OwnerId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import { firstSeenOf, inOrder, type RecordPlan } from '../../domain/record-group.ts';
import { OFTEN_REQUEUED } from '../../domain/requeue.ts';
import { ownerAfter, reconcileResult, refusedBy, toResult } from '../../domain/result.ts';
import type { WorkLog } from '../../ports/executions.ts';
import type { BatchRefused, RecordBatches } from '../../ports/hubspot.ts';
import type {
  CheckOwnerProperty,
  PlanRecord,
  ReadRecordOwner,
  ReadRecordOwners,
  SetOwner,
  UpdateRecords,
} from '../../ports/steps.ts';
import type { Now } from '../../ports/telemetry.ts';
import { executionsOf, fail, finish, type UpdateRun, withoutResult } from './update-run.ts';

export type UpdateRecordsDeps = {
  readonly batches: Pick<RecordBatches, 'writeOwners'>;
  readonly readRecordOwners: ReadRecordOwners;
  readonly readRecordOwner: ReadRecordOwner;
  readonly workLog: Pick<WorkLog, 'noteWrites'>;
  readonly checkOwnerProperty: CheckOwnerProperty;
  readonly planRecord: PlanRecord;
  /** Processes a single record, with all its possible errors. */
  readonly setOwner: SetOwner;
  readonly now: Now;
};

/**
 * Sets the owners of many records: one call reads their owners, one more writes the differences.
 *
 * HubSpot refuses the whole batch for one bad or busy record. So a refused batch is halved until the bad records are alone. These
 * are processed as single records, and so is every record that a batch does not confirm. Records that are missing in the answer
 * are read alone: they were deleted or merged. Everything is decided again before each try, so that what one bad record showed
 * about an owner helps the others.
 */
export function createUpdateRecords(deps: UpdateRecordsDeps): UpdateRecords {
  const { batches, readRecordOwners, readRecordOwner, workLog, planRecord, setOwner, checkOwnerProperty, now } = deps;

  return async function updateRecords(given, deadline) {
    const group = { ...given, executions: new Map(given.executions) };
    const run: UpdateRun = { group, owners: new Map(), deadline, results: new Map(), stoppedBy: undefined };
    const ids = [...group.executions.keys()];
    const { property } = group;
    await attempt(run, ids, async () => {
      const refusal = await checkOwnerProperty(group, deadline);
      if (refusal !== undefined) return fail(run, ids, refusedBy(refusal, property));
      const refused = await readTogether(run, ids).catch((error) => aroundFault(run, ids, error));
      if (refused !== undefined) {
        if (refused.shared !== undefined) return fail(run, ids, refusedBy(refused.shared, property));
        // Refused for another reason: each is read alone and gets its own error.
        for (const id of withoutResult(run, ids)) await attempt(run, [id], () => updateRecord(run, id));
        return;
      }
      await assign(run, ids);
      for (const id of withoutResult(run, ids)) {
        if (!run.owners.has(id)) await attempt(run, [id], () => updateMissing(run, id));
      }
    });
    return run;
  };

  async function readTogether(run: UpdateRun, ids: readonly ObjectId[]): Promise<BatchRefused | undefined> {
    const readAtEpochMs = now();
    const executions = new Map(ids.map((id) => [id, executionsOf(run, id)]));
    const firstSeen = firstSeenOf({ ...run.group, executions });
    const read = await readRecordOwners({ ...run.group, firstSeen }, run.deadline);
    if (read.kind === 'refused') return read;
    for (const id of ids) run.owners.delete(id);
    for (const [id, held] of read.owners) run.owners.set(id, { ...held, readAtEpochMs });
    return undefined;
  }

  /**
   * The record was deleted or merged into another one. After a merge, the executions of both records are decided together, in
   * order, even if the younger one writes nothing.
   */
  async function updateMissing(run: UpdateRun, id: ObjectId): Promise<void> {
    const { executions, property } = run.group;
    const [first] = executionsOf(run, id);
    if (first === undefined) return;
    const readAtEpochMs = now();
    const command = { ...first.command, firstSeenAtEpochMs: Math.min(...firstSeenOf(run.group).values()) };
    const held = await readRecordOwner(command, run.deadline);
    if (held === undefined) return;
    if ('code' in held) return fail(run, [id], refusedBy(held, property));
    const { survivorId = id } = held;
    run.owners.set(survivorId, { ...held, readAtEpochMs });
    const both = new Set([...executionsOf(run, survivorId), ...executionsOf(run, id)]);
    executions.set(survivorId, inOrder([...both]));
    await assign(run, [survivorId]);
    // The write may be done, so the results from before it may no longer be true.
    if (withoutResult(run, [survivorId]).length > 0) for (const execution of both) run.results.delete(execution);
  }

  async function assign(run: UpdateRun, ids: readonly ObjectId[]): Promise<void> {
    let plans = await planTogether(run, ids);
    const old = [...plans.keys()].filter((id) => isOldReading(run.owners.get(id)?.readAtEpochMs ?? 0, now()));
    if (old.length > 0) {
      // Many halves take long, and so do lookups while HubSpot is slow. An owner that somebody set meanwhile is newer.
      const isRead = await attempt(run, old, async () => (await readTogether(run, old)) === undefined);
      if (isRead !== true) return;
      plans = await planTogether(run, ids);
    }
    const writes = new Map<ObjectId, NewOwner>();
    for (const [id, plan] of plans) {
      if (plan.write === undefined) finish(run, id, plan);
      else writes.set(id, plan.write);
    }
    const reply = await attempt(run, [...writes.keys()], () => writeTogether(run, writes));
    for (const id of reply?.written ?? []) finish(run, id, plans.get(id));
    for (const id of reply?.unconfirmed ?? []) await attempt(run, [id], () => updateRecord(run, id));
  }

  async function planTogether(run: UpdateRun, ids: readonly ObjectId[]): Promise<Map<ObjectId, RecordPlan>> {
    const plans = new Map<ObjectId, RecordPlan>();
    for (const id of ids) {
      const held = run.owners.get(id);
      if (held === undefined) continue;
      await attempt(run, [id], async () => {
        plans.set(id, await planRecord(executionsOf(run, id), held, run.deadline));
      });
    }
    return plans;
  }

  /** The records that HubSpot refused together were handled as far as possible. */
  async function writeTogether(run: UpdateRun, writes: ReadonlyMap<ObjectId, NewOwner>): Promise<Written> {
    const ids = [...writes.keys()];
    if (ids.length === 0) return NONE_LEFT;
    const { portalId, objectType, property } = run.group;
    await workLog.noteWrites(
      portalId,
      [...writes].map(([objectId, { value, setAtEpochMs: firstSeenAtEpochMs }]) => {
        return { key: recordKey({ objectType, objectId }, property), value, firstSeenAtEpochMs };
      }),
    );
    const values = new Map([...writes].map(([id, { value }]) => [id, value]));
    const until = freshUntil(Math.min(...ids.map((id) => run.owners.get(id)?.readAtEpochMs ?? now())));
    const written = batches.writeOwners(run.group, values, run.deadline, until);
    const reply = await written.catch((error) => aroundFault(run, ids, error));
    if (reply.kind === 'answered') {
      return { written: [...reply.written], unconfirmed: ids.filter((id) => !reply.written.has(id)) };
    }
    if (reply.shared !== undefined) {
      for (const [id, value] of values) fail(run, [id], refusedBy(reply.shared, property, value));
      return NONE_LEFT;
    }
    if (ids.length === 1) return { written: [], unconfirmed: withoutResult(run, ids) };
    for (const half of halve(withoutResult(run, ids))) await assign(run, half);
    return NONE_LEFT;
  }

  /** One record may be the cause: it is busy, or HubSpot fails for it repeatedly but accepts another record alone. */
  async function aroundFault(run: UpdateRun, ids: readonly ObjectId[], error: unknown): Promise<BatchRefused> {
    if (isAboutOneRecord(error) && ids.length > 1) return { kind: 'refused' };
    if (isForbidden(error)) return amongForbidden(run, ids, error);
    const tries = Math.min(...ids.flatMap((id) => executionsOf(run, id).map(({ requeueCount }) => requeueCount)));
    if (!mayBeAboutOne(error) || tries < OFTEN_REQUEUED) throw error;
    const probe = ids[tries % ids.length];
    try {
      if (probe !== undefined) await updateRecord(run, probe);
    } catch (fault) {
      // During an outage, the first fault counts.
      throw fault instanceof AppError ? error : fault;
    }
    return { kind: 'refused' };
  }

  /** A token's creator may lack the permission for some records only. A few of them show whether it is all. */
  async function amongForbidden(run: UpdateRun, ids: readonly ObjectId[], error: unknown): Promise<BatchRefused> {
    for (const id of new Set([ids[0], ids[ids.length >> 1], ids.at(-1)])) {
      if (id === undefined) continue;
      try {
        await updateRecord(run, id);
        return { kind: 'refused' };
      } catch (fault) {
        const result = isForbidden(fault) ? toResult(fault) : undefined;
        if (result === undefined) throw fault;
        fail(run, [id], result);
      }
    }
    throw error;
  }

  /** One after the other, in order: each reads what the one before it wrote. */
  async function updateRecord(run: UpdateRun, id: ObjectId): Promise<void> {
    const results: [QueuedExecution, ActionResult][] = [];
    let left: OwnerId | '' | undefined;
    for (const execution of executionsOf(run, id)) {
      const result = await setOwner(execution.command, run.deadline);
      // Somebody may have set another owner since the execution before it.
      left = ownerAfter(result) ?? result.previousOwnerId ?? left;
      results.push([execution, result]);
    }
    // The record has the owner of the last execution, so the result of an earlier one is corrected.
    for (const [execution, result] of results) run.results.set(execution, reconcileResult(result, left));
  }

  /** A permanent error is a result. Any other known error stops these records, or all of them if there are no permits left. */
  async function attempt<T>(run: UpdateRun, ids: readonly ObjectId[], work: () => Promise<T>): Promise<T | undefined> {
    if (run.stoppedBy instanceof RateLimitedError) return undefined;
    try {
      return await work();
    } catch (error) {
      const result = toResult(error);
      if (result !== undefined) fail(run, ids, result);
      else if (!(error instanceof AppError)) throw error;
      else if (run.stoppedBy === undefined || error instanceof RateLimitedError) run.stoppedBy = error;
      return undefined;
    }
  }
}

/** False for a missing scope, because that is the same for every record. */
function isForbidden(error: unknown): boolean {
  return error instanceof MissingScopesError && error.scopes.length === 0;
}

type NewOwner = NonNullable<RecordPlan['write']>;

/** `unconfirmed`: records to process as single records. */
type Written = { readonly written: readonly ObjectId[]; readonly unconfirmed: readonly ObjectId[] };
const NONE_LEFT: Written = { written: [], unconfirmed: [] };
