import type { IfNotAssignable, Overwrite } from './assignment.ts';
import type { ObjectId, ObjectTypeId, PortalId } from './ids.ts';
import type { ActionResult } from './outcome.ts';
import type { RecordProperty } from './owner-property.ts';

/**
 * How long HubSpot keeps a queued execution waiting (`hs_expiration_duration`, custom workflow actions guide, read 2026-11-23).
 * It is longer than the longest outage that ends without help: a daily limit that is used up until midnight.
 */
export const BLOCK_DURATION = 'P2D';
export const BLOCK_MS = 2 * 86_400_000;
/** This long before HubSpot stops waiting, a queued execution is ended with an error that the workflow can see. */
export const EXPIRY_MARGIN_MS = 30 * 60_000;
/** This long before HubSpot stops waiting, an execution is ended even if its record could not be read. */
export const LAST_TRY_MARGIN_MS = EXPIRY_MARGIN_MS / 2;
/**
 * HubSpot gives, or gave, the same answer for a callback that it does not know yet as for a known one (developer forum, read
 * 2026-11-26). So we complete nothing earlier than this after the `BLOCK` answer.
 */
export const MIN_BLOCK_AGE_MS = 5_000;

/** An execution in the queue. HubSpot keeps the enrollment waiting until its callback is completed. */
export type QueuedExecution = {
  /** The execution ID is HubSpot's callback ID. */
  readonly key: ExecutionKey;
  readonly payloadHash: string;
  readonly command: SetOwnerCommand;
  readonly queuedAtEpochMs: number;
  /** When HubSpot stops waiting. Nothing may be written after that. */
  readonly expiresAtEpochMs: number;
  /** How often it was put back because HubSpot or the table was not available. */
  readonly requeueCount: number;
  /**
   * Above 0 after HubSpot refused a call that contained it: from then on it is completed alone. Counts how often it was put back
   * since.
   */
  readonly refusals: number;
  /**
   * It was put back with a result. `pending`: HubSpot still waits, because no completion reply was lost. `unconfirmed`: a reply
   * was or may have been lost.
   */
  readonly completion?: 'pending' | 'unconfirmed' | undefined;
  /** How often it returned from the dead-letter queue for a retry. */
  readonly deadLetterCount: number;
};

/** One callback may be in several messages. */
export function keyOf({ key }: QueuedExecution): string {
  return JSON.stringify([key.portalId, key.executionId]);
}

/** HubSpot no longer waits. */
export function isExpired({ expiresAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs;
}

/** It must be ended now, with the result that is available. */
export function isExpiring({ expiresAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= expiresAtEpochMs - EXPIRY_MARGIN_MS;
}

export type RecordedResult = {
  readonly result: ActionResult;
  /** When its result was recorded: the same time for all results of one batch. Undefined if it is recorded only now. */
  readonly recordedAtEpochMs?: number;
};
export type FinishedExecution = RecordedResult & { readonly execution: QueuedExecution };

/** When an execution was first seen. An owner that anybody set later is newer. */
export type Moment = {
  readonly firstSeenAtEpochMs: number;
  /** A repeated or queued execution. The record may have changed since it was sent, so it is read. */
  readonly isLate: boolean;
};

/** How long the properties that come with a first delivery are trusted. */
export const SNAPSHOT_LIFETIME_MS = 20_000;

/** What a workflow asks for, for one record. */
export type SetOwnerCommand = Moment & {
  readonly portalId: PortalId;
  readonly workflowId: string;
  readonly record: RecordRef;
  /** The text from the workflow. */
  readonly ownerEmail: string;
  readonly ownerProperty: string;
  readonly overwrite: Overwrite;
  readonly ifNotAssignable: IfNotAssignable;
  /** An owner ID from HubSpot's owner picker, as given. */
  readonly fallbackOwner: string;
  /** The property's value in the execution; undefined if it is absent or too old. */
  readonly currentValue: string | undefined;
};

/** The property that the command sets. */
export function targetOf({ portalId, record, ownerProperty }: SetOwnerCommand): RecordProperty {
  return { portalId, ...record, property: ownerProperty };
}

export type RecordRef = { readonly objectType: ObjectTypeId; readonly objectId: ObjectId };

export type ExecutionKey = { readonly portalId: PortalId; readonly executionId: string };
