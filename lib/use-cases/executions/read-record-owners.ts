import { chunk, RECORDS_WITH_HISTORY_PER_BATCH } from '../../domain/batches.ts';
import { targetOf } from '../../domain/execution.ts';
import {
  asOfItsExecution,
  type HeldOwner,
  isNewer,
  LONGEST_WRITE_MS,
  type OwnerReading,
  recordKey,
  whenSet,
} from '../../domain/held-owner.ts';
import type { ObjectId } from '../../domain/ids.ts';
import type { WorkLog } from '../../ports/executions.ts';
import type { BatchRefused, CrmRecords, RecordBatches } from '../../ports/hubspot.ts';
import type { ReadRecordOwner, ReadRecordOwners, RecordsAsked } from '../../ports/steps.ts';

export type FindHeldOwners = ReturnType<typeof createFindHeldOwners>;

/**
 * Says when each owner was set. Only if an owner seems newer than an execution, it reads the slow writes in the work log, which
 * ended long after their executions came.
 */
export function createFindHeldOwners(workLog: Pick<WorkLog, 'findWrites'>) {
  return async function findHeldOwners(
    { portalId, objectType, property, firstSeen }: RecordsAsked,
    readings: ReadonlyMap<ObjectId, OwnerReading>,
  ): Promise<Map<ObjectId, HeldOwner>> {
    const held = new Map<ObjectId, HeldOwner>();
    for (const [id, reading] of readings) {
      // If nothing says when it was set, it may be newer.
      const setAtEpochMs = whenSet(reading, momentOf(id)) ?? reading.updatedAtEpochMs ?? Number.POSITIVE_INFINITY;
      const { value, isAbsent, survivorId } = reading;
      held.set(id, {
        value,
        setAtEpochMs,
        ...(isAbsent && { isAbsent }),
        ...(survivorId !== undefined && { survivorId }),
      });
    }
    const newer = [...held].filter(([id, owner]) => isNewer(owner, momentOf(id)));
    // Based on the owners' times, because the executions may have waited for hours.
    const earliest = Math.min(...newer.map(([, { setAtEpochMs }]) => setAtEpochMs));
    if (earliest === Number.POSITIVE_INFINITY) return held;
    const writes = await workLog.findWrites(portalId, earliest - LONGEST_WRITE_MS);
    for (const [id, owner] of newer) {
      const { survivorId: objectId = id } = owner;
      const key = recordKey({ objectType, objectId }, property);
      held.set(id, asOfItsExecution(owner, key, writes, readings.get(id)?.sameBeforeEpochMs));
    }
    return held;

    function momentOf(id: ObjectId): number {
      return firstSeen.get(id) ?? Number.NEGATIVE_INFINITY;
    }
  };
}

/** Reads the owner of one record, also if the record was merged into another. */
export function createReadRecordOwner(
  records: Pick<CrmRecords, 'readOwner'>,
  findHeldOwners: FindHeldOwners,
): ReadRecordOwner {
  return async function readRecordOwner(command, deadline) {
    const { objectId, ...ref } = targetOf(command);
    const read = await records.readOwner({ ...ref, objectId }, deadline, { withHistory: true });
    if (read.kind === 'refused') return read;
    const asked = { ...ref, firstSeen: new Map([[objectId, command.firstSeenAtEpochMs]]) };
    return (await findHeldOwners(asked, new Map([[objectId, read]]))).get(objectId);
  };
}

/**
 * Reads the owners of up to 100 records with one call. For the standard property, the answer says when the owner was set. For
 * others, the history is read too, but only of records that changed since the execution was first seen.
 */
export function createReadRecordOwners(
  batches: Pick<RecordBatches, 'readOwners'>,
  findHeldOwners: FindHeldOwners,
): ReadRecordOwners {
  return async function readRecordOwners(asked, deadline) {
    const { firstSeen } = asked;
    const read = await batches.readOwners(asked, [...firstSeen.keys()], deadline);
    if (read.kind === 'refused') return read;
    // HubSpot may answer with the record into which the requested one was merged. The requested one is then read alone.
    const readings = new Map([...read.owners].filter(([id]) => firstSeen.has(id)));
    const unclear = [...readings].flatMap(([id, reading]) => (isUnclear(id, reading) ? [id] : []));
    const refused = await readHistories(unclear);
    if (refused !== undefined) return refused;
    const owners = await findHeldOwners(asked, readings);
    const unproved = [...owners].flatMap(([id, { mayBeSetBack }]) => (mayBeSetBack ? [id] : []));
    if (unproved.length === 0) return { kind: 'answered', owners };
    return (await readHistories(unproved)) ?? { kind: 'answered', owners: await findHeldOwners(asked, readings) };

    function isUnclear(id: ObjectId, reading: OwnerReading): boolean {
      return whenSet(reading, firstSeen.get(id) ?? 0) === undefined;
    }

    async function readHistories(of: readonly ObjectId[]): Promise<BatchRefused | undefined> {
      for (const ids of chunk(of, RECORDS_WITH_HISTORY_PER_BATCH)) {
        const histories = await batches.readOwners(asked, ids, deadline, { withHistory: true });
        if (histories.kind === 'refused') return histories;
        for (const id of ids) {
          const reading = histories.owners.get(id);
          // Without its history, a record is left out, so that it is read alone.
          if (reading === undefined || isUnclear(id, reading)) readings.delete(id);
          else readings.set(id, reading);
        }
      }
      return undefined;
    }
  };
}
