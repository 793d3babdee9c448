import type { PortalId } from '../../lib/domain/ids.ts';
import { FARTHEST_AHEAD_MS, type PauseReason, paceOf, type RateLimit } from '../../lib/domain/rate-limit.ts';
import type { RateBudget } from '../../lib/ports/store.ts';
import type { Now } from '../../lib/ports/telemetry.ts';

export type FakeBudgetRows = Map<PortalId, Row>;

type Row = {
  paidUntil: number;
  blockedUntil: number;
  block: PauseReason;
  limit: RateLimit | undefined;
  backlogUntil: number;
};

/** The rate budget in a map: one thread, so every step is atomic. Containers share it by sharing the rows. */
export function createFakeRateBudget(now: Now, rows: FakeBudgetRows = new Map()): RateBudget {
  const rowOf = (portalId: PortalId): Row => {
    const row = rows.get(portalId) ?? {
      paidUntil: 0,
      blockedUntil: 0,
      block: { kind: 'limit' },
      limit: undefined,
      backlogUntil: 0,
    };
    rows.set(portalId, row);
    // Written by a clock that was wrong.
    for (const name of ['paidUntil', 'blockedUntil', 'backlogUntil'] as const) {
      if (row[name] > now() + FARTHEST_AHEAD_MS) row[name] = 0;
    }
    return row;
  };
  return {
    async take(portalId, count, priority, known) {
      const row = rowOf(portalId);
      const limit = row.limit ?? known;
      if (row.blockedUntil > now())
        return { kind: 'refused', waitMs: row.blockedUntil - now(), pausedFor: row.block, limit };
      if (priority === 'deferrable' && row.backlogUntil > now()) {
        return { kind: 'refused', waitMs: row.backlogUntil - now(), pausedFor: undefined, isBacklog: true, limit };
      }
      const { intervalMs, toleranceMs } = paceOf(limit);
      const paid = Math.max(row.paidUntil, now()) + count * intervalMs;
      const waitMs = paid - toleranceMs[priority] - now();
      if (waitMs > 0) return { kind: 'refused', waitMs, pausedFor: undefined, limit };
      row.paidUntil = paid;
      return { kind: 'granted', limit };
    },
    async learnLimit(portalId, limit) {
      rowOf(portalId).limit = limit;
    },
    async noteBacklog(portalId, untilEpochMs) {
      rowOf(portalId).backlogUntil = untilEpochMs;
    },
    async pause(portalId, untilEpochMs, reason) {
      const row = rowOf(portalId);
      if (untilEpochMs <= row.blockedUntil) return;
      row.blockedUntil = untilEpochMs;
      row.block = reason;
    },
  };
}

/** Gives every permit, unless the portal is blocked: for tests that are about something else. */
export function createOpenRateBudget(now: Now): RateBudget {
  const budget = createFakeRateBudget(now);
  return {
    ...budget,
    take: (portalId, _count, priority, limit) => budget.take(portalId, 0, priority, limit),
  };
}
