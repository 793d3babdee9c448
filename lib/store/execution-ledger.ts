import { farthestEpochMs } from '../domain/ages.ts';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { ExecutionKey } from '../domain/execution.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { ExecutionLedger, LedgerDelivery, LedgerEntry } from '../ports/executions.ts';
import type { Now } from '../ports/telemetry.ts';
import { executionKey, toEntry, toResultAttribute, toStarted } from './execution-item.ts';
import { deleteItem, putItem, readItem, readStanding, type Update, updateItem } from './requests.ts';
import { farthestTime, type Item, readNumber, type Table, toEpochSeconds, toNumber } from './table.ts';

/** The delivery that held it crashed or released it, or its clock was wrong: its time is over and it never answered. */
const LEASE_IS_OVER = '(#state = :running AND (leaseEndsAtEpochMs < :nowMs OR leaseEndsAtEpochMs > :farthest))';
/** It was queued, and HubSpot has long stopped waiting for it: whatever happened to the message, it is processed again. */
const QUEUE_IS_OVER = '(#state = :queued AND queuedUntilEpochMs < :nowMs)';
const MAY_BEGIN = `attribute_not_exists(pk) OR (expiresAtEpochSeconds >= :nowSeconds AND (${LEASE_IS_OVER} OR ${QUEUE_IS_OVER}))`;
/** DynamoDB deletes expired items late, so an expired item counts as gone, including its first-seen moment. */
const IS_EXPIRED = 'expiresAtEpochSeconds < :nowSeconds';
const IS_MINE = '#state = :running AND writerId = :writerId';

/**
 * The execution ledger in DynamoDB.
 *
 *     (nothing) ──begin──▶ RUNNING ──complete──────────────────────────▶ DONE
 *                           ▲  │ │                                        ▲
 *                           │  │ └──leaveToQueue──▶ QUEUED ──(worker)─────┘
 *                  begin, after the lease is over or released (release)
 *
 * A released entry keeps its first-seen moment: it is RUNNING with a lease that is over, which earlier versions understand, too.
 *
 * The SDK repeats a conditional write whose reply is lost, and the repetition then fails its own condition. The writer ID in the
 * item distinguishes that case from a lost race.
 */
