import {
  AppError,
  isAboutOneRecord,
  MissingScopesError,
  mayBeAboutOne,
  RateLimitedError,
} from '../../domain/errors.ts';
import type { QueuedExecution } from '../../domain/execution.ts';
import { halve } from '../../domain/halves.ts';
import { isOldReading, recordKey } from '../../domain/held-owner.ts';
import type { ObjectId, OwnerId } from '../../domain/ids.ts';
import type { ActionResult } from '../../domain/outcome.ts';
import { firstSeenOf, inOrder, type RecordGroup, type RecordPlan } from '../../domain/record-group.ts';
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
  Updated,
} from '../../ports/steps.ts';
import type { Now } from '../../ports/telemetry.ts';
import { executionsOf, fail, finish, openOf, type UpdateRun } from './update-run.ts';

export type UpdateRecordsDeps = {
  readonly batches: Pick<RecordBatches, 'writeOwners'>;
  readonly readRecordOwners: ReadRecordOwners;
  readonly readRecordOwner: ReadRecordOwner;
  readonly workLog: Pick<WorkLog, 'noteWrites'>;
  readonly checkOwnerProperty: CheckOwnerProperty;
  readonly planRecord: PlanRecord;
  /** The way of a single record, which knows what to do about everything that can be wrong with one. */
  readonly setOwner: SetOwner;
  readonly now: Now;
};

/**
 * Sets the owners of many records: one call reads what they hold, and one more writes what differs.
 *
 * One bad record makes HubSpot refuse them all, and so does one that is busy. A refused batch is therefore halved until the bad
 * ones stand alone, and those go the way of a single record, as does every record that a batch does not confirm. Those that the
 * answer does not mention are read alone: deleted ones, and those that were merged into another. Before each try everything is
 * decided again, so that what one bad record taught about an owner spares the others.
 */
