import type { ExecutionKey, FinishedExecution, RecordedResult } from '../domain/execution.ts';
import type { OwnWrite } from '../domain/held-owner.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';

export type LedgerEntry =
  /** This delivery is the first, or took over from one that failed or died: it must finish with one of the other calls. */
  | { readonly kind: 'started'; readonly firstSeenAtEpochMs: number; readonly isFirstDelivery: boolean }
  | { readonly kind: 'running' }
  /** It waits in the queue, and HubSpot for its callback. */
  | { readonly kind: 'queued'; readonly payloadHash: string }
  | { readonly kind: 'done'; readonly payloadHash: string; readonly result: ActionResult };

/**
 * Remembers each execution's answer, so that a repeated delivery is answered like the first and has no effect.
 * `writerId` is unique to a delivery: it distinguishes a lost reply from a lost race.
 */
export type ExecutionLedger = {
  begin(key: ExecutionKey, delivery: LedgerDelivery): Promise<LedgerEntry>;
  /** Returns the result that stands, which is another delivery's when that one took over and finished first. */
  complete(key: ExecutionKey, writerId: string, payloadHash: string, result: ActionResult): Promise<ActionResult>;
  /**
   * Leaves the execution to the queue until then. Undefined, or the result when the queue was faster: its callback came
   * before HubSpot waited for it, so the result must be answered now.
   */
  leaveToQueue(key: ExecutionKey, writerId: string, untilEpochMs: number): Promise<ActionResult | undefined>;
  /**
   * Gives the execution back after a failure that may pass, so that the next delivery starts at once. When it was first seen
   * stays known.
   */
  release(key: ExecutionKey, writerId: string): Promise<void>;
  /** Leaves nothing of the execution behind: it belongs to a portal that was forgotten. */
  forget(key: ExecutionKey, writerId: string): Promise<void>;
};

export type LedgerDelivery = {
  readonly writerId: string;
  readonly payloadHash: string;
  /** By HubSpot's clock where that is known, because it is compared with times that HubSpot writes. */
  readonly sentAtEpochMs: number;
  readonly leaseMs: number;
  /** How long the entry is kept. Short where two executions cannot be distinguished for sure. */
  readonly lifetimeMs: number;
};

/** The part of the execution ledger that the worker needs. */
export type QueuedResults = {
  /** The results of those that are done, by execution id. */
  find(portalId: PortalId, executionIds: readonly string[]): Promise<ReadonlyMap<string, RecordedResult>>;
  /** Records results of executions that had none. Safe to repeat. */
  record(finished: readonly FinishedExecution[]): Promise<void>;
};

/**
 * What was done late for a portal, in the order of time and for some days: for executions that come later, or come again. A
 * batch of either is one item.
 */
export type WorkLog = {
  /** Before the owners are written, so that no crash leaves a write that nobody knows. */
  noteWrites(
    portalId: PortalId,
    writes: readonly Omit<OwnWrite, 'atEpochMs'>[],
    /** When the write began, where that is known only now. */
    beganAtEpochMs?: number,
  ): Promise<void>;
  findWrites(portalId: PortalId, sinceEpochMs: number): Promise<readonly OwnWrite[]>;
  /** After HubSpot said so. */
  noteCompleted(portalId: PortalId, callbackIds: readonly string[]): Promise<void>;
  findCompleted(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlySet<string>>;
  /** Before another `BLOCK` is answered: HubSpot may not have read the first one. */
  noteBlocked(portalId: PortalId, callbackIds: readonly string[]): Promise<void>;
  /** By callback id, when that was last. */
  findBlocked(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlyMap<string, number>>;
};

/** Whether executions of a portal may be queued at all. */
export type QueuePermission = {
  /** Completing a callback takes a scope that a portal may not have granted. */
  mayQueue(portalId: PortalId): Promise<boolean>;
  /** HubSpot refused to complete callbacks of the portal: nothing more is queued for a while. */
  revoke(portalId: PortalId): Promise<void>;
};
