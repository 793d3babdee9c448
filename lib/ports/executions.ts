import type { ExecutionKey, FinishedExecution, RecordedResult } from '../domain/execution.ts';
import type { OwnWrite } from '../domain/held-owner.ts';
import type { PortalId } from '../domain/ids.ts';
import type { ActionResult } from '../domain/outcome.ts';

export type LedgerEntry =
  /** This delivery is the first, or took over from one that failed or crashed: it must finish with one of the other calls. */
  | { readonly kind: 'started'; readonly firstSeenAtEpochMs: number; readonly isFirstDelivery: boolean }
  | { readonly kind: 'running' }
  /** It waits in the queue, and HubSpot waits for its callback. */
  | { readonly kind: 'queued'; readonly payloadHash: string }
  | { readonly kind: 'done'; readonly payloadHash: string; readonly result: ActionResult };

/**
 * Remembers each execution's answer, so that a repeated delivery gets the first answer and has no effect. `writerId` is unique to
 * a delivery: it distinguishes a lost reply from a lost race.
 */
export type ExecutionLedger = {
  begin(key: ExecutionKey, delivery: LedgerDelivery): Promise<LedgerEntry>;
  /** Returns the final result, which is another delivery's if that one took over and finished first. */
  complete(key: ExecutionKey, writerId: string, payloadHash: string, result: ActionResult): Promise<ActionResult>;
  /**
   * Leaves the execution to the queue until `untilEpochMs`. Undefined, or the result if the queue was faster: its callback came
   * before HubSpot waited for it, so the result must be answered now.
   */
  leaveToQueue(key: ExecutionKey, writerId: string, untilEpochMs: number): Promise<ActionResult | undefined>;
  /**
   * Releases the execution after a temporary failure, so that the next delivery starts immediately. Its first-seen moment is
   * kept.
   */
  release(key: ExecutionKey, writerId: string): Promise<void>;
  /** Deletes the execution's entry, because its portal was deleted. */
  forget(key: ExecutionKey, writerId: string): Promise<void>;
};

export type LedgerDelivery = {
  readonly writerId: string;
  readonly payloadHash: string;
  /** By HubSpot's clock if known, because it is compared with HubSpot's times. */
  readonly sentAtEpochMs: number;
  readonly leaseMs: number;
  /** How long the entry is kept. Short if two executions cannot be distinguished reliably. */
  readonly lifetimeMs: number;
};

/** The part of the execution ledger that the worker needs. */
export type QueuedResults = {
  /** The results of finished executions, by execution ID. */
  find(portalId: PortalId, executionIds: readonly string[]): Promise<ReadonlyMap<string, RecordedResult>>;
  /** Records new results. Safe to repeat. */
  record(finished: readonly FinishedExecution[]): Promise<void>;
};

/**
 * The late work for a portal, sorted by time and kept for four days, for executions that come later or again. A batch of one kind
 * is one item.
 */
export type WorkLog = {
  /** Called before the owners are written, so that a crash leaves no unknown write. */
  noteWrites(
    portalId: PortalId,
    writes: readonly Omit<OwnWrite, 'atEpochMs'>[],
    /** When the write began, if that is known only afterwards. */
    beganAtEpochMs?: number,
  ): Promise<void>;
  findWrites(portalId: PortalId, sinceEpochMs: number): Promise<readonly OwnWrite[]>;
  /** Called after HubSpot confirmed them. */
  noteCompleted(portalId: PortalId, callbackIds: readonly string[]): Promise<void>;
  findCompleted(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlySet<string>>;
  /** Called before a `BLOCK` that is answered again or late. */
  noteBlocked(portalId: PortalId, callbackIds: readonly string[]): Promise<void>;
  /** The last time by callback ID. */
  findBlocked(portalId: PortalId, sinceEpochMs: number): Promise<ReadonlyMap<string, number>>;
};

/** Whether executions of a portal may be queued. */
export type QueuePermission = {
  /** Completing a callback needs a scope that the portal may not have granted. */
  mayQueue(portalId: PortalId): Promise<boolean>;
  /** HubSpot refused to complete callbacks of the portal: nothing is queued for a while. */
  revoke(portalId: PortalId): Promise<void>;
};