export function createUpdateRecords(deps: UpdateRecordsDeps) {
  const { batches, readRecordOwners, readRecordOwner, workLog, planRecord, setOwner, checkOwnerProperty, now } = deps;

  return async function updateRecords(given: RecordGroup, deadlineEpochMs: number): Promise<Updated> {
    const group = { ...given, executions: new Map(given.executions) };
    const run: UpdateRun = { group, owners: new Map(), deadlineEpochMs, results: new Map(), stoppedBy: undefined };
    const ids = [...group.executions.keys()];
    const { portalId, objectType, property } = group;
    await attempt(run, ids, async () => {
      const refusal = await checkOwnerProperty(portalId, objectType, property, deadlineEpochMs);
      if (refusal !== undefined) return fail(run, ids, refusedBy(refusal, property));
      const refused = await readTogether(run, ids).catch((error) => aroundFault(run, ids, error));
      if (refused !== undefined) {
        if (refused.shared !== undefined) return fail(run, ids, refusedBy(refused.shared, property));
        // For another reason: each is then read alone, and ends with what is wrong with it.
        for (const id of openOf(run, ids)) await attempt(run, [id], () => updateRecord(run, id));
        return;
      }
      await assign(run, ids);
      for (const id of openOf(run, ids)) {
        if (!run.owners.has(id)) await attempt(run, [id], () => updateMissing(run, id));
      }
    });
    return run;
  };

  async function readTogether(run: UpdateRun, ids: readonly ObjectId[]): Promise<BatchRefused | undefined> {
    const readAtEpochMs = now();
    const executions = new Map(ids.map((id) => [id, executionsOf(run, id)]));
    const firstSeen = firstSeenOf({ ...run.group, executions });
    const read = await readRecordOwners({ ...run.group, firstSeen }, run.deadlineEpochMs);
    if (read.kind === 'refused') return read;
    for (const id of ids) run.owners.delete(id);
    for (const [id, held] of read.owners) run.owners.set(id, { ...held, readAtEpochMs });
    return undefined;
  }

  /**
   * It was deleted, or merged into another one. What is asked of both is then decided together: each execution in its turn, also
   * where the younger one wrote nothing.
   */
  async function updateMissing(run: UpdateRun, id: ObjectId): Promise<void> {
    const { executions, property } = run.group;
    const [first] = executionsOf(run, id);
    if (first === undefined) return;
    const readAtEpochMs = now();
    const command = { ...first.command, firstSeenAtEpochMs: Math.min(...firstSeenOf(run.group).values()) };
    const held = await readRecordOwner(command, run.deadlineEpochMs);
    if (held === undefined) return;
    if ('code' in held) return fail(run, [id], refusedBy(held, property));
    const { survivorId = id } = held;
    run.owners.set(survivorId, { ...held, readAtEpochMs });
    const both = new Set([...executionsOf(run, survivorId), ...executionsOf(run, id)]);
    executions.delete(id);
    executions.set(survivorId, inOrder([...both]));
    await assign(run, [survivorId]);
  }

  async function assign(run: UpdateRun, ids: readonly ObjectId[]): Promise<void> {
    let plans = await planTogether(run, ids);
    const old = [...plans.keys()].filter((id) => isOldReading(run.owners.get(id)?.readAtEpochMs ?? 0, now()));
    if (old.length > 0) {
      // Many halves take long, and so do owners who are looked up while HubSpot is slow. Whoever set an owner meanwhile is newer.
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
        plans.set(id, await planRecord(executionsOf(run, id), held, run.deadlineEpochMs));
      });
    }
    return plans;
  }

  /** Those that HubSpot refused together have been dealt with, as far as they could be. */
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
    const written = batches.writeOwners(portalId, objectType, property, values, run.deadlineEpochMs);
    const reply = await written.catch((error) => aroundFault(run, ids, error));
    if (reply.kind === 'answered') {
      return { written: [...reply.written], unconfirmed: ids.filter((id) => !reply.written.has(id)) };
    }
    if (reply.shared !== undefined) {
      for (const [id, value] of values) fail(run, [id], refusedBy(reply.shared, property, value));
      return NONE_LEFT;
    }
    if (ids.length === 1) return { written: [], unconfirmed: openOf(run, ids) };
    for (const half of halve(openOf(run, ids))) await assign(run, half);
    return NONE_LEFT;
  }

  /** The fault may be that of one record: it is busy, or HubSpot fails at it again and again, and takes another one alone. */
  async function aroundFault(run: UpdateRun, ids: readonly ObjectId[], error: unknown): Promise<BatchRefused> {
    if (isAboutOneRecord(error) && ids.length > 1) return { kind: 'refused' };
    if (isForbidden(error)) return amongForbidden(run, ids, error);
    const tries = Math.min(...ids.flatMap((id) => executionsOf(run, id).map(({ requeueCount }) => requeueCount)));
    if (!mayBeAboutOne(error) || tries < OFTEN_REQUEUED) throw error;
    const probe = ids[tries % ids.length];
    try {
      if (probe !== undefined) await updateRecord(run, probe);
    } catch (fault) {
      // In an outage the first fault counts.
      throw fault instanceof AppError ? error : fault;
    }
    return { kind: 'refused' };
  }

  /** A token's creator may be forbidden to change some records only. A few of them show whether it is all. */
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

  /** One after the other, as if they had come so: each sees what the one before it did. */
  async function updateRecord(run: UpdateRun, id: ObjectId): Promise<void> {
    const results: [QueuedExecution, ActionResult][] = [];
    let left: OwnerId | '' | undefined;
    for (const execution of executionsOf(run, id)) {
      const result = await setOwner(execution.command, run.deadlineEpochMs);
      left = ownerAfter(result) ?? left;
      results.push([execution, result]);
    }
    // The record holds what the last one left: what an earlier one wrote and a later one replaced is not there any more.
    for (const [execution, result] of results) run.results.set(execution, reconcileResult(result, left));
  }

  /**
   * A permanent error is a result; anything else that is known stops these records, and all of them when there are
   * no permits left.
   */
  async function attempt<T>(run: UpdateRun, ids: readonly ObjectId[], work: () => Promise<T>): Promise<T | undefined> {
    if (run.stoppedBy instanceof RateLimitedError) return undefined;
    try {
      return await work();
    } catch (error) {
      const result = toResult(error);
      if (result !== undefined) fail(run, ids, result);
      else if (!(error instanceof AppError)) throw error;
      else run.stoppedBy ??= error;
      return undefined;
    }
  }
}

/** Not for a scope: those are the same for every record. */
function isForbidden(error: unknown): boolean {
  return error instanceof MissingScopesError && error.scopes.length === 0;
}

type NewOwner = NonNullable<RecordPlan['write']>;

/** `unconfirmed`: records that go the way of a single one. */
type Written = { readonly written: readonly ObjectId[]; readonly unconfirmed: readonly ObjectId[] };
const NONE_LEFT: Written = { written: [], unconfirmed: [] };
