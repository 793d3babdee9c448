import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ExecutionKey } from '../../lib/domain/execution.ts';
import { LOWEST_LIMIT, paceOf } from '../../lib/domain/rate-limit.ts';
import type { ExecutionLedger, QueuedResults } from '../../lib/ports/executions.ts';
import type { OwnerCache, Successors } from '../../lib/ports/store.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createQueuedResults } from '../../lib/store/queued-results.ts';
import { createRateBudget } from '../../lib/store/rate-limit.ts';
import { createSuccessors } from '../../lib/store/successors.ts';
import { createTableClient, type Table } from '../../lib/store/table.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeLedgerDelivery, makeQueued } from '../builders/queued-execution.ts';
import { type FakeClock, makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { type DynamoDbProxy, startDynamoDbProxy } from '../support/dynamodb-proxy.ts';

const KEY: ExecutionKey = { portalId: PORTAL_A, executionId: 'ap-8200001-1-7-0' };
const LEASE_MS = 15_000;
const RESULT = { outcome: 'ASSIGNED', ownerId: toOwnerId('1') } as const;
const JANE = toEmail('jane@example.com');

describe.each(ENGINES)('A store on an unreliable connection, on $name', ({ makeTable }) => {
  let proxy: DynamoDbProxy;
  let client: DynamoDBClient;
  let clock: FakeClock;
  let behindProxy: ExecutionLedger;
  let direct: ExecutionLedger;
  let cache: OwnerCache;
  let successors: Successors;
  let results: QueuedResults;
  let broken: Table;

  beforeEach(async () => {
    const table = await makeTable();
    proxy = await startDynamoDbProxy(await endpointOf(table.client));
    // The client of the action path itself: two tries and no more.
    process.env.AWS_ENDPOINT_URL_DYNAMODB = proxy.endpoint;
    client = createTableClient({ requestTimeoutMs: 5_000 });
    broken = { client, tableName: table.tableName };
    clock = makeClock();
    behindProxy = createExecutionLedger(broken, clock.now);
    direct = createExecutionLedger(table, clock.now);
    cache = createOwnerCache(broken, clock.now);
    successors = createSuccessors(broken);
    results = createQueuedResults(broken, { now: clock.now, sleep: clock.sleep, random: () => 0 });
  });

  afterEach(async () => {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    client.destroy();
    await proxy.close();
  });

  const begin = (ledger: ExecutionLedger, writerId: string) =>
    ledger.begin(KEY, makeLedgerDelivery(writerId, { leaseMs: LEASE_MS }));

  it('[D3, D4] The ledger recognizes its own begin when the reply to it was lost', async () => {
    proxy.script('PutItem', 'loseReply');
    expect(await begin(behindProxy, 'a')).toMatchObject({ kind: 'started', isFirstDelivery: true });
    expect(proxy.operations.filter((operation) => operation === 'PutItem')).toHaveLength(2);
    expect(await begin(direct, 'b')).toEqual({ kind: 'running' });
    expect(await behindProxy.complete(KEY, 'a', 'hash', RESULT)).toEqual(RESULT);
  });

  it('[D3] The ledger does not mistake a lost race for a lost reply', async () => {
    await begin(direct, 'first');
    proxy.script('PutItem', 'loseReply');
    expect(await begin(behindProxy, 'second')).toEqual({ kind: 'running' });
  });

  it('[D3, D4] The ledger knows that it took an execution over when the reply to that was lost', async () => {
    await begin(direct, 'first');
    clock.advance(LEASE_MS + 1);
    proxy.script('UpdateItem', 'loseReply');
    expect(await begin(behindProxy, 'second')).toMatchObject({ kind: 'started', isFirstDelivery: false });
    expect(await begin(direct, 'third')).toEqual({ kind: 'running' });
  });

  it('[D3, D4] The ledger recognizes its own answer when the reply to it was lost', async () => {
    await begin(behindProxy, 'a');
    proxy.script('UpdateItem', 'loseReply');
    expect(await behindProxy.complete(KEY, 'a', 'hash', RESULT)).toEqual(RESULT);
    expect(await begin(direct, 'b')).toEqual({ kind: 'done', payloadHash: 'hash', result: RESULT });
  });

  it('[D3, D4, Q9] The ledger knows that it left an execution to the queue when the reply to that was lost', async () => {
    await begin(behindProxy, 'a');
    proxy.script('UpdateItem', 'loseReply');
    const queuedUntil = clock.now() + LEASE_MS;
    expect(await behindProxy.leaveToQueue(KEY, 'a', queuedUntil)).toBeUndefined();
    expect(proxy.operations.filter((operation) => operation === 'UpdateItem')).toHaveLength(2);
    expect(await begin(direct, 'b')).toEqual({ kind: 'queued', payloadHash: 'hash' });
  });

  it('[D3, Q9] The ledger returns the result from the queue when the reply to leaving it to the queue was lost', async () => {
    await begin(behindProxy, 'a');
    proxy.script('UpdateItem', 'loseReply');
    const left = behindProxy.leaveToQueue(KEY, 'a', clock.now() + LEASE_MS);
    await expect(left).resolves.toBeUndefined();
    await results.record([{ execution: makeQueued({ key: KEY, payloadHash: 'hash' }), result: RESULT }]);
    expect(await behindProxy.leaveToQueue(KEY, 'a', clock.now() + LEASE_MS)).toEqual(RESULT);
  });

  it('[D3] Recording a queued result twice has the same effect as recording it once', async () => {
    const settled = [{ execution: makeQueued({ key: KEY, payloadHash: 'hash' }), result: RESULT }];
    proxy.script('BatchWriteItem', 'loseReply');
    await results.record(settled);
    expect(proxy.operations.filter((operation) => operation === 'BatchWriteItem')).toHaveLength(2);
    const found = await results.find(PORTAL_A, [KEY.executionId]);
    expect(found.get(KEY.executionId)?.result).toEqual(RESULT);
    expect(await begin(direct, 'b')).toEqual({ kind: 'done', payloadHash: 'hash', result: RESULT });
  });

  /** Of the two permits that a lost reply may take, one is never used: too few calls are made, never too many. */
  it('[D3, Q17] A permit whose reply was lost is taken twice at most, and the limit recovers with time', async () => {
    const budget = createRateBudget(broken, clock.now);
    const { intervalMs, toleranceMs } = paceOf(LOWEST_LIMIT);
    await budget.take(PORTAL_A, 1, 'interactive', LOWEST_LIMIT);
    proxy.script('UpdateItem', 'loseReply');
    expect(await budget.take(PORTAL_A, 1, 'interactive', LOWEST_LIMIT)).toMatchObject({ kind: 'granted' });
    const rest = toleranceMs.interactive / intervalMs - 3;
    expect(await budget.take(PORTAL_A, rest, 'interactive', LOWEST_LIMIT)).toMatchObject({ kind: 'granted' });
    expect(await budget.take(PORTAL_A, 1, 'interactive', LOWEST_LIMIT)).toMatchObject({ kind: 'refused' });
    clock.advance(intervalMs);
    expect(await budget.take(PORTAL_A, 1, 'interactive', LOWEST_LIMIT)).toMatchObject({ kind: 'granted' });
  });

  it('[D3] Releasing an execution succeeds when the reply to it was lost', async () => {
    await begin(behindProxy, 'a');
    proxy.script('UpdateItem', 'loseReply');
    await behindProxy.release(KEY, 'a');
    expect(await begin(direct, 'b')).toMatchObject({ kind: 'started' });
  });

  it('[D3] An execution stays held until its lease ends when both replies were lost', async () => {
    proxy.script('PutItem', 'loseReply', 2);
    await expect(begin(behindProxy, 'a')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(await begin(direct, 'b')).toEqual({ kind: 'running' });
    clock.advance(LEASE_MS + 1);
    expect(await begin(direct, 'b')).toMatchObject({ kind: 'started' });
  });

  it('[D2] One broken connection is repaired by a retry, and two are an error', async () => {
    await cache.rememberEmail(PORTAL_A, JANE, { owners: [makeOwner()], confirmedAtEpochMs: clock.now() });
    proxy.script('GetItem', 'reset');
    expect((await cache.findByEmail(PORTAL_A, JANE))?.owners).toHaveLength(1);
    proxy.script('GetItem', 'reset', 2);
    await expect(cache.findByEmail(PORTAL_A, JANE)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('[D2] A hanging call to the table is not waited for, and two are an error', async () => {
    const impatient = createTableClient({ requestTimeoutMs: 50 });
    proxy.script('GetItem', 'hang', 2);
    const find = createOwnerCache({ client: impatient, tableName: 'any' }, clock.now).findByEmail(PORTAL_A, JANE);
    await expect(find).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(proxy.operations).toEqual(['GetItem', 'GetItem']);
    impatient.destroy();
  });

  it('[D3] Storing a row twice has the same effect as storing it once', async () => {
    const cached = { owners: [makeOwner()], confirmedAtEpochMs: clock.now() };
    proxy.script('PutItem', 'loseReply', 2);
    await cache.rememberEmail(PORTAL_A, JANE, cached);
    expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual(cached);
  });

  it('[D3] Setting a successor twice has the same effect as setting them once', async () => {
    proxy.script('PutItem', 'loseReply');
    await successors.setSuccessor(PORTAL_A, toOwnerId('1'), toOwnerId('2'), clock.now());
    expect(proxy.operations.filter((operation) => operation === 'PutItem')).toHaveLength(2);
    expect(await successors.findSuccessorId(PORTAL_A, toOwnerId('1'))).toBe('2');
  });
});

async function endpointOf(client: DynamoDBClient): Promise<string> {
  const endpoint = await client.config.endpoint?.();
  if (endpoint === undefined) throw new Error('the engine has no endpoint');
  return `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port ?? 80}`;
}
