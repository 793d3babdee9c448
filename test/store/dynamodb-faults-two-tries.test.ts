import type { ExecutionKey } from '../../lib/domain/execution.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createTableClient } from '../../lib/store/table.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { type FaultyLine, PASSING_FAULTS, startFaultyLine } from './dynamodb-faulty-line.ts';

const JANE = toEmail('jane@example.com');
const ROW = { owners: [makeOwner()], confirmedAtEpochMs: START_EPOCH_MS };
const KEY: ExecutionKey = { portalId: PORTAL_A, executionId: 'ap-8200001-1-7-0' };
const RESULT = { outcome: 'CLEARED' } as const;
const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryable: true };

it('[D1, D2] The table client waits 200 ms for a connection and 300 ms for an answer, and tries twice', async () => {
  const client = createTableClient();
  expect(await client.config.maxAttempts()).toBe(2);
  // The handler tells its configuration once it has been used.
  await client.config.requestHandler.handle({} as never).catch(() => undefined);
  const handler = client.config.requestHandler as unknown as { httpHandlerConfigs(): object };
  const limits = { connectionTimeout: 200, requestTimeout: 300, throwOnRequestTimeout: true };
  expect(handler.httpHandlerConfigs()).toMatchObject(limits);
});

describe.each(ENGINES)('The table client on $name', ({ makeTable }) => {
  let line: FaultyLine;

  beforeEach(async () => {
    line = await startFaultyLine(await makeTable());
  });

  afterEach(() => line.close());

  /** Each kind of call that an execution waits for. */
  const calls = () => {
    const cache = createOwnerCache(line.table, makeClock().now);
    const ledger = createExecutionLedger(line.table, makeClock().now);
    return {
      cache,
      ledger,
      read: () => cache.findByEmail(PORTAL_A, JANE),
      begin: () => ledger.begin(KEY, makeLedgerDelivery('a')),
      complete: () => ledger.complete(KEY, 'a', 'hash', RESULT),
    };
  };

  it.each(PASSING_FAULTS)(
    '[D1, D2] The table client succeeds with the second try when the first met "%s"',
    async (fault) => {
      const { cache, read, begin, complete } = calls();
      await cache.rememberEmail(PORTAL_A, JANE, ROW);
      line.forget();
      for (const operation of ['GetItem', 'PutItem']) line.script(operation, fault, 1);

      expect(await read()).toEqual(ROW);
      expect(await begin()).toMatchObject({ kind: 'started' });
      expect(['GetItem', 'PutItem'].map(line.tries)).toEqual([2, 2]);

      line.script('UpdateItem', fault, 1);
      expect(await complete()).toEqual(RESULT);
      expect(line.tries('UpdateItem')).toBe(2);
    },
  );

  it.each(PASSING_FAULTS)('[D1, D2] The table client gives up after two tries that met "%s"', async (fault) => {
    const { read, begin, complete } = calls();
    for (const operation of ['GetItem', 'PutItem', 'UpdateItem']) line.script(operation, fault, 2);

    await expect(read()).rejects.toMatchObject(UNAVAILABLE);
    await expect(begin()).rejects.toMatchObject(UNAVAILABLE);
    await expect(complete()).rejects.toMatchObject(UNAVAILABLE);

    expect(['GetItem', 'PutItem', 'UpdateItem'].map(line.tries)).toEqual([2, 2, 2]);
  });

  it('[D11] The table client does not retry what it is not allowed to do', async () => {
    line.script('GetItem', 'accessDenied', 1);
    await expect(calls().read()).rejects.toMatchObject(UNAVAILABLE);
    expect(line.tries('GetItem')).toBe(1);
  });
});
