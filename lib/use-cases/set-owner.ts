import { type CurrentOwner, needsCurrentOwner } from '../domain/assignment.ts';
import { readOwnerEmail } from '../domain/email.ts';
import type { OwnerId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { CrmRecords, RecordRefusal } from '../domain/ports.ts';
import type { SetOwnerCommand } from '../domain/set-owner-command.ts';
import { createDecideOwner, type OwnerDecision, refusedBy } from './decide-owner.ts';
import { endOf } from './plan-record.ts';
import type { OwnerResolver, Resolution } from './resolve-owner.ts';

export type SetOwnerDeps = { readonly resolver: OwnerResolver; readonly records: CrmRecords };

export type SetOwner = ReturnType<typeof createSetOwner>;

/**
 * Sets the owner of one record from an email.
 *
 * Costs no HubSpot call when nothing changes and one when something does, as long as the owner is cached and the current
 * owner came with the execution; one read is added when the decision needs the current owner and it did not come.
 */
export function createSetOwner({ resolver, records }: SetOwnerDeps) {
  const { judgeCurrent, decide, decideFor } = createDecideOwner(resolver);

  /**
   * @param isStale the current owner that came with the command is out of date: good enough to be told, and no reason to
   * leave the record alone
   */
  return async function setOwner(
    command: SetOwnerCommand,
    deadlineEpochMs: number,
    { isStale = false } = {},
  ): Promise<ActionResult> {
    const current = await findCurrentOwner(command, deadlineEpochMs);
    if (current.kind === 'refused') return refusedBy(current, command.ownerProperty);
    const decision = await decide(command, current, deadlineEpochMs);
    const toWrite = (decided: OwnerDecision): OwnerDecision => {
      const end = isStale ? endOf(decided.result) : undefined;
      return decided.write === undefined && end !== undefined ? { ...decided, write: end } : decided;
    };
    const first = await write(command, toWrite(decision), deadlineEpochMs);
    if (first.refusedOwnerId === undefined || decision.resolution === undefined) return first.result;

    const confirmed = await confirmRefused(command, decision.resolution, first.refusedOwnerId, deadlineEpochMs);
    if (confirmed === undefined) return first.result;
    const second = await decideFor(command, current, confirmed, deadlineEpochMs);
    return (await write(command, toWrite(second), deadlineEpochMs)).result;
  };

  async function write(
    { portalId, record, ownerProperty }: SetOwnerCommand,
    { result, write: value }: OwnerDecision,
    deadlineEpochMs: number,
  ): Promise<Attempt> {
    if (value === undefined) return { result };
    const written = await records.writeOwner(portalId, record, ownerProperty, value, deadlineEpochMs);
    if (written.kind === 'written') return { result };
    return {
      result: refusedBy(written, ownerProperty, value),
      ...(written.code === 'INVALID_OWNER_ID' && value !== '' && { refusedOwnerId: value }),
    };
  }

  /**
   * HubSpot does not know an owner id that we had cached. What is known of it is dropped, and HubSpot is asked once.
   * @returns what the email stands for now, or undefined when that is still the refused owner
   */
  async function confirmRefused(
    { portalId, ownerEmail }: SetOwnerCommand,
    resolution: Resolution,
    refusedOwnerId: OwnerId,
    deadlineEpochMs: number,
  ): Promise<Resolution | undefined> {
    const reading = readOwnerEmail(ownerEmail);
    if (resolution.kind !== 'assignable' || reading.kind !== 'email') {
      await resolver.distrustOwnerId(portalId, refusedOwnerId);
      return undefined;
    }
    // A successor is known by id: asking for the leaver's email again says nothing of them.
    if (resolution.substitutedFor !== undefined) {
      await resolver.confirmOwnerId(portalId, refusedOwnerId, deadlineEpochMs);
    }
    const confirmed = await resolver.confirmEmail(portalId, reading.email, deadlineEpochMs);
    return confirmed.kind === 'assignable' && confirmed.owner.id === refusedOwnerId ? undefined : confirmed;
  }

  async function findCurrentOwner(
    command: SetOwnerCommand,
    deadlineEpochMs: number,
  ): Promise<CurrentOwner | RecordRefusal> {
    const { portalId, record, ownerProperty, overwrite, currentValue } = command;
    if (currentValue !== undefined) return judgeCurrent(command, currentValue, deadlineEpochMs);
    if (!needsCurrentOwner(overwrite)) return { kind: 'unknown' };
    const read = await records.readOwner(portalId, record, ownerProperty, deadlineEpochMs);
    return read.kind === 'refused' ? read : judgeCurrent(command, read.value, deadlineEpochMs);
  }
}

/** `refusedOwnerId`: HubSpot does not know the owner id that was written. */
type Attempt = { readonly result: ActionResult; readonly refusedOwnerId?: OwnerId };
