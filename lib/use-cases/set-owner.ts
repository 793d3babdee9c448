import {
  type Candidate,
  type CurrentOwner,
  decideAssignment,
  type IfNotAssignable,
  mayReplaceOwner,
  needsCurrentOwner,
  type Overwrite,
} from '../domain/assignment.ts';
import { readOwnerEmail } from '../domain/email.ts';
import { type OwnerId, type PortalId, parseOwnerId } from '../domain/ids.ts';
import { type ActionResult, failed } from '../domain/outcome.ts';
import { isAssignable } from '../domain/owner.ts';
import type { CrmRecords, RecordRef, RecordRefusal } from '../domain/ports.ts';
import { provenance, reason } from './resolution-facts.ts';
import type { OwnerResolver, Resolution } from './resolve-owner.ts';

export type SetOwnerCommand = {
  readonly portalId: PortalId;
  readonly record: RecordRef;
  /** As the workflow gave it. */
  readonly ownerEmail: string;
  readonly ownerProperty: string;
  readonly overwrite: Overwrite;
  readonly ifNotAssignable: IfNotAssignable;
  /** An owner id from HubSpot's owner picker, as given. */
  readonly fallbackOwner: string;
  /** The property's value as it came with the execution; undefined when it did not come. */
  readonly currentValue: string | undefined;
};

export type SetOwnerDeps = { readonly resolver: OwnerResolver; readonly records: CrmRecords };

/**
 * Sets the owner of one record from an e-mail.
 *
 * Costs no HubSpot call when nothing changes and one when something does, as long as the owner is cached and the current
 * owner came with the execution; one read is added when the decision needs the current owner and it did not come.
 */
export function createSetOwner({ resolver, records }: SetOwnerDeps) {
  return async function setOwner(command: SetOwnerCommand, deadlineEpochMs: number): Promise<ActionResult> {
    const { portalId, ownerEmail, ownerProperty } = command;
    const current = await findCurrentOwner(command, deadlineEpochMs);
    if (current.kind === 'refused') return refusedBy(current, ownerProperty);
    if (!mayReplaceOwner(command.overwrite, current)) {
      const kept = current.kind === 'assigned' ? { ownerId: current.ownerId } : {};
      return { outcome: 'KEPT_EXISTING', ...kept, ...previousOwner(current) };
    }

    const resolution = await resolver.resolveEmail(portalId, ownerEmail, deadlineEpochMs);
    const first = await assign(command, current, resolution, deadlineEpochMs);
    if (first.refusedOwnerId === undefined) return first.result;

    const confirmed = await confirmRefused(command, resolution, first.refusedOwnerId, deadlineEpochMs);
    return confirmed === undefined ? first.result : (await assign(command, current, confirmed, deadlineEpochMs)).result;
  };

  /**
   * HubSpot does not know an owner id that we had cached. What is known of it is dropped, and HubSpot is asked once.
   * @returns what the e-mail stands for now, or undefined when that is still the refused owner
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
    // A successor is known by id: asking for the leaver's e-mail again says nothing of them.
    if (resolution.substitutedFor !== undefined) {
      await resolver.confirmOwnerId(portalId, refusedOwnerId, deadlineEpochMs);
    }
    const confirmed = await resolver.confirmEmail(portalId, reading.email, deadlineEpochMs);
    return confirmed.kind === 'assignable' && confirmed.owner.id === refusedOwnerId ? undefined : confirmed;
  }

  async function assign(
    command: SetOwnerCommand,
    current: CurrentOwner,
    resolution: Resolution,
    deadlineEpochMs: number,
  ): Promise<Attempt> {
    const { portalId, record, ownerProperty } = command;
    const known = { ...previousOwner(current), ...provenance(resolution) };
    const candidate = await chooseCandidate(command, resolution, deadlineEpochMs);
    if (candidate === 'fallbackInvalid') {
      return { result: failed('FALLBACK_OWNER_INVALID', { ...known, subject: 'fallbackOwner' }) };
    }
    const decision = decideAssignment(candidate, command.ifNotAssignable, current);
    const result: ActionResult = {
      outcome: decision.outcome,
      ...(candidate.kind !== 'none' && { ownerId: candidate.ownerId }),
      ...known,
      ...reason(resolution),
    };
    if (decision.write === 'nothing') return { result };

    const value = decision.write === 'empty' ? '' : decision.write;
    const written = await records.writeOwner(portalId, record, ownerProperty, value, deadlineEpochMs);
    if (written.kind === 'written') return { result };
    const ownerId = candidate.kind === 'none' ? undefined : candidate.ownerId;
    return {
      result: refusedBy(written, ownerProperty, ownerId),
      ...(written.code === 'INVALID_OWNER_ID' && ownerId !== undefined && { refusedOwnerId: ownerId }),
    };
  }

  async function findCurrentOwner(
    command: SetOwnerCommand,
    deadlineEpochMs: number,
  ): Promise<CurrentOwner | RecordRefusal> {
    const { portalId, record, ownerProperty, overwrite } = command;
    let value = command.currentValue;
    if (value === undefined) {
      if (!needsCurrentOwner(overwrite)) return { kind: 'unknown' };
      const read = await records.readOwner(portalId, record, ownerProperty, deadlineEpochMs);
      if (read.kind === 'refused') return read;
      value = read.value;
    }
    if (value.trim() === '') return { kind: 'none' };
    const ownerId = parseOwnerId(value.trim());
    // Not an id HubSpot could have written: there is something there, and it is not ours to judge.
    if (ownerId === undefined) return { kind: 'unknown' };
    if (overwrite !== 'IF_OWNER_INACTIVE') return { kind: 'assigned', ownerId, active: 'unknown' };
    const owner = await resolver.resolveOwnerId(portalId, ownerId, deadlineEpochMs);
    return { kind: 'assigned', ownerId, active: owner !== undefined && !owner.archived };
  }

  async function chooseCandidate(
    command: SetOwnerCommand,
    resolution: Resolution,
    deadlineEpochMs: number,
  ): Promise<Candidate | 'fallbackInvalid'> {
    if (resolution.kind === 'assignable') return { kind: 'assignable', ownerId: resolution.owner.id };
    if (command.ifNotAssignable !== 'FALLBACK') return { kind: 'none' };
    const fallbackId = parseOwnerId(command.fallbackOwner.trim());
    if (fallbackId === undefined) return 'fallbackInvalid';
    const fallback = await resolver.resolveOwnerId(command.portalId, fallbackId, deadlineEpochMs);
    return fallback !== undefined && isAssignable(fallback)
      ? { kind: 'fallback', ownerId: fallback.id }
      : 'fallbackInvalid';
  }
}

/** `refusedOwnerId`: HubSpot does not know the owner id that was written. */
type Attempt = { readonly result: ActionResult; readonly refusedOwnerId?: OwnerId };

function previousOwner(current: CurrentOwner): Pick<ActionResult, 'previousOwnerId'> {
  if (current.kind === 'unknown') return {};
  return { previousOwnerId: current.kind === 'none' ? '' : current.ownerId };
}

function refusedBy(refusal: RecordRefusal, property: string, ownerId?: OwnerId): ActionResult {
  return failed(refusal.code, {
    subject: property,
    ...(ownerId !== undefined && { aboutOwnerIds: [ownerId] }),
    ...(refusal.hubspotCorrelationId !== undefined && { hubspotCorrelationId: refusal.hubspotCorrelationId }),
  });
}
