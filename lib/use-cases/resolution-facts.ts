import type { ActionResult } from '../domain/outcome.ts';
import type { Resolution } from './resolve-owner.ts';

/**
 * Where the answer to the email came from and how old it was, by what it led to the owner and whom they stand in for; nothing
 * when nobody had to be asked.
 */
export function provenance(
  resolution: Resolution,
): Pick<ActionResult, 'resolvedFrom' | 'ownerDataAgeSeconds' | 'substitutedFor' | 'matchedBy'> {
  if (resolution.from === undefined || resolution.ageSeconds === undefined) return {};
  return {
    ...(resolution.kind === 'assignable' && { matchedBy: resolution.matchedBy }),
    ...(resolution.kind === 'assignable' &&
      resolution.substitutedFor !== undefined && { substitutedFor: resolution.substitutedFor }),
    resolvedFrom: resolution.from,
    ownerDataAgeSeconds: resolution.ageSeconds,
  };
}

/** Why the email gave no owner, and whom that is about. */
export function reason(resolution: Resolution): Pick<ActionResult, 'errorCode' | 'aboutOwnerIds' | 'subject'> {
  if (resolution.kind === 'assignable') return {};
  return {
    errorCode: resolution.code,
    ...(resolution.fault !== undefined && { subject: resolution.fault }),
    ...(resolution.about.length > 0 && { aboutOwnerIds: resolution.about.map((owner) => owner.id) }),
  };
}
