import type { FinishedExecution } from '../../lib/domain/execution.ts';
import type { ActionResult } from '../../lib/domain/outcome.ts';
import type { ExecutionLedger, QueuedResults } from '../../lib/ports/executions.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createQueuedResults } from '../../lib/store/queued-results.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, PORTAL_B, toOwnerId } from '../builders/ids.ts';
import { makeLedgerDelivery, makeQueued } from '../builders/queued-execution.ts';
import { type FakeClock, makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const DAY_MS = 86_400_000;
const ASSIGNED: ActionResult = { outcome: 'ASSIGNED', ownerId: toOwnerId('1'), previousOwnerId: '' };
const FAILED: ActionResult = { outcome: 'FAILED', errorCode: 'OWNER_NOT_FOUND' };

const settledAs = (executionId: string, result: ActionResult, portalId = PORTAL_A): FinishedExecution => ({
  execution: makeQueued({ key: { portalId, executionId }, payloadHash: 'hash', command: { portalId } }),
  result,
});
const recorded = (result: ActionResult, recordedAtEpochMs = START_EPOCH_MS) => ({ result, recordedAtEpochMs });
const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `ap-${index}`);

describe.each(ENGINES)('Results of queued executions on $name', ({ makeTable }) => {
  let table: Table;
  let clock: FakeClock;
  let results: QueuedResults;
  let ledger: ExecutionLedger;

  beforeEach(async () => {
    table = await makeTable();
    clock = makeClock();
    results = createQueuedResults(table, { now: clock.now, sleep: clock.sleep, random: () => 0 });
    ledger = createExecutionLedger(table, clock.now);
  });

  const begin = (executionId: string, writerId = 'a') =>
    ledger.begin({ portalId: PORTAL_A, executionId }, makeLedgerDelivery(writerId));

  it('Results of queued executions are found as they were recorded, and unrecorded executions have none', async () => {
    const result: ActionResult = {
      ...ASSIGNED,
      aboutOwnerIds: [toOwnerId('4')],
      resolvedFrom: 'CACHE',
      ownerDataAgeSeconds: 0,
    };
    await results.record([settledAs('ap-1', result), settledAs('ap-2', FAILED)]);
    expect(await results.find(PORTAL_A, ['ap-2', 'ap-1', 'ap-3'])).toEqual(
      new Map([
        ['ap-1', recorded(result)],
        ['ap-2', recorded(FAILED)],
      ]),
    );
  });

  it('Finding or recording no results makes no call', async () => {
    const send = jest.spyOn(table.client, 'send');
    expect(await results.find(PORTAL_A, [])).toEqual(new Map());
    await results.record([]);
    expect(send).not.toHaveBeenCalled();
  });

  it('Many results are read and written in batches', async () => {
    const ids = idsOf(250);
    const send = jest.spyOn(table.client, 'send');
    await results.record(ids.map((id, index) => settledAs(id, { ...ASSIGNED, ownerDataAgeSeconds: index })));
    expect(send).toHaveBeenCalledTimes(10);
    const found = await results.find(PORTAL_A, [...ids, 'ap-absent']);
    expect(send).toHaveBeenCalledTimes(10 + 3);
    expect(ids.map((id) => found.get(id)?.result.ownerDataAgeSeconds)).toEqual(ids.map((_id, index) => index));
    expect(found.size).toBe(250);
  });

  it('A result that is requested twice is found once', async () => {
    await results.record([settledAs('ap-1', ASSIGNED)]);
    expect(await results.find(PORTAL_A, ['ap-1', 'ap-1'])).toEqual(new Map([['ap-1', recorded(ASSIGNED)]]));
  });

  it('An execution has no result while the action still works or has only left it to the queue', async () => {
    await begin('ap-running');
    await begin('ap-queued');
    await ledger.leaveToQueue({ portalId: PORTAL_A, executionId: 'ap-queued' }, 'a', clock.now() + DAY_MS);
    expect(await results.find(PORTAL_A, ['ap-running', 'ap-queued'])).toEqual(new Map());
  });

  it('[Q1] A later delivery of the execution gets the queued result, whatever state the action had left it in', async () => {
    await begin('ap-running');
    await begin('ap-queued');
    await ledger.leaveToQueue({ portalId: PORTAL_A, executionId: 'ap-queued' }, 'a', clock.now() + DAY_MS);
    const ids = ['ap-running', 'ap-queued', 'ap-unseen'];
    await results.record(ids.map((id) => settledAs(id, ASSIGNED)));
    for (const id of ids) {
      expect(await begin(id, 'b')).toEqual({ kind: 'done', payloadHash: 'hash', result: ASSIGNED });
    }
  });

  it('[Q1] A result is found also where the action itself did the work', async () => {
    await begin('ap-1');
    await ledger.complete({ portalId: PORTAL_A, executionId: 'ap-1' }, 'a', 'hash', ASSIGNED);
    expect(await results.find(PORTAL_A, ['ap-1'])).toEqual(new Map([['ap-1', recorded(ASSIGNED, 0)]]));
  });

  it('[Q1] A result can be recorded twice', async () => {
    await results.record([settledAs('ap-1', ASSIGNED)]);
    await results.record([settledAs('ap-1', ASSIGNED)]);
    expect(await results.find(PORTAL_A, ['ap-1'])).toEqual(new Map([['ap-1', recorded(ASSIGNED)]]));
  });

  it('Results are separate for each account and execution', async () => {
    const odd = ['#', `${PORTAL_B}#execution#ap-1`, 'x'.repeat(200), 'AP-1', 'ap-1'];
    await results.record([...odd.map((id) => settledAs(id, ASSIGNED)), settledAs('ap-1', FAILED, PORTAL_B)]);
    expect([...(await results.find(PORTAL_A, odd)).keys()].sort()).toEqual(odd.toSorted());
    expect(await results.find(PORTAL_B, odd)).toEqual(new Map([['ap-1', recorded(FAILED)]]));
  });

  it('[D7] Each result is one item, without the command, which expires after nine days in whole seconds', async () => {
    await results.record([settledAs('ap-1', FAILED)]);
    expect(await readAllItems(table)).toEqual([
      {
        pk: { S: 'portal#8200001#execution#ap-1' },
        sk: { S: 'execution' },
        state: { S: 'DONE' },
        payloadHash: { S: 'hash' },
        result: { S: JSON.stringify(FAILED) },
        firstSeenAtEpochMs: { N: String(START_EPOCH_MS) },
        settledAtEpochMs: { N: String(START_EPOCH_MS) },
        expiresAtEpochSeconds: { N: String((START_EPOCH_MS + 9 * DAY_MS) / 1_000) },
      },
    ]);
  });
});