export function createExecutionLedger(table: Table, now: Now): ExecutionLedger {
  return {
    async begin(key, delivery) {
      const standing = await putNew(key, delivery);
      const { sentAtEpochMs } = delivery;
      if (standing === undefined) return { kind: 'started', firstSeenAtEpochMs: sentAtEpochMs, isFirstDelivery: true };
      if (standing.writerId?.S === delivery.writerId) return toStarted(standing, delivery.writerId);
      if (isHeld(standing, now())) return toEntry(standing);
      // Rows of earlier versions only say when their delivery would be over.
      const leaseEndsAt = readNumber(standing, 'leaseEndsAtEpochMs') || now() + delivery.leaseMs;
      const entry =
        (await tryToBegin(key, delivery, MAY_BEGIN, leaseEndsAt - delivery.leaseMs)) ??
        (await tryToBegin(key, delivery, IS_EXPIRED, sentAtEpochMs));
      if (entry === undefined) throw new StoreUnavailableError('the execution changed between two calls');
      return entry;
    },

    async complete(key, writerId, payloadHash, result) {
      const update = {
        UpdateExpression: 'SET #state = :done, #result = :result REMOVE leaseEndsAtEpochMs',
        ExpressionAttributeValues: { ':done': { S: 'DONE' }, ':result': toResultAttribute(result) },
      };
      const standing = await updateMine(key, writerId, update, { '#result': 'result' });
      // Either the reply to our own write was lost, or another delivery took over and answered. The item shows which.
      const entry = standing && toEntry(standing);
      return entry?.kind === 'done' && entry.payloadHash === payloadHash ? entry.result : result;
    },

    async leaveToQueue(key, writerId, untilEpochMs): Promise<ActionResult | undefined> {
      const standing = await updateMine(key, writerId, {
        UpdateExpression: 'SET #state = :queued, queuedUntilEpochMs = :until REMOVE leaseEndsAtEpochMs',
        ExpressionAttributeValues: { ':queued': { S: 'QUEUED' }, ':until': toNumber(untilEpochMs) },
      });
      // The reply to our own write was lost, another delivery took over, or the queue was faster.
      const entry = standing && toEntry(standing);
      return entry?.kind === 'done' ? entry.result : undefined;
    },

    async release(key, writerId) {
      // No longer ours: somebody took over, or the reply to the first try of this call was lost.
      await updateMine(key, writerId, {
        UpdateExpression: 'SET leaseEndsAtEpochMs = :zero REMOVE writerId',
        ExpressionAttributeValues: { ':zero': { N: '0' } },
      });
    },

    async forget(key, writerId) {
      await deleteItem(table, executionKey(key), {
        ConditionExpression: IS_MINE,
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':running': { S: 'RUNNING' }, ':writerId': { S: writerId } },
      });
    },
  };

  /** Undefined if there was no item; otherwise the existing item. Most executions are delivered once. */
  async function putNew(key: ExecutionKey, delivery: LedgerDelivery): Promise<Item | undefined> {
    const { writerId, payloadHash, sentAtEpochMs, leaseMs, lifetimeMs } = delivery;
    const nowMs = now();
    const item = {
      ...executionKey(key),
      state: { S: 'RUNNING' },
      writerId: { S: writerId },
      payloadHash: { S: payloadHash },
      leaseEndsAtEpochMs: toNumber(nowMs + leaseMs),
      expiresAtEpochSeconds: toEpochSeconds(nowMs + lifetimeMs),
      firstSeenAtEpochMs: toNumber(sentAtEpochMs),
      firstWriterId: { S: writerId },
    };
    const written = await putItem(table, item, {
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return written.isWritten ? undefined : readStanding(table, executionKey(key), written.standing);
  }

  /** Undefined where the condition does not hold, and what stands is expired or gone. */
  async function tryToBegin(
    key: ExecutionKey,
    { writerId, payloadHash, leaseMs, lifetimeMs }: LedgerDelivery,
    condition: string,
    seenAtEpochMs: number,
  ): Promise<LedgerEntry | undefined> {
    const nowMs = now();
    const nowSeconds = Math.floor(nowMs / 1000);
    const first = (name: string, value: string) =>
      condition === MAY_BEGIN ? `if_not_exists(${name}, ${value})` : value;
    const written = await updateItem(table, executionKey(key), {
      UpdateExpression: `SET #state = :running, writerId = :writerId, payloadHash = :payloadHash, leaseEndsAtEpochMs = :leaseEndsAt, expiresAtEpochSeconds = :expires, firstSeenAtEpochMs = ${first('firstSeenAtEpochMs', ':seenAt')}, firstWriterId = ${first('firstWriterId', ':writerId')} REMOVE queuedUntilEpochMs`,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':running': { S: 'RUNNING' },
        ':writerId': { S: writerId },
        ':payloadHash': { S: payloadHash },
        ':leaseEndsAt': toNumber(nowMs + leaseMs),
        ':expires': toEpochSeconds(nowMs + lifetimeMs),
        ':seenAt': toNumber(seenAtEpochMs),
        ':nowSeconds': toNumber(nowSeconds),
        ...(condition === MAY_BEGIN && {
          ':nowMs': toNumber(nowMs),
          ':farthest': farthestTime(now),
          ':queued': { S: 'QUEUED' },
        }),
      },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    if (written.isWritten) return toStarted(written.attributes, writerId);
    const standing = await readStanding(table, executionKey(key), written.standing);
    if ((readNumber(standing, 'expiresAtEpochSeconds') ?? 0) < nowSeconds) return undefined;
    return standing.writerId?.S === writerId ? toStarted(standing, writerId) : toEntry(standing);
  }

  /** Undefined if the item was changed; otherwise the existing item, if any. */
  async function updateMine(
    key: ExecutionKey,
    writerId: string,
    update: Omit<Update, 'ExpressionAttributeNames'>,
    names: Readonly<Record<string, string>> = {},
  ): Promise<Item | undefined> {
    const { isWritten } = await updateItem(table, executionKey(key), {
      ConditionExpression: IS_MINE,
      ...update,
      ExpressionAttributeNames: { '#state': 'state', ...names },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':running': { S: 'RUNNING' },
        ':writerId': { S: writerId },
      },
    });
    return isWritten ? undefined : readItem(table, executionKey(key));
  }
}

/** By another delivery that may still answer, by the queue, or by a result. */
function isHeld(item: Item, nowMs: number): boolean {
  const isExpired = (readNumber(item, 'expiresAtEpochSeconds') ?? 0) < Math.floor(nowMs / 1_000);
  if (isExpired) return false;
  if (item.state?.S === 'RUNNING') {
    const leaseEndsAt = readNumber(item, 'leaseEndsAtEpochMs') ?? 0;
    return leaseEndsAt >= nowMs && leaseEndsAt <= farthestEpochMs(nowMs);
  }
  return item.state?.S !== 'QUEUED' || (readNumber(item, 'queuedUntilEpochMs') ?? 0) >= nowMs;
}
