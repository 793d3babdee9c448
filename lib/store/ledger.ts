import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../domain/errors.ts';
import type { ActionResult } from '../domain/outcome.ts';
import type { ExecutionKey, ExecutionLedger, LedgerEntry, Now } from '../domain/ports.ts';
import { EXECUTION_LIFETIME_MS, executionKey, toEntry, toResultAttribute } from './execution-item.ts';
import { type Item, reachTable, type Table, toEpochSeconds } from './table.ts';

const IS_NEW = 'attribute_not_exists(pk)';
/** DynamoDB deletes expired items when it gets to it, so an item past its time counts as gone. */
const IS_EXPIRED = 'expiresAtEpochSeconds < :nowSeconds';
/** The delivery that held it died: its time is over and it never answered. */
const LEASE_IS_OVER = '(#state = :running AND leaseEndsAtEpochMs < :nowMs)';
/** It was queued, and HubSpot has long stopped waiting for it: whatever became of the message, this is a new beginning. */
const QUEUE_IS_OVER = '(#state = :queued AND queuedUntilEpochMs < :nowMs)';
const IS_MINE = '#state = :running AND writerId = :writerId';

/**
 * The execution ledger in DynamoDB.
 *
 *     (nothing) ──begin──▶ RUNNING ──complete──────────────────────────▶ DONE
 *         ▲                   │  ▲ │                                      ▲
 *         └─────release───────┘  │ └──leaveToQueue──▶ QUEUED ──(worker)───┘
 *                                begin, once the lease is over
 *
 * A conditional write whose reply is lost is sent again by the SDK and then fails its own condition. The writer id in the
 * item tells that case from a lost race.
 */
export function createExecutionLedger({ client, tableName: TableName }: Table, now: Now): ExecutionLedger {
  return { begin, complete, leaveToQueue, release };

  async function begin(
    key: ExecutionKey,
    writerId: string,
    payloadHash: string,
    leaseMs: number,
  ): Promise<LedgerEntry> {
    const nowMs = now();
    const command = new PutItemCommand({
      TableName,
      Item: {
        ...executionKey(key),
        state: { S: 'RUNNING' },
        writerId: { S: writerId },
        payloadHash: { S: payloadHash },
        leaseEndsAtEpochMs: { N: String(nowMs + leaseMs) },
        expiresAtEpochSeconds: toEpochSeconds(nowMs + EXECUTION_LIFETIME_MS),
      },
      ConditionExpression: `${IS_NEW} OR ${IS_EXPIRED} OR ${LEASE_IS_OVER} OR ${QUEUE_IS_OVER}`,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':running': { S: 'RUNNING' },
        ':queued': { S: 'QUEUED' },
        ':nowMs': { N: String(nowMs) },
        ':nowSeconds': { N: String(Math.floor(nowMs / 1000)) },
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    const existing = await putOrExisting(key, command);
    if (existing === undefined || existing.writerId?.S === writerId) return { kind: 'started' };
    return toEntry(existing);
  }

  async function complete(
    key: ExecutionKey,
    writerId: string,
    payloadHash: string,
    result: ActionResult,
  ): Promise<ActionResult> {
    const command = new UpdateItemCommand({
      TableName,
      Key: executionKey(key),
      UpdateExpression: 'SET #state = :done, #result = :result REMOVE leaseEndsAtEpochMs',
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: { '#state': 'state', '#result': 'result' },
      ExpressionAttributeValues: {
        ':running': { S: 'RUNNING' },
        ':done': { S: 'DONE' },
        ':writerId': { S: writerId },
        ':result': toResultAttribute(result),
      },
    });
    try {
      await reachTable(client.send(command));
      return result;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Either our own write went through unheard, or another delivery took over and answered: both stand in the item.
      const standing = await readConsistently(key);
      const entry = standing === undefined ? undefined : toEntry(standing);
      return entry?.kind === 'done' && entry.payloadHash === payloadHash ? entry.result : result;
    }
  }

  async function leaveToQueue(key: ExecutionKey, writerId: string, untilEpochMs: number) {
    const command = new UpdateItemCommand({
      TableName,
      Key: executionKey(key),
      UpdateExpression: 'SET #state = :queued, queuedUntilEpochMs = :until REMOVE leaseEndsAtEpochMs',
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':running': { S: 'RUNNING' },
        ':queued': { S: 'QUEUED' },
        ':writerId': { S: writerId },
        ':until': { N: String(untilEpochMs) },
      },
    });
    try {
      await reachTable(client.send(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Our own write went through unheard, another delivery took over, or the queue was faster.
      const standing = await readConsistently(key);
      const entry = standing === undefined ? undefined : toEntry(standing);
      return entry?.kind === 'done' ? entry.result : undefined;
    }
  }

  async function release(key: ExecutionKey, writerId: string): Promise<void> {
    const command = new DeleteItemCommand({
      TableName,
      Key: executionKey(key),
      ConditionExpression: IS_MINE,
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':running': { S: 'RUNNING' }, ':writerId': { S: writerId } },
    });
    try {
      await reachTable(client.send(command));
    } catch (error) {
      // Not ours any more: somebody took over, or the first try of this very call went through unheard.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  /** Undefined when the item was written; otherwise the item that stood in the way. */
  async function putOrExisting(key: ExecutionKey, command: PutItemCommand): Promise<Item | undefined> {
    try {
      await reachTable(client.send(command));
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // Not every engine sends the old item along.
      const existing = error.Item ?? (await readConsistently(key));
      if (existing !== undefined) return existing;
      throw new StoreUnavailableError('the execution vanished between two calls', { cause: error });
    }
  }

  async function readConsistently(key: ExecutionKey): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName, Key: executionKey(key), ConsistentRead: true });
    return (await reachTable(client.send(command))).Item;
  }
}
