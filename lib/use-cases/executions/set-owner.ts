import { needsCurrentOwner } from '../../domain/assignment.ts';
import type { Deadline } from '../../domain/deadline.ts';
import { orOnStoreOutage, RateLimitedError } from '../../domain/errors.ts';
import { type SetOwnerCommand, targetOf } from '../../domain/execution.ts';
import {
  freshUntil,
  type HeldOwner,
  isOldReading,
  type OwnerReading,
  type OwnWrite,
  PROMPT_WRITE_MS,
  recordKey,
} from '../../domain/held-owner.ts';
import type { OwnerId, PortalId } from '../../domain/ids.ts';
import type { ActionResult, RecordRefusal } from '../../domain/outcome.ts';
import type { Resolution } from '../../domain/resolution.ts';
import { refusedBy } from '../../domain/result.ts';
import type { WorkLog } from '../../ports/executions.ts';
import type { CrmRecords } from '../../ports/hubspot.ts';
import type { CheckOwnerProperty, OwnerDecision, OwnerResolver, SetOwner } from '../../ports/steps.ts';
import type { Needs } from '../../ports/telemetry.ts';
import { createDecideOwner } from './decide-owner.ts';
import { createFindHeldOwners, createReadRecordOwner } from './read-record-owners.ts';

export type SetOwnerDeps = Needs<'now' | 'log'> & {
  readonly resolver: OwnerResolver;
  readonly records: CrmRecords;
  readonly workLog: Pick<WorkLog, 'noteWrites' | 'findWrites'>;
  readonly checkOwnerProperty: CheckOwnerProperty;
};

/**
 * Sets the owner of one record from an email.
 *
 * Costs no HubSpot call if nothing changes and one if something does, provided that the owner is cached and the current owner
 * came with the execution. One more read is needed if the decision needs the current owner and it did not come, and always if the
 * execution is late: its properties may be old then, and a newer owner is kept.
 */
