import type { IfNotAssignable, Overwrite } from './assignment.ts';
import type { ObjectId, ObjectTypeId, PortalId } from './ids.ts';
import type { ActionResult } from './outcome.ts';

/**
 * How long HubSpot is asked to keep a queued execution waiting (`hs_expiration_duration`, custom workflow actions guide, read
 * 2026-11-23). Longer than the longest outage that ends without help, a daily limit that is used up until the next midnight.
 */
export const BLOCK_DURATION = 'P2D';
export const BLOCK_MS = 2 * 86_400_000;
/** So long before HubSpot gives up, an execution that still waits is ended with an error that the workflow can see. */
export const EXPIRY_MARGIN_MS = 30 * 60_000;
/** So long before HubSpot gives up, it is ended even if its record could not be read. */
export const LAST_TRY_MARGIN_MS = EXPIRY_MARGIN_MS / 2;
/**
 * HubSpot answers for a callback that it does not know yet as for one that it knows, or did so (developer forum, read
 * 2026-11-26). So nothing is completed sooner than this after it was answered with BLOCK.
 */
export const MIN_BLOCK_AGE_MS = 5_000;

/** An execution that waits in the queue. HubSpot keeps the enrollment waiting until its callback is completed. */
export type QueuedExecution = {
  /** The execution id is HubSpot's callback id. */
  readonly key: ExecutionKey;
  readonly payloadHash: string;
  readonly command: SetOwnerCommand;
  readonly queuedAtEpochMs: number;
  /** When HubSpot gives up waiting. After that nothing may be written. */
  readonly expiresAtEpochMs: number;
  /** How often it was put back because HubSpot could not be asked, or refused to complete it and may do so again. */
  readonly requeueCount: number;
  /** Above 0 once HubSpot refused a call with it: from then on it is completed alone. */
  readonly refusals: number;
  /**
   * It was put back with a result. `pending`: HubSpot waits for it, for no reply to a completion was lost. `unconfirmed`: one
   * was, or may have been.
   */
  readonly completion?: 'pending' | 'unconfirmed' | undefined;
  /** How often it came out of the dead-letter queue to be tried again. */
  readonly deadLetterCount: number;
};

/** One callback may be in several messages. */
export function keyOf({ key }: QueuedExecution): string {
  return JSON.stringify([key.portalId, key.executionId]);
}

/** HubSpot does not wait any more. */
export function isExpired({ expiresAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs;
}

/** It is ended now, with whatever can be said of it. */
export function isExpiring({ expiresAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs - EXPIRY_MARGIN_MS;
}

export type RecordedResult = {
  readonly result: ActionResult;
  /** When its result was recorded, the same for all that were recorded together. Undefined where that happens only now. */
  readonly recordedAtEpochMs?: number;
};
export type FinishedExecution = RecordedResult & { readonly execution: QueuedExecution };

/** When an execution was first seen. An owner that anybody set after that moment is newer. */
export type Moment = {
  readonly firstSeenAtEpochMs: number;
  /** Not its first delivery, or not done at once: the record may have changed since it was sent, so it is read. */
  readonly isLate: boolean;
};

/** For so long the properties that came with a first delivery are believed. */
export const SNAPSHOT_LIFETIME_MS = 20_000;

/** What a workflow asks for, for one record. */
export type SetOwnerCommand = Moment & {
  readonly portalId: PortalId;
  readonly workflowId: string;
  readonly record: RecordRef;
  /** As the workflow gave it. */
  readonly ownerEmail: string;
  readonly ownerProperty: string;
  readonly overwrite: Overwrite;
  readonly ifNotAssignable: IfNotAssignable;
  /** An owner id from HubSpot's owner picker, as given. */
  readonly fallbackOwner: string;
  /** The property's value as it came with the execution; undefined when it did not come, or is too old to be believed. */
  readonly currentValue: string | undefined;
};

export type RecordRef = { readonly objectType: ObjectTypeId; readonly objectId: ObjectId };

export type ExecutionKey = { readonly portalId: PortalId; readonly executionId: string };
