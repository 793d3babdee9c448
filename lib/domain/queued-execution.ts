import type { ObjectId, ObjectTypeId, OwnerId, PortalId } from './ids.ts';
import type { ActionResult } from './outcome.ts';
import type { ExecutionKey, RecordRefusal } from './ports.ts';
import type { SetOwnerCommand } from './set-owner-command.ts';

/**
 * How long HubSpot is asked to keep a queued execution waiting (`hs_expiration_duration`, custom workflow actions guide, read
 * 2026-11-23). Longer than the worst that passes by itself, a daily limit that is spent until the next midnight.
 */
export const BLOCK_DURATION = 'P2D';
export const BLOCK_MS = 2 * 86_400_000;
/** So long before HubSpot gives up, an execution that still waits is ended with an error that the workflow can see. */
export const LAST_CALL_MS = 30 * 60_000;

/** An execution that waits in the queue. HubSpot keeps the enrolment waiting until its callback is completed. */
export type QueuedExecution = {
  /** The execution id is HubSpot's callback id. */
  readonly key: ExecutionKey;
  readonly payloadHash: string;
  readonly command: SetOwnerCommand;
  readonly queuedAtEpochMs: number;
  /** When HubSpot gives up waiting. After that nothing may be written. */
  readonly blockEndsAtEpochMs: number;
  /** How often it was put back because HubSpot could not be asked. */
  readonly returns: number;
};

export type Delayed = { readonly execution: QueuedExecution; readonly delaySeconds: number };

/** Where executions wait, at least once each and in no order. */
export type AssignQueue = {
  /** Whether the execution fits into a message. Few do not: those with a very long value for an email. */
  canCarry(execution: QueuedExecution): boolean;
  /**
   * Each is delivered after its delay (0–900 seconds).
   * @returns those that could not be queued
   * @throws {QueueUnavailableError} when none could
   */
  send(delayed: readonly Delayed[]): Promise<readonly QueuedExecution[]>;
};

/** Emails are in messages as this makes them, and in no other way: who may read a queue reads no address of anybody. */
export type EmailSeal = {
  /** Text without white space. */
  seal(portalId: PortalId, email: string): string;
  /** @throws when it was sealed with a secret that is neither the current nor the previous one, or for another portal */
  open(portalId: PortalId, sealed: string): string;
};

/** The part of the execution ledger that the worker needs. */
export type QueuedResults = {
  /** The results of those that are done, by execution id. */
  find(portalId: PortalId, executionIds: readonly string[]): Promise<ReadonlyMap<string, ActionResult>>;
  /** Records results of executions that had none. Safe to repeat. */
  settle(settled: readonly SettledExecution[]): Promise<void>;
};

export type SettledExecution = { readonly execution: QueuedExecution; readonly result: ActionResult };

/** Which callbacks are about to be completed by one call, for whoever takes over from a worker that did not hear its end. */
export type Tellings = {
  /** @returns the call's id, to end it by */
  note(portalId: PortalId, callbackIds: readonly string[]): Promise<string>;
  end(portalId: PortalId, callId: string, end: CallEnd): Promise<void>;
  /**
   * By callback id, the last call that may have completed it, of those that were noted since then.
   * @param exceptCallId a call that is left out
   */
  find(portalId: PortalId, sinceEpochMs: number, exceptCallId?: string): Promise<ReadonlyMap<string, Telling>>;
};
/** `running`: nobody has said yet how it ended, and whoever made it may be dead. */
export type Telling = {
  readonly callId: string;
  readonly state: 'running' | Exclude<CallEnd, 'refused'>;
  readonly noteAgeMs: number;
  /** How many callbacks it was to complete. */
  readonly size: number;
  /** Another call before it may have completed the callback, too. */
  readonly isRepeated: boolean;
};
/** HubSpot completed all of them, refused the call and completed none by it, or did the one or the other unheard. */
export type CallEnd = 'completed' | 'refused' | 'unheard';

/** Whether executions of a portal may be queued at all. */
export type QueueConsent = {
  /** Completing a callback takes a scope that a portal may not have granted. */
  mayQueue(portalId: PortalId): Promise<boolean>;
  /** HubSpot refused to complete callbacks of the portal: nothing more is queued for a while. */
  withdraw(portalId: PortalId): Promise<void>;
};

export type CallbackCompletion = {
  readonly callbackId: string;
  /** Every declared output, and the state. */
  readonly outputFields: Readonly<Record<string, string>>;
};

/**
 * `refused`: HubSpot completed none, because it does not know one of them (any more, or yet). `unclear`: it says so, too, but after a
 * try without an answer, which may have completed all.
 */
export type CompletionAnswer = 'completed' | 'refused' | 'unclear';

/** HubSpot's callbacks. */
export type WorkflowCallbacks = {
  /** Completes all of them or none. From 1 to 100. Safe to repeat: one that is completed already is unknown. */
  complete(
    portalId: PortalId,
    completions: readonly CallbackCompletion[],
    deadlineEpochMs: number,
  ): Promise<CompletionAnswer>;
};

/** HubSpot refused a batch as a whole, so that nothing was done. */
export type BatchRefused = {
  readonly kind: 'refused';
  /** The reason, when it holds for each of the records: their type or the property. */
  readonly shared?: RecordRefusal;
};

/** The CRM's records, up to 100 of one type at a time. Ids are distinct. Safe to repeat. */
export type RecordBatches = {
  /**
   * Sets `property` of each record to an owner id, or clears it with `''`.
   * @returns those that hold their value now; nothing is known of the others
   */
  writeOwners(
    portalId: PortalId,
    objectType: ObjectTypeId,
    property: string,
    values: ReadonlyMap<ObjectId, OwnerId | ''>,
    deadlineEpochMs: number,
  ): Promise<{ readonly kind: 'answered'; readonly written: ReadonlySet<ObjectId> } | BatchRefused>;
  /** @returns what the records hold; nothing is known of those that are missing */
  readOwners(
    portalId: PortalId,
    objectType: ObjectTypeId,
    property: string,
    ids: readonly ObjectId[],
    deadlineEpochMs: number,
  ): Promise<{ readonly kind: 'answered'; readonly values: ReadonlyMap<ObjectId, string> } | BatchRefused>;
};
