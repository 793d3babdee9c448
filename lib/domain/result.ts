import type { CurrentOwner } from './assignment.ts';
import { MissingScopesError, PortalNotConnectedError } from './errors.ts';
import type { HeldOwner } from './held-owner.ts';
import { type OwnerId, parseOwnerId } from './ids.ts';
import { type ActionResult, failed, type KeptBecause, type RecordRefusal } from './outcome.ts';

export function toCurrent(held: HeldOwner | undefined): CurrentOwner {
  if (held === undefined) return { kind: 'unknown' };
  const text = held.value.trim();
  if (text === '') return { kind: held.isAbsent ? 'absent' : 'none' };
  const ownerId = parseOwnerId(text);
  // Not an ID that HubSpot could have written, so the value is kept.
  return ownerId === undefined ? { kind: 'unknown' } : { kind: 'assigned', ownerId, active: 'unknown' };
}

export function kept(current: CurrentOwner, keptBecause: KeptBecause): ActionResult {
  const ownerId = current.kind === 'assigned' ? { ownerId: current.ownerId } : {};
  return { outcome: 'KEPT_EXISTING', ...ownerId, ...previousOwner(current), keptBecause };
}

export function previousOwner(current: CurrentOwner): Pick<ActionResult, 'previousOwnerId'> {
  if (current.kind === 'unknown') return {};
  return { previousOwnerId: current.kind === 'assigned' ? current.ownerId : '' };
}

/** Refusals that may be caused by the new owner. The others are caused by the record. */
const ABOUT_OWNER = new Set<RecordRefusal['code']>(['INVALID_OWNER_ID', 'RECORD_VALIDATION_FAILED']);

/** The result if HubSpot refused the record or the write. */
export function refusedBy(refusal: RecordRefusal, property: string, ownerId?: OwnerId | ''): ActionResult {
  return failed(refusal.code, {
    subject: property,
    ...(ownerId !== undefined && ownerId !== '' && ABOUT_OWNER.has(refusal.code) && { aboutOwnerIds: [ownerId] }),
    ...(refusal.hubspotCorrelationId !== undefined && { hubspotCorrelationId: refusal.hubspotCorrelationId }),
  });
}

/** The owner that the record has after this result, if the result says it. */
export function ownerAfter({ outcome, ownerId }: ActionResult): OwnerId | '' | undefined {
  if (outcome === 'CLEARED') return '';
  return outcome === 'ASSIGNED' || outcome === 'ALREADY_ASSIGNED' || outcome === 'FALLBACK_ASSIGNED'
    ? ownerId
    : undefined;
}

/**
 * The result, corrected if the record no longer has its owner: a later execution replaced that owner before this one was
 * completed.
 * @param end the record's present owner property, if it is known
 */
export function reconcileResult(result: ActionResult, end: string | undefined): ActionResult {
  const keptEmpty = result.outcome === 'KEPT_EXISTING' && result.previousOwnerId === '';
  const named = keptEmpty || result.outcome === 'CLEARED' ? '' : result.ownerId;
  if (end === undefined || named === undefined || named === end) return result;
  return kept(toCurrent({ value: end, setAtEpochMs: 0 }), 'CHANGED_SINCE');
}

export async function permanentErrorAsResult<Answer>(work: () => Promise<Answer>): Promise<Answer | ActionResult> {
  try {
    return await work();
  } catch (error) {
    const result = toResult(error);
    if (result === undefined) throw error;
    return result;
  }
}

/** Undefined for every error that may not occur again. */
export function toResult(error: unknown): ActionResult | undefined {
  if (error instanceof PortalNotConnectedError) return failed('PORTAL_NOT_CONNECTED');
  if (!(error instanceof MissingScopesError)) return undefined;
  const { hubspotCorrelationId, scopes } = error;
  return failed('MISSING_SCOPES', {
    ...(hubspotCorrelationId !== undefined && { hubspotCorrelationId }),
    ...(scopes.length > 0 && { subject: scopes.join(', ') }),
  });
}

export const EXPIRED = failed('EXPIRED_IN_QUEUE');
