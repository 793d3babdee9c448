import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { ActionResult } from '../../lib/domain/outcome.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { itemKey } from '../../lib/store/keys.ts';
import type { Item, Table } from '../../lib/store/table.ts';
import { PORTAL_A, toOwnerId } from '../builders/ids.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

const KEY = { portalId: PORTAL_A, executionId: 'execution-1' };
const RESULT: ActionResult = { outcome: 'ASSIGNED', ownerId: toOwnerId('1'), resolvedFrom: 'CACHE' };
const LEASE_MS = 20_000;

/** What a later version may add to a row, of every kind that DynamoDB has. */
const UNKNOWN: Item = {
  stage: { S: 'any' },
  attempts: { N: '3' },
  flags: { M: { any: { BOOL: true } } },
  history: { L: [{ S: 'any' }, { NULL: true }] },
  workflowIds: { SS: ['1', '2'] },
};

async function change({ client, tableName: TableName }: Table, attributes: Item): Promise<void> {
  const names = Object.keys(attributes);
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: itemKey(KEY.portalId, 'execution', KEY.executionId),
      UpdateExpression: `SET ${names.map((_name, index) => `#n${index} = :v${index}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
      ExpressionAttributeValues: Object.fromEntries(Object.values(attributes).map((v, index) => [`:v${index}`, v])),
    }),
  );
}

describe.each(ENGINES)('Ledger rows of a later version after a rollback, on $name', ({ makeTable }) => {
  it('[C8] Ledger rows of a later version give their answer, and unknown members are ignored', async () => {
    const table = await makeTable();
    const ledger = createExecutionLedger(table, makeClock().now);
    await ledger.begin(KEY, makeLedgerDelivery('writer-1', { leaseMs: LEASE_MS }));
    await ledger.complete(KEY, 'writer-1', 'hash', RESULT);
    const newer = { ...RESULT, confidence: 'high', details: { any: [1] } };
    await change(table, { ...UNKNOWN, result: { S: JSON.stringify(newer) } });

    const entry = await ledger.begin(KEY, makeLedgerDelivery('writer-2', { leaseMs: LEASE_MS }));
    expect(entry).toMatchObject({ kind: 'done', payloadHash: 'hash', result: RESULT });
  });

  it('[C8] Ledger rows of a later version are completed and released like rows of this version', async () => {
    const table = await makeTable();
    const clock = makeClock();
    const ledger = createExecutionLedger(table, clock.now);
    await ledger.begin(KEY, makeLedgerDelivery('writer-1', { leaseMs: LEASE_MS }));
    await change(table, UNKNOWN);
    expect(await ledger.begin(KEY, makeLedgerDelivery('writer-2', { leaseMs: LEASE_MS }))).toEqual({
      kind: 'running',
    });
    clock.advance(LEASE_MS + 1);
    expect(await ledger.begin(KEY, makeLedgerDelivery('writer-2', { leaseMs: LEASE_MS }))).toMatchObject({
      kind: 'started',
    });
    await change(table, UNKNOWN);
    expect(await ledger.complete(KEY, 'writer-2', 'hash', RESULT)).toEqual(RESULT);
    expect(await ledger.begin(KEY, makeLedgerDelivery('writer-3', { leaseMs: LEASE_MS }))).toMatchObject({
      kind: 'done',
      result: RESULT,
    });
  });

  it('[C8] Ledger rows in an unknown state do not run again', async () => {
    const table = await makeTable();
    const clock = makeClock();
    const ledger = createExecutionLedger(table, clock.now);
    await ledger.begin(KEY, makeLedgerDelivery('writer-1', { leaseMs: LEASE_MS }));
    await change(table, { ...UNKNOWN, state: { S: 'A_LATER_STATE' } });
    clock.advance(LEASE_MS + 1);
    expect(await ledger.begin(KEY, makeLedgerDelivery('writer-2', { leaseMs: LEASE_MS }))).toEqual({
      kind: 'running',
    });
  });
});