export function createSetOwner({ resolver, records, workLog, checkOwnerProperty, now, log }: SetOwnerDeps): SetOwner {
  const { decide, decideFor } = createDecideOwner(resolver);
  const readRecordOwner = createReadRecordOwner(records, createFindHeldOwners(workLog));

  return async function setOwner(given, deadline) {
    const command = { ...given, startedAtEpochMs: now() };
    const { ownerProperty } = command;
    const refusal = await checkOwnerProperty(targetOf(command), deadline);
    if (refusal !== undefined) return refusedBy(refusal, ownerProperty);
    const decided = await decideOnRecord(command, (held) => decide(command, held, deadline), deadline);
    if ('code' in decided) return refusedBy(decided, ownerProperty);
    const { held, decision } = decided;
    const first = await write(command, decided, deadline);
    if (first.isAgainstRule && held === undefined && decision.resolution !== undefined) {
      return (await findInPlace(command, decision.resolution, deadline)) ?? first.result;
    }
    if (first.refusedOwnerId === undefined || decision.resolution === undefined) return first.result;

    const confirmed = await confirmRefused(command, decision.resolution, first.refusedOwnerId, deadline);
    if (confirmed === undefined) return first.result;
    const decideAgain = (present: HeldOwner | undefined) => decideFor(command, present, confirmed, deadline);
    const second = await decideOnRecord(command, decideAgain, deadline);
    if ('code' in second) return refusedBy(second, ownerProperty);
    return (await write(command, second, deadline)).result;
  };

  /** A lookup may take long. The record of a late execution is then read again, because a person may have set an owner. */
  async function decideOnRecord<T extends OwnerDecision>(
    command: SetOwnerCommand,
    decideUpon: (held: HeldOwner | undefined) => Promise<T>,
    deadline: Deadline,
  ): Promise<RecordRefusal | Decided<T>> {
    for (let isAgain = false; ; isAgain = true) {
      const readAtEpochMs = now();
      const held = await findHeldOwner(command, deadline);
      if (held !== undefined && 'code' in held) return held;
      const decision = await decideUpon(held);
      const isOld = command.isLate && isOldReading(readAtEpochMs, now());
      if (!isOld || isAgain) return { readAtEpochMs, held, decision };
    }
  }

  async function write(
    command: Started,
    { readAtEpochMs, held, decision }: Decided<OwnerDecision>,
    deadline: Deadline,
  ): Promise<Attempt> {
    const { result, write: value } = decision;
    if (value === undefined) return { result };
    const { portalId, record, ownerProperty, isLate, firstSeenAtEpochMs, startedAtEpochMs } = command;
    // The answer may name the remaining record.
    let objectId = held?.survivorId ?? record.objectId;
    const note = () => ({ key: recordKey({ ...record, objectId }, ownerProperty), value, firstSeenAtEpochMs });
    if (isLate) await workLog.noteWrites(portalId, [note()]);
    const beganAtEpochMs = now();
    let isUnsent = false;
    try {
      const sendUntil = isLate ? freshUntil(readAtEpochMs) : undefined;
      const written = await records.writeOwner(targetOf(command), value, deadline, sendUntil);
      if (written.kind === 'written') {
        objectId = written.survivorId ?? objectId;
        return { result };
      }
      return {
        result: refusedBy(written, ownerProperty, value),
        ...(written.code === 'INVALID_OWNER_ID' && value !== '' && { refusedOwnerId: value }),
        isAgainstRule: written.code === 'RECORD_VALIDATION_FAILED',
      };
    } catch (error) {
      // There was no time for a try before it. The execution comes again, from the queue or from HubSpot.
      isUnsent = error instanceof RateLimitedError && now() - beganAtEpochMs <= PROMPT_WRITE_MS;
      throw error;
    } finally {
      // HubSpot's clock may be ahead.
      const isSlow = !isLate && !isUnsent && now() - Math.min(firstSeenAtEpochMs, startedAtEpochMs) > PROMPT_WRITE_MS;
      if (isSlow) await noteSlow(portalId, note(), beganAtEpochMs);
    }
  }

  /**
   * A validation rule may refuse the owner that the record already has. The record was not read before, because its owner did not
   * matter.
   */
  async function findInPlace(
    command: SetOwnerCommand,
    resolution: Resolution,
    deadline: Deadline,
  ): Promise<ActionResult | undefined> {
    const read = await records.readOwner(targetOf(command), deadline);
    if (read.kind === 'refused') return undefined;
    const { result, write: value } = await decideFor(command, neverNewer(read), resolution, deadline);
    return value === undefined ? result : undefined;
  }

  /** Notes the write whatever its result. A note that fails must not fail a write that is done. */
  async function noteSlow(
    portalId: PortalId,
    note: Omit<OwnWrite, 'atEpochMs'>,
    beganAtEpochMs: number,
  ): Promise<void> {
    await orOnStoreOutage(
      () => workLog.noteWrites(portalId, [note], beganAtEpochMs),
      () => log.warn('a slow write of an owner could not be noted', { portalId }),
    );
  }

  /**
   * HubSpot does not know an owner ID from our cache. The cached data is dropped, and HubSpot is asked once.
   * @returns the email's owner now, or undefined if that is still the refused owner
   */
  async function confirmRefused(
    { portalId, ownerEmail }: SetOwnerCommand,
    resolution: Resolution,
    refusedOwnerId: OwnerId,
    deadline: Deadline,
  ): Promise<Resolution | undefined> {
    if (resolution.kind !== 'assignable') {
      await resolver.invalidateOwner(portalId, refusedOwnerId);
      return undefined;
    }
    // A successor, or the owner of an alias, was found by ID, so asking for the email again does not help.
    if (resolution.substitutedFor !== undefined || resolution.matchedBy === 'ALIAS') {
      await resolver.lookUpOwnerLive(portalId, refusedOwnerId, deadline);
    }
    const confirmed = await resolver.lookUpLive(portalId, resolution.email, deadline, ownerEmail);
    return confirmed.kind === 'assignable' && confirmed.owner.id === refusedOwnerId ? undefined : confirmed;
  }

  /** Undefined if the decision does not need the record's owner. */
  async function findHeldOwner(
    command: SetOwnerCommand,
    deadline: Deadline,
  ): Promise<HeldOwner | RecordRefusal | undefined> {
    const { overwrite, currentValue, isLate } = command;
    if (isLate) return readRecordOwner(command, deadline);
    if (currentValue !== undefined) return neverNewer({ value: currentValue });
    if (!needsCurrentOwner(overwrite)) return undefined;
    const read = await records.readOwner(targetOf(command), deadline);
    return read.kind === 'refused' ? read : neverNewer(read);
  }
}

type Decided<T> = { readonly readAtEpochMs: number; readonly held: HeldOwner | undefined; readonly decision: T };
type Started = SetOwnerCommand & { readonly startedAtEpochMs: number };

/** The owner of a record whose execution is not late. No change since then counts as newer. */
function neverNewer({ value, isAbsent }: Pick<OwnerReading, 'value' | 'isAbsent'>): HeldOwner {
  return { value, ...(isAbsent && { isAbsent }), setAtEpochMs: Number.NEGATIVE_INFINITY };
}

/** `refusedOwnerId`: HubSpot does not know the written owner ID. `isAgainstRule`: it refuses to write any owner. */
type Attempt = { readonly result: ActionResult; readonly refusedOwnerId?: OwnerId; readonly isAgainstRule?: boolean };
