import type { Digest } from '../domain/digest.ts';
import type { QueuedExecution } from '../domain/execution.ts';
import type { PortalId } from '../domain/ids.ts';
import type { RefreshJob } from '../domain/owner-sync.ts';
import type { HandoverJob } from './handovers.ts';

export type DelayedExecution = { readonly execution: QueuedExecution; readonly delaySeconds: number };

/** The queue of executions, delivered at least once and in any order. */
export type ExecutionQueue = {
  /** Whether the execution fits into a message. Only very long values in place of an email do not. */
  canCarry(execution: QueuedExecution): boolean;
  /**
   * Each is delivered after its delay (0–900 seconds).
   * @returns those that could not be queued
   * @throws {QueueUnavailableError} if none could be queued
   */
  send(delayed: readonly DelayedExecution[]): Promise<readonly QueuedExecution[]>;
};

/** Encrypts the emails in messages, so that somebody who can read a queue reads no addresses. */
export type EmailCipher = {
  /** Text without white space. */
  encrypt(portalId: PortalId, email: string): string;
  /** @throws if it was encrypted with a secret that is neither the current nor the previous one, or for another portal */
  decrypt(portalId: PortalId, encrypted: string): string;
};

export type SyncQueue = {
  /** Queues jobs; each is delivered after `delaySeconds` (0–900) or later, at least once. */
  send(orders: readonly { readonly job: RefreshJob; readonly delaySeconds: number }[]): Promise<void>;
  /** Queues the deletion of all data of portals that left long ago or were deleted on request. */
  sendPurges(portalIds: readonly PortalId[], delaySeconds?: number): Promise<void>;
};

/** The receivers of the nightly digest. */
export type DigestTopic = {
  /** @throws {DigestNotSentError} */
  publish(digest: Digest): Promise<void>;
};

/** Jobs to work on handovers, in the queue of the refresh. */
export type HandoverQueue = {
  /** Delivered after `delaySeconds` (0–900) or later, at least once. */
  sendHandover(job: HandoverJob, delaySeconds: number): Promise<void>;
};
