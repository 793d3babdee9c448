import { farthestEpochMs } from '../../lib/domain/ages.ts';
import type { ExecutionKey } from '../../lib/domain/execution.ts';
import type { ActionResult } from '../../lib/domain/outcome.ts';
import type { ExecutionLedger } from '../../lib/ports/executions.ts';
import type { Now } from '../../lib/ports/telemetry.ts';
import { makeOutage, type Outage } from './outage.ts';

export type FakeExecutionLedger = ExecutionLedger & { readonly outage: Outage };

type Entry = {
  readonly writerId: string;
  readonly payloadHash: string;
  readonly firstSeenAtEpochMs: number;
  readonly firstWriterId: string;
  readonly leaseEndsAtEpochMs: number;
  readonly expiresAtEpochMs: number;
  readonly result?: ActionResult;
  readonly queuedUntilEpochMs?: number;
};

/** The execution ledger in a map: one thread, so every step is atomic. */
export function createFakeExecutionLedger(now: Now): FakeExecutionLedger {
  const entries = new Map<string, Entry>();
  const outage = makeOutage();
  const nameOf = ({ portalId, executionId }: ExecutionKey) => JSON.stringify([portalId, executionId]);
  const running = (key: ExecutionKey, writerId: string): Entry | undefined => {
    const entry = entries.get(nameOf(key));
    const isRunning = entry !== undefined && entry.result === undefined && entry.queuedUntilEpochMs === undefined;
    return isRunning && entry.writerId === writerId ? entry : undefined;
  };

  return {
    outage,
    async begin(key, { writerId, payloadHash, sentAtEpochMs, leaseMs, lifetimeMs }) {
      outage.check();
      const entry = entries.get(nameOf(key));
      const isStanding = entry !== undefined && entry.expiresAtEpochMs >= now();
      if (isStanding && entry.result !== undefined) {
        return { kind: 'done', payloadHash: entry.payloadHash, result: entry.result };
      }
      if (isStanding && entry.queuedUntilEpochMs !== undefined && entry.queuedUntilEpochMs >= now()) {
        return { kind: 'queued', payloadHash: entry.payloadHash };
      }
      if (
        isStanding &&
        entry.queuedUntilEpochMs === undefined &&
        entry.writerId !== writerId &&
        entry.leaseEndsAtEpochMs >= now() &&
        entry.leaseEndsAtEpochMs <= farthestEpochMs(now())
      )
        return { kind: 'running' };
      const firstSeenAtEpochMs = isStanding ? entry.firstSeenAtEpochMs : sentAtEpochMs;
      const firstWriterId = isStanding ? entry.firstWriterId : writerId;
      entries.set(nameOf(key), {
        writerId,
        payloadHash,
        firstSeenAtEpochMs,
        firstWriterId,
        leaseEndsAtEpochMs: now() + leaseMs,
        expiresAtEpochMs: now() + lifetimeMs,
      });
      return { kind: 'started', firstSeenAtEpochMs, isFirstDelivery: firstWriterId === writerId };
    },
    async complete(key, writerId, payloadHash, result) {
      outage.check();
      const mine = running(key, writerId);
      if (mine !== undefined) {
        entries.set(nameOf(key), { ...mine, result });
        return result;
      }
      const standing = entries.get(nameOf(key));
      return standing?.payloadHash === payloadHash ? (standing.result ?? result) : result;
    },
    async leaveToQueue(key, writerId, untilEpochMs) {
      outage.check();
      const mine = running(key, writerId);
      if (mine === undefined) return entries.get(nameOf(key))?.result;
      entries.set(nameOf(key), { ...mine, queuedUntilEpochMs: untilEpochMs });
      return undefined;
    },
    async release(key, writerId) {
      outage.check();
      const mine = running(key, writerId);
      if (mine !== undefined) entries.set(nameOf(key), { ...mine, writerId: '', leaseEndsAtEpochMs: 0 });
    },
    async forget(key, writerId) {
      outage.check();
      if (running(key, writerId) !== undefined) entries.delete(nameOf(key));
    },
  };
}
