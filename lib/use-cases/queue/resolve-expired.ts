import { divide } from '../../domain/batches.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { type FinishedExecution, isExpired, LAST_TRY_MARGIN_MS, type QueuedExecution } from '../../domain/execution.ts';
import type { HeldOwner } from '../../domain/held-owner.ts';
import type { ObjectId } from '../../domain/ids.ts';
import type { ActionResult, RecordRefusal } from '../../domain/outcome.ts';
import { firstSeenOf, groupByRecord, type RecordGroup } from '../../domain/record-group.ts';
import { EXPIRED, refusedBy } from '../../domain/result.ts';
import type {
  CheckOwnerProperty,
  PlanRecord,
  ReadRecordOwner,
  ReadRecordOwners,
  ResolveExpired,
} from '../../ports/steps.ts';
import type { Now, ReportFault } from '../../ports/telemetry.ts';

export type ResolveExpiredDeps = {
  readonly checkOwnerProperty: CheckOwnerProperty;
  readonly readRecordOwners: ReadRecordOwners;
  /** For records that a batch read does not return, such as merged ones. */
  readonly readRecordOwner: ReadRecordOwner;
  readonly planRecord: PlanRecord;
  readonly now: Now;
  readonly reportFault: ReportFault;
};

/**
 * The results of one portal's executions that end without being processed. A worker may have failed right after it wrote an
 * owner, so the record is read first: a workflow must be able to rely on "nothing was changed". If one group of records cannot be
 * read, or one record not decided, the others still are.
 */
export function createResolveExpired(deps: ResolveExpiredDeps): ResolveExpired {
  const { checkOwnerProperty, readRecordOwners, readRecordOwner, planRecord, now, reportFault } = deps;
  return async function resolveExpired(executions, deadline) {
    // HubSpot has moved on from those whose time is over: nobody waits for an answer.
    const [over, waiting] = divide(executions, (one) => isExpired(one, now()));
    const finished = over.map((execution): FinishedExecution => ({ execution, result: EXPIRED }));
    const open: QueuedExecution[] = [];
    for (const group of groupByRecord(waiting)) {
      const members = [...group.executions.values()].flat();
      const owners = await unlessFailed(members, () => readOwners(group, deadline));
      for (const all of group.executions.values()) {
        const results = owners && (await resultsOf(all, owners, deadline));
        for (const execution of all) {
          const result = results?.get(execution);
          if (result !== undefined) finished.push({ execution, result });
          else if (isLast(execution)) finished.push({ execution, result: EXPIRED });
          else open.push(execution);
        }
      }
    }
    return { finished, open };
  };

  async function unlessFailed<T>(
    executions: readonly QueuedExecution[],
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const counts = { executions: executions.length };
      reportFault('the records of expiring executions could not be read', error, counts);
      return undefined;
    }
  }

  /**
   * Each is decided alone. But if some could be retried and others end, all are decided together: an older one would undo later
   * what a younger one has found in place. That counts only if nothing has to be written.
   */
  async function resultsOf(executions: readonly QueuedExecution[], owners: GroupOwners, deadline: Deadline): Results {
    const decide = (some: readonly QueuedExecution[]) =>
      unlessFailed(some, () => decideTogether(some, owners, deadline));
    const decided: [QueuedExecution, ActionResult][] = [];
    for (const execution of executions) decided.push(...((await decide([execution])) ?? []));
    const [retried, ended] = divide(decided, ([, result]) => result === EXPIRED);
    const together = retried.length > 0 && ended.length > 0 ? await decide(executions) : undefined;
    const isInPlace = together !== undefined && ![...together.values()].includes(EXPIRED);
    return isInPlace ? together : new Map(decided);
  }

  /** Success only if the record has the owner that the executions wanted, or a newer one. */
  async function decideTogether(
    executions: readonly QueuedExecution[],
    owners: GroupOwners,
    deadline: Deadline,
  ): Results {
    const toAll = (result: ActionResult) => new Map(executions.map((execution) => [execution, result]));
    const [first] = executions;
    if (first === undefined) return new Map();
    const { command } = first;
    if ('code' in owners) return toAll(refusedBy(owners, command.ownerProperty));
    const held = owners.get(command.record.objectId) ?? (await readRecordOwner(command, deadline));
    if (held === undefined || 'code' in held) return toAll(EXPIRED);
    const { write, results } = await planRecord(executions, held, deadline);
    return write === undefined ? new Map(results) : toAll(EXPIRED);
  }

  async function readOwners(group: RecordGroup, deadline: Deadline): Promise<GroupOwners> {
    const refusal = await checkOwnerProperty(group, deadline);
    if (refusal !== undefined) return refusal;
    const read = await readRecordOwners({ ...group, firstSeen: firstSeenOf(group) }, deadline);
    return read.kind === 'answered' ? read.owners : new Map();
  }

  function isLast({ expiresAtEpochMs }: QueuedExecution): boolean {
    return now() >= expiresAtEpochMs - LAST_TRY_MARGIN_MS;
  }
}

type Results = Promise<ReadonlyMap<QueuedExecution, ActionResult>>;

/** The owners of a group's records, or why the property is not a valid owner property. */
type GroupOwners = ReadonlyMap<ObjectId, HeldOwner> | RecordRefusal;
