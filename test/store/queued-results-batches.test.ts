import { setImmediate } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { createQueuedResults } from '../../lib/store/queued-results.ts';
import { PORTAL_A } from '../builders/ids.ts';
import { makeQueued } from '../builders/queued-execution.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `ap-${index}`);

describe('A table without capacity', () => {
  const dynamoDb = mockClient(DynamoDBClient);
  const TABLE = 'owners';
  const slept: number[] = [];
  const results = createQueuedResults(
    { client: new DynamoDBClient({}), tableName: TABLE },
    { now: () => START_EPOCH_MS, sleep: async (ms) => void slept.push(ms), random: () => 0.5 },
  );
  /** What stands in the table, by partition. */
  const items = new Map<string, object>();

  beforeEach(() => {
    dynamoDb.reset();
    items.clear();
    slept.length = 0;
  });

  /** Serves so many of each call and hands the others back. */
  const writing = (most: number) => (input: BatchWriteItemCommandInput) => {
    const requests = input.RequestItems?.[TABLE] ?? [];
    expect(requests.length).toBeLessThanOrEqual(25);
    for (const { PutRequest } of requests.slice(0, most))
      items.set(PutRequest?.Item?.pk?.S ?? '', PutRequest?.Item ?? {});
    const left = requests.slice(most);
    return left.length === 0 ? {} : { UnprocessedItems: { [TABLE]: left } };
  };
  const reading = (most: number) => (input: BatchGetItemCommandInput) => {
    const { Keys = [], ConsistentRead } = input.RequestItems?.[TABLE] ?? {};
    expect(Keys.length).toBeLessThanOrEqual(100);
    expect(ConsistentRead).toBe(true);
    const found = Keys.slice(0, most).flatMap(({ pk }) => items.get(pk?.S ?? '') ?? []);
    const left = Keys.slice(most);
    return { Responses: { [TABLE]: found }, UnprocessedKeys: left.length === 0 ? {} : { [TABLE]: { Keys: left } } };
  };
  const settleAll = (ids: readonly string[]) =>
    results.record(
      ids.map((executionId) => ({
        execution: makeQueued({ key: { portalId: PORTAL_A, executionId } }),
        result: { outcome: 'CLEARED' },
      })),
    );

  it('[W15] When results could not be recorded, none is being recorded any more', async () => {
    let underWay = 0;
    dynamoDb.on(BatchWriteItemCommand).callsFake(async () => {
      underWay += 1;
      if (underWay === 1) throw new Error('away');
      await setImmediate();
      underWay -= 1;
      return {};
    });
    await expect(settleAll(idsOf(100))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    // The one that failed.
    expect(underWay).toBe(1);
  });

  it('[D5] A table without capacity gets every result written, with a pause before each further try', async () => {
    dynamoDb.on(BatchWriteItemCommand).callsFake(writing(7));
    await settleAll(idsOf(25));
    expect(items.size).toBe(25);
    expect(dynamoDb.commandCalls(BatchWriteItemCommand)).toHaveLength(4);
    expect(slept).toEqual([50, 100, 200]);
  });

  it('[D5] Every one of many batches of results is written to a table without capacity', async () => {
    dynamoDb.on(BatchWriteItemCommand).callsFake(writing(10));
    await settleAll(idsOf(250));
    expect(items.size).toBe(250);
  });

  it('[D5] Every result is read from a table without capacity', async () => {
    dynamoDb.on(BatchWriteItemCommand).callsFake(writing(25));
    dynamoDb.on(BatchGetItemCommand).callsFake(reading(30));
    const ids = idsOf(250);
    await settleAll(ids);
    expect([...(await results.find(PORTAL_A, ids)).keys()].sort()).toEqual(ids.toSorted());
    expect(slept).not.toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['write', () => settleAll(idsOf(2))],
    ['read', () => results.find(PORTAL_A, idsOf(2))],
  ])(
    '[D5] A table that never has capacity fails the %s rather than drop a result, after six tries',
    async (_call, work) => {
      dynamoDb.on(BatchWriteItemCommand).callsFake(writing(0));
      dynamoDb.on(BatchGetItemCommand).callsFake(reading(0));
      await expect(work()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
      expect(dynamoDb.calls()).toHaveLength(6);
    },
  );

  it('A table that cannot be reached is reported as unavailable', async () => {
    dynamoDb.onAnyCommand().rejects(new Error('away'));
    await expect(settleAll(['ap-1'])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(results.find(PORTAL_A, ['ap-1'])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
