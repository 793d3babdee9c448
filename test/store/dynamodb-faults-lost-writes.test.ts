import { ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { ExecutionKey } from '../../lib/domain/execution.ts';
import { diffOwners } from '../../lib/domain/owner-diff.ts';
import { makeReport } from '../../lib/domain/sync-report.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { type FaultyLine, startFaultyLine } from './dynamodb-faulty-line.ts';

const JANE = toEmail('jane@example.com');
const KEY: ExecutionKey = { portalId: PORTAL_A, executionId: 'ap-8200001-1-7-0' };
const LEASE_MS = 15_000;
const RESULT = { outcome: 'ASSIGNED', ownerId: toOwnerId('1') } as const;
const NOTHING_KNOWN = { synced: new Map(), pending: new Map() };
const LISTING = makeListing([makeOwner()], START_EPOCH_MS);
const DIFF = diffOwners(NOTHING_KNOWN, LISTING);

describe.each(ENGINES)('A refresh whose replies are lost, on $name', ({ makeTable }) => {
  let table: Table;
  let line: FaultyLine;

  beforeEach(async () => {
    table = await makeTable();
    line = await startFaultyLine(table);
  });

  afterEach(() => line.close());

  const { now } = makeClock();
  const acquire = (of: Table, runId: string) =>
    createOwnerSyncStore(of, now).acquire(PORTAL_A, runId, START_EPOCH_MS, LEASE_MS);

  it.each([
    ['the first of its account', false, 4],
    ['a later one', true, 2],
  ])(
    '[D3] A refresh whose first reply was lost holds the lease, with a valid fence: %s',
    async (_which, isLater, tries) => {
      if (isLater) await acquire(table, 'run-1');
      line.script('UpdateItem', 'loseReply', 1);

      const lease = await acquire(line.table, 'run-1');

      expect(line.tries('UpdateItem')).toBe(tries);
      expect(lease).toMatchObject({ endsAtEpochMs: START_EPOCH_MS + LEASE_MS });
      expect((await createOwnerSyncStore(table, now).readState(PORTAL_A)).fence).toBe(lease?.fence);
      expect(await acquire(table, 'run-2')).toBeUndefined();
    },
  );

  it('[D3] A refresh whose reply was lost does not mistake the lease of another run for its own', async () => {
    await acquire(table, 'run-1');
    line.script('UpdateItem', 'loseReply', 1);
    expect(await acquire(line.table, 'run-2')).toBeUndefined();
  });

  it('[D3] A refresh writes the whole listing and records it, however many first replies are lost', async () => {
    const store = createOwnerSyncStore(line.table, now);
    const lease = await acquire(table, 'run-1');
    if (lease === undefined) throw new Error('the lease of a new portal is free');
    for (const operation of ['UpdateItem', 'PutItem']) line.script(operation, 'loseReply', 1);
    expect(await store.apply(PORTAL_A, DIFF, lease, START_EPOCH_MS, () => true)).toMatchObject({ isDone: true });
    line.script('UpdateItem', 'loseReply', 1);

    expect(await store.recordRun(PORTAL_A, lease.fence, reportOf('run-1'))).toBe(true);

    expect(await store.listKnown(PORTAL_A)).toEqual({ synced: LISTING.owners, pending: new Map() });
    expect((await createOwnerCache(table, now).findByEmail(PORTAL_A, JANE))?.owners).toEqual([makeOwner()]);
    expect(await store.readState(PORTAL_A)).toMatchObject({ lastCompleteStartedAtEpochMs: START_EPOCH_MS });
  });

  it('[D3] A run whose claim of the digest lost its reply sends the digest, and no run sends a second one', async () => {
    const store = createOwnerSyncStore(line.table, now);
    line.script('UpdateItem', 'loseReply', 1);
    expect(await store.claimDigest(PORTAL_A, 'run-1')).toBe(true);
    expect(line.tries('UpdateItem')).toBe(2);
    line.script('UpdateItem', 'loseReply', 1);
    expect(await store.claimDigest(PORTAL_A, 'run-1')).toBe(false);
    expect(await store.claimDigest(PORTAL_A, 'run-2')).toBe(true);
  });
});

describe.each(ENGINES)('A ledger that does not get the item that stood in its way, on $name', ({ makeTable }) => {
  let reads: GetItemCommand[];
  let ledger: ReturnType<typeof createExecutionLedger>;
  /** What becomes of the item between the failed condition and the look at it. */
  let beforeRead: () => Promise<unknown>;
  const begin = (writerId: string) => ledger.begin(KEY, makeLedgerDelivery(writerId, { leaseMs: LEASE_MS }));

  beforeEach(async () => {
    reads = [];
    beforeRead = async () => undefined;
    const table = await makeTable();
    const send = async (command: Parameters<DynamoDBClient['send']>[0]) => {
      if (command instanceof GetItemCommand) {
        reads.push(command);
        await beforeRead();
      }
      return table.client.send(command).catch((error: unknown) => {
        if (error instanceof ConditionalCheckFailedException) delete error.Item;
        throw error;
      });
    };
    const client = new Proxy(table.client, {
      get: (target, name, receiver) => (name === 'send' ? send : Reflect.get(target, name, receiver)),
    });
    ledger = createExecutionLedger({ client, tableName: table.tableName }, makeClock().now);
  });

  it('[D4] A ledger that does not get the conflicting item reads it consistently', async () => {
    await begin('first');
    expect(await begin('second')).toEqual({ kind: 'running' });
    expect(reads.map(({ input }) => input.ConsistentRead)).toEqual([true]);
    await ledger.complete(KEY, 'first', 'hash', RESULT);
    expect(await begin('third')).toEqual({ kind: 'done', payloadHash: 'hash', result: RESULT });
  });

  it('[D3, D4] A ledger that reads the conflicting item recognizes its own writer ID in it', async () => {
    await begin('first');
    expect(await begin('first')).toMatchObject({ kind: 'started' });
  });

  it('[D4] A ledger begins the execution when the conflicting item is gone by then', async () => {
    await begin('first');
    beforeRead = () => ledger.forget(KEY, 'first');
    expect(await begin('second')).toMatchObject({ kind: 'started' });
  });
});

function reportOf(runId: string) {
  return makeReport({
    runId,
    known: NOTHING_KNOWN,
    diff: DIFF,
    listing: LISTING,
    reading: { status: 'unavailable' },
    users: [],
    oddUsers: 0,
    unresolved: [],
    hubspotCalls: 2,
    writes: 6,
    endedAtEpochMs: START_EPOCH_MS,
  });
}
