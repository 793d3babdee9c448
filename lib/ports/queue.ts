import type { Digest } from '../domain/digest.ts';
import type { QueuedExecution } from '../domain/execution.ts';
import type { PortalId } from '../domain/ids.ts';
import type { RefreshJob } from '../domain/owner-sync.ts';
import type { HandoverJob } from './handovers.ts';

export type DelayedExecution = { readonly execution: QueuedExecution; readonly delaySeconds: number };

/** Where executions wait, at least once each and in no order. */
export type ExecutionQueue = {
  /** Whether the execution fits into a message. Few do not: those with a very long value for an email. */
  canCarry(execution: QueuedExecution): boolean;
  /**
   * Each is delivered after its delay (0–900 seconds).
   * @returns those that could not be queued
   * @throws {QueueUnavailableError} when none could
   */
  send(delayed: readonly DelayedExecution[]): Promise<readonly QueuedExecution[]>;
};

/** Emails are in messages as this makes them, and in no other way: who may read a queue reads no address of anybody. */
export type EmailCipher = {
  /** Text without white space. */
  encrypt(portalId: PortalId, email: string): string;
  /** @throws when it was encrypted with a secret that is neither the current nor the previous one, or for another portal */
  decrypt(portalId: PortalId, encrypted: string): string;
};

export type SyncQueue = {
  /** Queues orders; each is delivered `delaySeconds` (0–900) from now or later, at least once. */
  send(orders: readonly { readonly job: RefreshJob; readonly delaySeconds: number }[]): Promise<void>;
  /** Queues the deletion of everything that is kept of portals which left long ago, or are forgotten. */
  sendPurges(portalIds: readonly PortalId[], delaySeconds?: number): Promise<void>;
};

/** Whoever wants to hear of a night's run. */
export type DigestTopic = {
  /** @throws {DigestNotSentError} */
  publish(digest: Digest): Promise<void>;
};

/** Orders to work on handovers, beside those of the refresh. */
export type HandoverQueue = {
  /** Delivered `delaySeconds` (0–900) from now or later, at least once. */
  sendHandover(job: HandoverJob, delaySeconds: number): Promise<void>;
};
