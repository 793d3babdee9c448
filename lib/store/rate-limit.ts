import { RATE_LIMIT_ROW_MS } from '../domain/ages.ts';
import type { PortalId } from '../domain/ids.ts';
import { LruMap } from '../domain/lru-map.ts';
import { FARTHEST_AHEAD_MS, type PauseReason, type Priority, paceOf, type RateLimit } from '../domain/rate-limit.ts';
import type { PermitAnswer, RateBudget } from '../ports/store.ts';
import type { Now } from '../ports/telemetry.ts';
import { rowKey } from './keys.ts';
import { readStanding, type Update, updateItem } from './requests.ts';
import { type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

const MAX_TRIES = 4;
/** Stored instead of a fault's word. */
const LIMIT = 'limit';

const isPassed = (name: string) => `(attribute_not_exists(${name}) OR ${name} <= :now OR ${name} > :farthest)`;
const NOT_BLOCKED = isPassed('blockedUntilEpochMs');
const NO_BACKLOG = isPassed('backlogUntilEpochMs');
/** The permits so far last beyond now, so the next ones come after them. */
const IS_BUSY = 'paidUntilEpochMs >= :now AND paidUntilEpochMs <= :latest';
const IS_IDLE = '(attribute_not_exists(paidUntilEpochMs) OR paidUntilEpochMs < :now OR paidUntilEpochMs > :farthest)';

/**
 * The rate budget in DynamoDB, one item a portal. `paidUntilEpochMs` is the theoretical arrival time of the algorithm: every
 * permit adds one interval to it, and a permit that would move it too far ahead of now is refused.
 *
 * DynamoDB checks and adds in one conditional write. Nobody reads first and writes then, so containers that ask at the same
 * moment do not disturb each other: all permits that fit are given.
 */
export function createRateBudget(table: Table, now: Now): RateBudget {
  /** The last value that this container saw. From it, it guesses whether to add to the paid time or to start again from now. */
  const lastPaidUntil = new LruMap<PortalId, number>();
  return { take, learnLimit, noteBacklog, pause };

  async function take(portalId: PortalId, count: number, priority: Priority, known: RateLimit): Promise<PermitAnswer> {
    let limit = known;
    let isIdle = (lastPaidUntil.get(portalId) ?? 0) < now();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const { intervalMs, toleranceMs } = paceOf(limit);
      const nowMs = now();
      const cost = count * intervalMs;
      const latest = nowMs + toleranceMs[priority] - cost;
      // More than fit at once are refused even if nobody else has taken any.
      const fits = latest >= nowMs;
      const moved = await move(portalId, priority, { nowMs, cost, latest, isIdle: isIdle && fits });
      lastPaidUntil.set(portalId, readNumber(moved.item, 'paidUntilEpochMs') ?? 0);
      if (moved.kind === 'done') return { kind: 'granted', limit: readLimit(moved.item) ?? limit };
      const { item: standing } = moved;
      const readMoment = (name: string) => {
        const epochMs = readNumber(standing, name) ?? 0;
        return epochMs > nowMs + FARTHEST_AHEAD_MS ? 0 : epochMs;
      };
      const blockedUntil = readMoment('blockedUntilEpochMs');
      const paidUntil = readMoment('paidUntilEpochMs');
      const shared = readLimit(standing) ?? limit;
      const isNews = shared.calls !== limit.calls || shared.windowMs !== limit.windowMs;
      limit = shared;
      if (blockedUntil > nowMs) {
        return { kind: 'refused', waitMs: blockedUntil - nowMs, pausedFor: readBlock(standing), limit };
      }
      const backlogUntil = readMoment('backlogUntilEpochMs');
      if (priority === 'deferrable' && backlogUntil > nowMs) {
        return { kind: 'refused', waitMs: backlogUntil - nowMs, pausedFor: undefined, isBacklog: true, limit };
      }
      isIdle = paidUntil < nowMs;
      if (isNews || (fits && (isIdle || paidUntil <= latest))) continue;
      return { kind: 'refused', waitMs: Math.max(paidUntil, nowMs) - latest, pausedFor: undefined, limit };
    }
    // Others were faster every time, so there is a queue: ask again when the next permit is free.
    return { kind: 'refused', waitMs: paceOf(limit).intervalMs, pausedFor: undefined, limit };
  }

  async function learnLimit(portalId: PortalId, { calls, windowMs }: RateLimit): Promise<void> {
    await update(portalId, {
      UpdateExpression: 'SET limitCalls = :calls, limitWindowMs = :window, expiresAtEpochSeconds = :expires',
      ExpressionAttributeValues: {
        ':calls': toNumber(calls),
        ':window': toNumber(windowMs),
        ':expires': toEpochSeconds(now() + RATE_LIMIT_ROW_MS),
      },
    });
  }

  async function noteBacklog(portalId: PortalId, untilEpochMs: number): Promise<void> {
    await update(portalId, {
      UpdateExpression: 'SET backlogUntilEpochMs = :until, expiresAtEpochSeconds = :expires',
      ExpressionAttributeValues: {
        ':until': toNumber(untilEpochMs),
        ':expires': toEpochSeconds(untilEpochMs + RATE_LIMIT_ROW_MS),
      },
    });
  }

  async function pause(portalId: PortalId, untilEpochMs: number, reason: PauseReason): Promise<void> {
    await update(portalId, {
      UpdateExpression: 'SET blockedUntilEpochMs = :until, blockReason = :reason, expiresAtEpochSeconds = :expires',
      ConditionExpression:
        'attribute_not_exists(blockedUntilEpochMs) OR blockedUntilEpochMs < :until OR blockedUntilEpochMs > :farthest',
      ExpressionAttributeValues: {
        ':until': toNumber(untilEpochMs),
        ':farthest': toNumber(now() + FARTHEST_AHEAD_MS),
        ':reason': { S: reason.kind === 'limit' ? LIMIT : reason.fault },
        ':expires': toEpochSeconds(untilEpochMs + RATE_LIMIT_ROW_MS),
      },
    });
  }

  function move(
    portalId: PortalId,
    priority: Priority,
    { nowMs, cost, latest, isIdle }: { nowMs: number; cost: number; latest: number; isIdle: boolean },
  ): Promise<Updated> {
    const paid = isIdle ? ':paid' : 'paidUntilEpochMs + :cost';
    return update(portalId, {
      UpdateExpression: `SET paidUntilEpochMs = ${paid}, expiresAtEpochSeconds = :expires`,
      ConditionExpression: [
        isIdle ? IS_IDLE : IS_BUSY,
        NOT_BLOCKED,
        ...(priority === 'deferrable' ? [NO_BACKLOG] : []),
      ].join(' AND '),
      ExpressionAttributeValues: {
        ':now': toNumber(nowMs),
        ':farthest': toNumber(nowMs + FARTHEST_AHEAD_MS),
        ':expires': toEpochSeconds(nowMs + RATE_LIMIT_ROW_MS),
        ...(isIdle ? { ':paid': toNumber(nowMs + cost) } : { ':cost': toNumber(cost), ':latest': toNumber(latest) }),
      },
      // Includes the limit, so that a container that does not know it need not learn it from a call.
      ReturnValues: 'ALL_NEW',
    });
  }

  async function update(portalId: PortalId, input: Update): Promise<Updated> {
    const key = rowKey(portalId, 'budget');
    const written = await updateItem(table, key, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD', ...input });
    if (written.isWritten) return { kind: 'done', item: written.attributes };
    return { kind: 'refused', item: await readStanding(table, key, written.standing) };
  }
}

/** `item`: the new item, or the one that prevented the write. */
type Updated = { readonly kind: 'done' | 'refused'; readonly item: Item };

function readLimit(item: Item): RateLimit | undefined {
  const calls = readNumber(item, 'limitCalls');
  const windowMs = readNumber(item, 'limitWindowMs');
  return calls === undefined || windowMs === undefined ? undefined : { calls, windowMs };
}

function readBlock(item: Item): PauseReason {
  const reason = item.blockReason?.S ?? LIMIT;
  return reason === LIMIT ? { kind: 'limit' } : { kind: 'fault', fault: reason };
}
