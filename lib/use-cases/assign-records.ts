import { needsCurrentOwner } from '../domain/assignment.ts';
import { AppError, RateLimitedError } from '../domain/errors.ts';
import type { ObjectId, ObjectTypeId, OwnerId, PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { QueuedExecution, RecordBatches } from '../domain/queued-execution.ts';
import { refusedBy } from './decide-owner.ts';
import { type createPlanRecord, endOf, type RecordPlan, tellTruth } from './plan-record.ts';
import { toResult } from './run-execution.ts';
import type { SetOwner } from './set-owner.ts';

export type AssignRecordsDeps = {
  readonly batches: RecordBatches;
  readonly planRecord: ReturnType<typeof createPlanRecord>;
  /** The way of a single record, which knows what to do about everything that can be wrong with one. */
  readonly setOwner: SetOwner;
};

/** Up to 100 records of one portal, one type and one property, each with all of its executions, oldest first. */
export type RecordGroup = {
  readonly portalId: PortalId;
  readonly objectType: ObjectTypeId;
  readonly property: string;
  readonly executions: ReadonlyMap<ObjectId, readonly QueuedExecution[]>;
};

export type Assigned = {
  readonly results: ReadonlyMap<QueuedExecution, ActionResult>;
  /** Why the executions without a result have none; the first reason, where there were several. */
  readonly stoppedBy: AppError | undefined;
};

/** One run over a group: what is known, and what came of it so far. */
type Run = {
  readonly group: RecordGroup;
  values: ReadonlyMap<ObjectId, string>;
  readonly deadlineEpochMs: number;
  readonly results: Map<QueuedExecution, ActionResult>;
  stoppedBy: AppError | undefined;
};

/**
 * Sets the owners of many records with one call, and one more where it matters what they hold now.
 *
 * One bad record makes HubSpot refuse them all. A refused batch is therefore halved until the bad ones stand alone, and those
 * go the way of a single record, as does every record that a batch does not confirm: deleted, merged into another, or not
 * mentioned in the answer. Before each try everything is decided anew, so that what one bad record taught about an owner
 * spares the others.
 */
export function createAssignRecords({ batches, planRecord, setOwner }: AssignRecordsDeps) {
  return async function assignRecords(group: RecordGroup, deadlineEpochMs: number): Promise<Assigned> {
    const run: Run = { group, values: new Map(), deadlineEpochMs, results: new Map(), stoppedBy: undefined };
    const ids = [...group.executions.keys()];
    await attempt(run, ids, async () => {
      run.values = await readValues(run);
      await assign(run, leftOf(run, ids));
    });
    return run;
  };

  /** What those records hold that an execution must not take an owner from. */
  async function readValues(run: Run): Promise<ReadonlyMap<ObjectId, string>> {
    const { group, deadlineEpochMs } = run;
    const { portalId, objectType, property, executions } = group;
    const guarded = [...executions].filter(([, all]) =>
      all.some(({ command }) => needsCurrentOwner(command.overwrite)),
    );
    if (guarded.length === 0) return new Map();
    const ids = guarded.map(([id]) => id);
    const read = await batches.readOwners(portalId, objectType, property, ids, deadlineEpochMs);
    if (read.kind === 'answered') return read.values;
    if (read.shared !== undefined)
      tell(
        run,
        guarded.flatMap(([, all]) => all),
        refusedBy(read.shared, property),
      );
    // Refused for another reason: each is read by itself then, and told what is wrong with it.
    return new Map();
  }

  async function assign(run: Run, ids: readonly ObjectId[]): Promise<void> {
    const plans = new Map<ObjectId, RecordPlan>();
    for (const id of ids) {
      await attempt(run, [id], async () => {
        plans.set(id, await planRecord(executionsOf(run, id), run.values.get(id), run.deadlineEpochMs));
      });
    }
    const writes = new Map<ObjectId, OwnerId | ''>();
    for (const [id, plan] of plans) {
      if (plan.kind === 'planned' && plan.write === undefined) finish(run, plan);
      if (plan.kind === 'planned' && plan.write !== undefined) writes.set(id, plan.write);
    }
    const unread = [...plans.keys()].filter((id) => plans.get(id)?.kind === 'unknown');
    const reply = await attempt(run, [...writes.keys()], () => writeTogether(run, writes));
    for (const id of reply?.written ?? []) finish(run, plans.get(id));
    for (const id of [...unread, ...(reply?.unconfirmed ?? [])]) {
      await attempt(run, [id], () => assignAlone(run, id));
    }
  }

  /** Those that HubSpot refused together have been dealt with, as far as they could be. */
  async function writeTogether(run: Run, writes: ReadonlyMap<ObjectId, OwnerId | ''>): Promise<Written> {
    const ids = [...writes.keys()];
    if (ids.length === 0) return NONE_LEFT;
    const { portalId, objectType, property } = run.group;
    const reply = await batches.writeOwners(portalId, objectType, property, writes, run.deadlineEpochMs);
    if (reply.kind === 'answered') {
      return { written: [...reply.written], unconfirmed: ids.filter((id) => !reply.written.has(id)) };
    }
    if (reply.shared !== undefined) {
      for (const [id, value] of writes) tell(run, executionsOf(run, id), refusedBy(reply.shared, property, value));
      return NONE_LEFT;
    }
    if (ids.length === 1) return { written: [], unconfirmed: ids };
    const middle = Math.ceil(ids.length / 2);
    await assign(run, ids.slice(0, middle));
    await assign(run, ids.slice(middle));
    return NONE_LEFT;
  }

  /** One after the other, as if they had come so: each sees what the one before it did. */
  async function assignAlone(run: Run, id: ObjectId): Promise<void> {
    const executions = executionsOf(run, id);
    let value = run.values.get(id);
    const told: [QueuedExecution, ActionResult][] = [];
    for (const execution of executions) {
      const { command } = execution;
      const isStale = value === undefined && !needsCurrentOwner(command.overwrite);
      const currentValue = isStale ? command.currentValue : value;
      const result = await setOwner({ ...command, currentValue }, run.deadlineEpochMs, { isStale });
      value = endOf(result) ?? value;
      told.push([execution, result]);
    }
    // The record holds what the last one left: what an earlier one wrote and a later one replaced is not there any more.
    for (const [execution, result] of told) run.results.set(execution, tellTruth(result, value));
  }

  /**
   * What no repetition can mend is a result; anything else that is known stops these records, and all of them when there are
   * no permits left.
   */
  async function attempt<T>(run: Run, ids: readonly ObjectId[], work: () => Promise<T>): Promise<T | undefined> {
    if (run.stoppedBy instanceof RateLimitedError) return undefined;
    try {
      return await work();
    } catch (error) {
      const result = toResult(error);
      const executions = ids.flatMap((id) => executionsOf(run, id));
      if (result !== undefined) tell(run, executions, result);
      else if (!(error instanceof AppError)) throw error;
      else run.stoppedBy ??= error;
      return undefined;
    }
  }
}

/** `unconfirmed`: records that go the way of a single one. */
type Written = { readonly written: readonly ObjectId[]; readonly unconfirmed: readonly ObjectId[] };
const NONE_LEFT: Written = { written: [], unconfirmed: [] };

/** Records whose executions have no result yet. */
function leftOf(run: Run, ids: readonly ObjectId[]): ObjectId[] {
  return ids.filter((id) => executionsOf(run, id).some((execution) => !run.results.has(execution)));
}

function executionsOf({ group }: Run, id: ObjectId): readonly QueuedExecution[] {
  return group.executions.get(id) ?? [];
}

function finish(run: Run, plan: RecordPlan | undefined): void {
  if (plan?.kind !== 'planned') return;
  for (const [execution, result] of plan.results) run.results.set(execution, result);
}

function tell(run: Run, executions: readonly QueuedExecution[], result: ActionResult): void {
  for (const execution of executions) if (!run.results.has(execution)) run.results.set(execution, result);
}
