import { type Candidate, type CurrentOwner, decideAssignment, mayReplaceOwner } from '../domain/assignment.ts';
import { type OwnerId, parseOwnerId } from '../domain/ids.ts';
import { type ActionResult, failed } from '../domain/outcome.ts';
import { isAssignable } from '../domain/owner.ts';
import type { RecordRefusal } from '../domain/ports.ts';
import type { SetOwnerCommand } from '../domain/set-owner-command.ts';
import { provenance, reason } from './resolution-facts.ts';
import type { OwnerResolver, Resolution } from './resolve-owner.ts';

/** What the record must be given, if anything, and what the execution comes to once it has been. */
export type OwnerDecision = { readonly result: ActionResult; readonly write?: OwnerId | '' };

export type DecideOwner = ReturnType<typeof createDecideOwner>;

/** From what a record holds and whom an email stands for to what is to be written. Asks HubSpot only for owners. */
export function createDecideOwner(resolver: OwnerResolver) {
  return { judgeCurrent, decide, decideFor };

  /** What the value of the owner property says. An owner is looked up only where the decision depends on them. */
  async function judgeCurrent(
    { portalId, overwrite }: SetOwnerCommand,
    value: string,
    deadlineEpochMs: number,
  ): Promise<CurrentOwner> {
    if (value.trim() === '') return { kind: 'none' };
    const ownerId = parseOwnerId(value.trim());
    // Not an id HubSpot could have written: there is something there, and it is not ours to judge.
    if (ownerId === undefined) return { kind: 'unknown' };
    if (overwrite !== 'IF_OWNER_INACTIVE') return { kind: 'assigned', ownerId, active: 'unknown' };
    const owner = await resolver.resolveOwnerId(portalId, ownerId, deadlineEpochMs);
    return { kind: 'assigned', ownerId, active: owner !== undefined && !owner.archived };
  }

  /** The whole decision: the gate of `overwrite` first, and the email only where it is open. */
  async function decide(
    command: SetOwnerCommand,
    current: CurrentOwner,
    deadlineEpochMs: number,
  ): Promise<OwnerDecision & { readonly resolution?: Resolution }> {
    if (!mayReplaceOwner(command.overwrite, current)) {
      const kept = current.kind === 'assigned' ? { ownerId: current.ownerId } : {};
      return { result: { outcome: 'KEPT_EXISTING', ...kept, ...previousOwner(current) } };
    }
    const resolution = await resolver.resolveEmail(command.portalId, command.ownerEmail, deadlineEpochMs);
    return { ...(await decideFor(command, current, resolution, deadlineEpochMs)), resolution };
  }

  /** The decision for an email that was resolved already. */
  async function decideFor(
    command: SetOwnerCommand,
    current: CurrentOwner,
    resolution: Resolution,
    deadlineEpochMs: number,
  ): Promise<OwnerDecision> {
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
    return { result, write: decision.write === 'empty' ? '' : decision.write };
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

function previousOwner(current: CurrentOwner): Pick<ActionResult, 'previousOwnerId'> {
  if (current.kind === 'unknown') return {};
  return { previousOwnerId: current.kind === 'none' ? '' : current.ownerId };
}

/** The result where HubSpot refused the record, or to write it. */
export function refusedBy(refusal: RecordRefusal, property: string, ownerId?: OwnerId | ''): ActionResult {
  return failed(refusal.code, {
    subject: property,
    ...(ownerId !== undefined && ownerId !== '' && { aboutOwnerIds: [ownerId] }),
    ...(refusal.hubspotCorrelationId !== undefined && { hubspotCorrelationId: refusal.hubspotCorrelationId }),
  });
}
