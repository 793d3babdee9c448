import type { AppError } from './errors.ts';
import type { OwnerReading, OwnWrite } from './held-owner.ts';
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
/**
 * HubSpot answers for a callback that it does not know yet as for one that it knows, or did so (developer forum, read
 * 2026-11-26). So nothing is completed sooner than this after it was answered with BLOCK.
 */
export const MIN_BLOCK_AGE_MS = 5_000;

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
  /** How often HubSpot refused to complete it together with others, and it was put back. */
  readonly refusals: number;
  /**
   * It was put back with a result. `pending`: HubSpot waits for it, for no reply to a completion was lost. `unconfirmed`: one
   * was, or may have been.
   */
  readonly completion?: 'pending' | 'unconfirmed' | undefined;
  /** How often it came out of the dead-letter queue to be tried again. */
  readonly strandings: number;
};

/** One callback may be in several messages. */
export function keyOf({ key }: QueuedExecution): string {
  return JSON.stringify([key.portalId, key.executionId]);
}

/** HubSpot does not wait any more. */
export function isOver({ blockEndsAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= blockEndsAtEpochMs;
}

/** It is ended now, with whatever can be said of it. */
export function isEnding({ blockEndsAtEpochMs }: QueuedExecution, nowEpochMs: number): boolean {
  return nowEpochMs >= blockEndsAtEpochMs - LAST_CALL_MS;
}

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
  find(portalId: PortalId, executionIds: readonly string[]): Promise<ReadonlyMap<string, Settled>>;
  /** Records results of executions that had none. Safe to repeat. */
  settle(settled: readonly SettledExecution[]): Promise<void>;
};

export type Settled = {
  readonly result: ActionResult;
  /** When its result was recorded, the same for all that were recorded together. Undefined where that happens only now. */
  readonly settledAtEpochMs?: number;
};
export type SettledExecution = Settled & { readonly execution: QueuedExecution };

/**
 * What was done late for a portal, in the order of time and for some days: for executions that come later, or come again. A
 * batch of either is one item.
 */
export type WorkLog = {
  /** Before the owners are written, so that no crash leaves a write that nobody knows. */
  noteWrites(portalId: PortalId, writes: readonly Omit<OwnWrite, 'atEpochMs'>[]): Promise<void>;
  findWrites(portalId: PortalId, sinceEpochMs: number): Promise<readonly OwnWrite[]>;
  /** After HubSpot said so. */
  noteCompleted(portalId: PortalId, callbackIds: readonly string[]): Promise<void>;
  findCompleted(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlySet<string>>;
  /** Probably completed, and somebody will make sure. */
  noteUnconfirmed(portalId: PortalId, callbackIds: readonly string[]): Promise<void>;
  findUnconfirmed(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlySet<string>>;
};

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
 * `unknown`: HubSpot does not know at least one of them (any more, or yet). `invalid`: it refuses the call for another reason.
 * `unclear`: it says neither that all are completed nor that none is; only those it names are. `tooSoon`: there was no call, or
 * HubSpot refused it for its limit.
 */
export type CompletionAnswer = (
  | { readonly kind: 'completed' | 'unknown' | 'invalid' }
  | { readonly kind: 'unclear'; readonly completed: ReadonlySet<string> }
  | { readonly kind: 'tooSoon'; readonly cause: AppError }
) & {
  /** A try before this one had no answer, and may have had its effect. */
  readonly isRepeat: boolean;
};

/** HubSpot's callbacks. */
export type WorkflowCallbacks = {
  /** From 1 to 100. Which of them a refused call completes is not documented. */
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
    /** Reads when the property changed from its history; 50 records at most. */
    withHistory?: boolean,
  ): Promise<{ readonly kind: 'answered'; readonly owners: ReadonlyMap<ObjectId, OwnerReading> } | BatchRefused>;
};
