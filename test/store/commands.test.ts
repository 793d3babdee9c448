import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { toEmail, toPortalId } from '../builders/ids.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

/** The exact words of the calls whose meaning hangs on a word: conditions, consistency, and the keys that are read. */
const dynamoDb = mockClient(DynamoDBClient);
const table = { client: new DynamoDBClient({}), tableName: 'owners' };
const ledger = createExecutionLedger(table, () => START_EPOCH_MS);
const key = { portalId: toPortalId(1), executionId: 'ap-1-2-3-4' };

beforeEach(() => {
  dynamoDb.reset();
});

it('The ledger begins an execution that nobody has seen with a single write', async () => {
  dynamoDb.on(PutItemCommand).resolves({});

  await ledger.begin(key, makeLedgerDelivery('writer-1'));

  expect(dynamoDb.calls().map(({ args }) => args[0].input)).toMatchObject([
    {
      TableName: 'owners',
      Item: {
        pk: { S: 'portal#1#execution#ap-1-2-3-4' },
        writerId: { S: 'writer-1' },
        leaseEndsAtEpochMs: { N: String(START_EPOCH_MS + 15_000) },
        expiresAtEpochSeconds: { N: String(START_EPOCH_MS / 1000 + 9 * 86_400) },
        firstSeenAtEpochMs: { N: String(START_EPOCH_MS) },
      },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  ]);
});

it('The ledger takes an execution over only when it is expired, or its lease or its time in the queue is over', async () => {
  const refused = new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
  dynamoDb.on(PutItemCommand).rejects(refused);
  dynamoDb.on(GetItemCommand).resolves({});
  dynamoDb.on(UpdateItemCommand).resolves({});

  await ledger.begin(key, makeLedgerDelivery('writer-1'));

  expect(dynamoDb.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
    TableName: 'owners',
    Key: { pk: { S: 'portal#1#execution#ap-1-2-3-4' } },
    UpdateExpression: expect.stringContaining('firstSeenAtEpochMs = if_not_exists(firstSeenAtEpochMs, :seenAt)'),
    ConditionExpression:
      'attribute_not_exists(pk) OR (expiresAtEpochSeconds >= :nowSeconds AND ((#state = :running AND (leaseEndsAtEpochMs < :nowMs OR leaseEndsAtEpochMs > :farthest)) OR (#state = :queued AND queuedUntilEpochMs < :nowMs)))',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ExpressionAttributeValues: {
      ':writerId': { S: 'writer-1' },
      ':leaseEndsAt': { N: String(START_EPOCH_MS + 15_000) },
      ':expires': { N: String(START_EPOCH_MS / 1000 + 9 * 86_400) },
    },
  });
});

it('The ledger completes an execution only for the writer that holds it', async () => {
  dynamoDb.on(UpdateItemCommand).resolves({});

  await ledger.complete(key, 'writer-1', 'hash', { outcome: 'CLEARED' });

  expect(dynamoDb.commandCalls(UpdateItemCommand)[0]?.args[0].input).toMatchObject({
    ConditionExpression: '#state = :running AND writerId = :writerId',
    ExpressionAttributeValues: { ':writerId': { S: 'writer-1' }, ':result': { S: '{"outcome":"CLEARED"}' } },
  });
});

it('The owner cache finds owners by one key read each, as the row is now', async () => {
  dynamoDb.on(GetItemCommand).resolves({});
  const cache = createOwnerCache(table, () => START_EPOCH_MS);

  await cache.findByEmail(toPortalId(1), toEmail('jane@example.com'));

  const inputs = dynamoDb.commandCalls(GetItemCommand).map(({ args }) => args[0].input);
  expect(inputs).toEqual([
    {
      TableName: 'owners',
      Key: { pk: { S: 'portal#1#email#jane@example.com' }, sk: { S: 'email' } },
      ConsistentRead: true,
    },
  ]);
});
