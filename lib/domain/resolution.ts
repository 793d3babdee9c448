import { OWNER_REFUSAL_MAX_AGE_MS } from './ages.ts';
import type { OwnerVerdict } from './choose-owner.ts';
import type { EmailFault, OwnerEmail } from './email.ts';
import type { OwnerId } from './ids.ts';
import type { ActionResult, MatchedBy, NotAssignableCode, ResolvedFrom } from './outcome.ts';
import type { Owner } from './owner.ts';

export type Resolution = OwnerFound | OwnerRefused;

type OwnerFound = {
  readonly kind: 'assignable';
  readonly owner: Owner;
  /** How the email led to the owner, or to the leaver whom they replace. */
  readonly matchedBy: MatchedBy;
  /** The leaver who has the email, if `owner` is their successor. */
  readonly substitutedFor?: OwnerId;
} & Provenance;

export type OwnerRefused = {
  readonly kind: 'refused';
  readonly code: NotAssignableCode;
  readonly about: readonly Owner[];
  /** The fault of the value, if it is not an email. */
  readonly fault?: EmailFault;
  /** Set if an alias led to `about`. */
  readonly matchedBy?: 'ALIAS';
} & Partial<Provenance>;

type Provenance = {
  readonly from: ResolvedFrom;
  readonly ageSeconds: number;
  /** The address in the workflow's value. */
  readonly email: OwnerEmail;
};

/**
 * While HubSpot is down, a refusal may be old. Such a refusal assigns nobody: HubSpot is asked again before a successor, an alias or
 * a fallback owner is set, or the owner is cleared.
 */
export function isOldRefusal({ kind, ageSeconds = 0 }: Resolution): boolean {
  return kind === 'refused' && ageSeconds * 1_000 > OWNER_REFUSAL_MAX_AGE_MS;
}

export function toResolution(
  email: OwnerEmail,
  verdict: OwnerVerdict,
  { from, ageMs }: { readonly from: ResolvedFrom; readonly ageMs: number },
): Resolution {
  const provenance = { email, from, ageSeconds: Math.round(ageMs / 1000) };
  if (verdict.kind === 'assignable') return { ...verdict, ...provenance };
  const about = verdict.kind === 'absent' ? [] : verdict.owners;
  return { kind: 'refused', code: CODES[verdict.kind], about, ...provenance };
}

const CODES = {
  ambiguous: 'OWNER_AMBIGUOUS',
  queue: 'OWNER_IS_QUEUE',
  deactivated: 'OWNER_DEACTIVATED',
  absent: 'OWNER_NOT_FOUND',
} as const satisfies Readonly<Record<string, NotAssignableCode>>;

/**
 * Where the answer came from, how old it was, how the email led to the owner, and whom the owner replaces. Empty if nobody was
 * looked up.
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

/** Why the email has no owner, and who that is about. */
export function reason(resolution: Resolution): Pick<ActionResult, 'errorCode' | 'aboutOwnerIds' | 'subject'> {
  if (resolution.kind === 'assignable') return {};
  return {
    errorCode: resolution.code,
    ...(resolution.fault !== undefined && { subject: resolution.fault }),
    ...(resolution.about.length > 0 && { aboutOwnerIds: resolution.about.map((owner) => owner.id) }),
  };
}

/** HubSpot's kinds of ID, which look alike. Only an owner ID may be written to a record. */
export type IdType = 'ownerId' | 'userId' | 'internalUserId' | 'userRecordId';

export type IdMatch = { readonly idType: IdType; readonly owner: Owner; readonly confirmedAtEpochMs?: number };
