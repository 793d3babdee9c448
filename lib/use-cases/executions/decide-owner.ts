import {
  type Candidate,
  type CurrentOwner,
  type Decision,
  decideAssignment,
  mayReplaceOwner,
} from '../../domain/assignment.ts';
import type { Deadline } from '../../domain/deadline.ts';
import type { SetOwnerCommand } from '../../domain/execution.ts';
import { type HeldOwner, isNewer } from '../../domain/held-owner.ts';
import { parseOwnerId } from '../../domain/ids.ts';
import { type ActionResult, failed } from '../../domain/outcome.ts';
import { isAssignable } from '../../domain/owner.ts';
import { isOldRefusal, provenance, type Resolution, reason } from '../../domain/resolution.ts';
import { kept, previousOwner, refusedBy, toCurrent } from '../../domain/result.ts';
import type { DecideOwner, OwnerDecision, OwnerResolver } from '../../ports/steps.ts';

/**
 * Between the people of a property (properties guide, read 2026-11-26). The definition that we read may be older and say that it
 * holds one.
 */
const SEPARATOR = ';';
const HOLDS_SEVERAL = { kind: 'refused', code: 'PROPERTY_HOLDS_SEVERAL' } as const;

/** Decides what to write, from the record's present owner and the email. Asks HubSpot only for owners. */
export function createDecideOwner(resolver: OwnerResolver) {
  /**
   * The whole decision: `overwrite` first, and the email only if the owner may be replaced. Then an owner who is newer than the
   * execution is kept, unless the execution asks for the same one. An old refusal changes no record: HubSpot is asked again.
   * @param held the record's owner; undefined if it does not matter
   */
  const decide: DecideOwner = async (command, held, deadline) => {
    if (held?.value.includes(SEPARATOR) === true) return { result: refusedBy(HOLDS_SEVERAL, command.ownerProperty) };
    const newer = held !== undefined && isNewer(held, command.firstSeenAtEpochMs);
    const current = await readCurrentOwner(command, held, deadline);
    if (!newer && !mayReplaceOwner(command.overwrite, current)) return { result: kept(current, 'SET_TO_KEEP') };
    const resolution = await resolver.resolveEmail(command.portalId, command.ownerEmail, deadline);
    const decision = { ...(await decideFor(command, held, resolution, deadline)), resolution };
    if (decision.write === undefined || !isOldRefusal(resolution) || resolution.email === undefined) return decision;
    const present = await resolver.lookUpLive(command.portalId, resolution.email, deadline, command.ownerEmail);
    return { ...(await decideFor(command, held, present, deadline)), resolution: present };
  };
  return { decide, decideFor };

  /** Reads the owner property's value. The owner is looked up only if the decision depends on them. */
  async function readCurrentOwner(
    { portalId, overwrite, firstSeenAtEpochMs }: SetOwnerCommand,
    held: HeldOwner | undefined,
    deadline: Deadline,
  ): Promise<CurrentOwner> {
    const current = toCurrent(held);
    if (held === undefined || current.kind !== 'assigned' || overwrite !== 'IF_OWNER_INACTIVE') return current;
    if (isNewer(held, firstSeenAtEpochMs)) return current;
    return { ...current, active: await resolver.isActiveOwner(portalId, current.ownerId, deadline) };
  }

  /** The decision for an email that is already resolved. */
  async function decideFor(
    command: SetOwnerCommand,
    held: HeldOwner | undefined,
    resolution: Resolution,
    deadline: Deadline,
  ): Promise<OwnerDecision> {
    const current = toCurrent(held);
    const known = { ...previousOwner(current), ...provenance(resolution) };
    const candidate = await chooseCandidate(command, resolution, deadline);
    const decision = candidate && decideAssignment(candidate, command.ifNotAssignable, current);
    if (held !== undefined && isNewer(held, command.firstSeenAtEpochMs) && !isInPlace(decision)) {
      return { result: kept(current, 'CHANGED_SINCE') };
    }
    if (candidate === undefined || decision === undefined) {
      return { result: failed('FALLBACK_OWNER_INVALID', { ...known, subject: 'fallbackOwner' }) };
    }
    const result: ActionResult = {
      outcome: decision.outcome,
      ...(candidate.kind !== 'none' && { ownerId: candidate.ownerId }),
      ...known,
      ...reason(resolution),
    };
    if (decision.write === 'nothing') return { result };
    return { result, write: decision.write === 'empty' ? '' : decision.write };
  }

  /** Undefined if the fallback owner cannot be assigned. */
  async function chooseCandidate(
    command: SetOwnerCommand,
    resolution: Resolution,
    deadline: Deadline,
  ): Promise<Candidate | undefined> {
    if (resolution.kind === 'assignable') return { kind: 'assignable', ownerId: resolution.owner.id };
    if (command.ifNotAssignable !== 'FALLBACK') return { kind: 'none' };
    const fallbackId = parseOwnerId(command.fallbackOwner.trim());
    if (fallbackId === undefined) return undefined;
    const fallback = await resolver.resolveOwnerId(command.portalId, fallbackId, deadline);
    return fallback !== undefined && isAssignable(fallback) ? { kind: 'fallback', ownerId: fallback.id } : undefined;
  }
}

/** The record already has what the execution wants, whoever set it. */
function isInPlace(decision: Decision | undefined): boolean {
  if (decision === undefined || decision.write !== 'nothing') return false;
  return ['ALREADY_ASSIGNED', 'FALLBACK_ASSIGNED', 'CLEARED'].includes(decision.outcome);
}
