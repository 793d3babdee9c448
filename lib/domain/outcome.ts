import type { OwnerId } from './ids.ts';

export const OUTCOMES = [
  'ASSIGNED',
  'ALREADY_ASSIGNED',
  'KEPT_EXISTING',
  'FALLBACK_ASSIGNED',
  'CLEARED',
  'LEFT_UNCHANGED',
  'FOUND',
  'FAILED',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why an email has no assignable owner. `ifNotAssignable` applies to these. */
export const NOT_ASSIGNABLE_CODES = [
  'EMAIL_MISSING',
  'EMAIL_INVALID',
  'OWNER_NOT_FOUND',
  'OWNER_DEACTIVATED',
  'OWNER_AMBIGUOUS',
  'OWNER_IS_QUEUE',
  'VALUE_IS_OWNER_ID',
  'VALUE_IS_USER_ID',
] as const;
export type NotAssignableCode = (typeof NOT_ASSIGNABLE_CODES)[number];

/** Every code a workflow can see and branch on. */
export const ERROR_CODES = [
  ...NOT_ASSIGNABLE_CODES,
  'FALLBACK_OWNER_INVALID',
  'INPUT_INVALID',
  'RECORD_MISSING',
  'RECORD_NOT_FOUND',
  'RECORD_TYPE_UNSUPPORTED',
  'PROPERTY_NOT_FOUND',
  'PROPERTY_HOLDS_SEVERAL',
  'RECORD_VALIDATION_FAILED',
  'INVALID_OWNER_ID',
  'MISSING_SCOPES',
  'PORTAL_NOT_CONNECTED',
  'EXPIRED_IN_QUEUE',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type ResolvedFrom = 'CACHE' | 'LIVE';

/** How the address led to its owner: they have it, they had it before, or an alias says so. */
export const MATCHED_BY = ['EMAIL', 'FORMER_EMAIL', 'ALIAS'] as const;
export type MatchedBy = (typeof MATCHED_BY)[number];

/** Why an existing owner was kept: the step's own setting, or a change after the execution was first seen. */
export type KeptBecause = 'SET_TO_KEEP' | 'CHANGED_SINCE';

/**
 * The result of an execution. It holds IDs only, no names and no emails, so that the execution ledger can store it and a second
 * delivery gets the same answer.
 */
export type ActionResult = {
  readonly outcome: Outcome;
  /**
   * The owner that this step assigned, found in place or kept, or found by email. Absent for FAILED, CLEARED and LEFT_UNCHANGED,
   * so that no later step takes it for the email's owner.
   */
  readonly ownerId?: OwnerId;
  /** The owner the record had before; absent when it is not known, empty when it had none. */
  readonly previousOwnerId?: OwnerId | '';
  /** The leaver who has the email, if `ownerId` is the successor that an operator or an admin named. */
  readonly substitutedFor?: OwnerId;
  /**
   * Why the email or the write failed. Also present if the step used the fallback owner, cleared the owner or left it unchanged
   * instead.
   */
  readonly errorCode?: ErrorCode;
  /** Owners that the error is about: the leaver, the two candidates, the person who has an ID. */
  readonly aboutOwnerIds?: readonly OwnerId[];
  /**
   * What was wrong, if the code does not say it: the name of an input field or property, or the fault of an email. Never a value.
   */
  readonly subject?: string;
  /** HubSpot's correlation ID of a refused call, for a support case. */
  readonly hubspotCorrelationId?: string;
  readonly resolvedFrom?: ResolvedFrom;
  readonly ownerDataAgeSeconds?: number;
  /** How the email led to the owner, or to the leaver if their successor was assigned. */
  readonly matchedBy?: MatchedBy;
  /** With `KEPT_EXISTING`. */
  readonly keptBecause?: KeptBecause;
};

/** The execution waits in our queue, and the workflow waits with it, until the callback is completed. */
export const QUEUED = { kind: 'queued' } as const;
export type ExecutionAnswer = ActionResult | typeof QUEUED;

export function isQueued(answer: ExecutionAnswer): answer is typeof QUEUED {
  return 'kind' in answer;
}

export function failed(errorCode: ErrorCode, details: Omit<ActionResult, 'outcome' | 'errorCode'> = {}): ActionResult {
  return { outcome: 'FAILED', errorCode, ...details };
}

/** Why HubSpot permanently refused to read or write a record. */
export type RecordRefusal = {
  readonly kind: 'refused';
  readonly code:
    | 'INVALID_OWNER_ID'
    | 'PROPERTY_HOLDS_SEVERAL'
    | 'PROPERTY_NOT_FOUND'
    | 'RECORD_NOT_FOUND'
    | 'RECORD_TYPE_UNSUPPORTED'
    | 'RECORD_VALIDATION_FAILED';
  readonly hubspotCorrelationId?: string;
};
