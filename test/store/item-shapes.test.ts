import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toUnlisted } from '../../lib/domain/address-history.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { itemKey } from '../../lib/store/keys.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, toEmail, toOwnerId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const JANE = toEmail('jane@example.com');
const START_SECONDS = START_EPOCH_MS / 1000;
const DAY_SECONDS = 86_400;
const KEY = { portalId: PORTAL_A, executionId: 'ap-1' };

describe.each(ENGINES)('Items in the table on $name', ({ makeTable }) => {
  let table: Table;
  const byKind = async () =>
    Object.fromEntries((await readAllItems(table)).map((item) => [item.sk?.S ?? '', item] as const));

  beforeEach(async () => {
    table = await makeTable();
  });

  it('[D7] An item contains its expiry for DynamoDB as a number in whole seconds', async () => {
    const cache = createOwnerCache(table, makeClock().now);
    await cache.rememberEmail(PORTAL_A, JANE, { owners: [makeOwner()], confirmedAtEpochMs: START_EPOCH_MS + 1 });
    await createExecutionLedger(table, makeClock(START_EPOCH_MS + 1).now).begin(KEY, makeLedgerDelivery('w'));

    const expiries = Object.entries(await byKind()).map(([kind, item]) => [kind, item.expiresAtEpochSeconds]);
    expect(Object.fromEntries(expiries)).toEqual({
      email: { N: String(START_SECONDS + 30 * DAY_SECONDS + 1) },
      owner: { N: String(START_SECONDS + 30 * DAY_SECONDS + 1) },
      user: { N: String(START_SECONDS + 30 * DAY_SECONDS + 1) },
      execution: { N: String(START_SECONDS + 9 * DAY_SECONDS + 1) },
    });
  });

  it('[M1] What is known of somebody whom HubSpot no longer lists does not expire', async () => {
    const owner = toUnlisted(makeOwner(), [makeOwner()]);
    await createOwnerCache(table, makeClock().now).rememberOwner(PORTAL_A, owner.id, {
      owner,
      confirmedAtEpochMs: START_EPOCH_MS,
    });
    expect((await byKind()).owner).not.toHaveProperty('expiresAtEpochSeconds');
  });

  it('[D7] A remembered absence expires after an hour', async () => {
    const cache = createOwnerCache(table, makeClock().now);
    await cache.rememberEmail(PORTAL_A, JANE, { owners: [], confirmedAtEpochMs: START_EPOCH_MS });
    await cache.rememberOwner(PORTAL_A, toOwnerId('9'), { owner: undefined, confirmedAtEpochMs: START_EPOCH_MS });
    const { email, owner } = await byKind();
    expect(email?.expiresAtEpochSeconds).toEqual({ N: String(START_SECONDS + 3_600) });
    expect(owner?.expiresAtEpochSeconds).toEqual({ N: String(START_SECONDS + 3_600) });
  });

  it('[D6] A row that DynamoDB should have deleted is still found, with its true age', async () => {
    const cache = createOwnerCache(table, makeClock().now);
    const cached = { owners: [makeOwner()], confirmedAtEpochMs: START_EPOCH_MS - 400 * DAY_SECONDS * 1000 };
    await cache.rememberEmail(PORTAL_A, JANE, cached);
    expect(await cache.findByEmail(PORTAL_A, JANE)).toEqual(cached);
  });

  it('[O11] An execution item contains only IDs and codes', async () => {
    const ledger = createExecutionLedger(table, makeClock().now);
    await ledger.begin(KEY, makeLedgerDelivery('w'));
    const running = await readAllItems(table);
    await ledger.complete(KEY, 'w', 'hash', { outcome: 'ASSIGNED', ownerId: toOwnerId('1') });
    const done = await readAllItems(table);
    expect(running.map((item) => Object.keys(item).sort())).toEqual([
      [
        'expiresAtEpochSeconds',
        'firstSeenAtEpochMs',
        'firstWriterId',
        'leaseEndsAtEpochMs',
        'payloadHash',
        'pk',
        'sk',
        'state',
        'writerId',
      ],
    ]);
    expect(done.map((item) => Object.keys(item).sort())).toEqual([
      [
        'expiresAtEpochSeconds',
        'firstSeenAtEpochMs',
        'firstWriterId',
        'payloadHash',
        'pk',
        'result',
        'sk',
        'state',
        'writerId',
      ],
    ]);
  });

  it.each([
    ['without an age', { owners: { L: [] } }],
    ['with an owner whose id is no number', ownersItem({ id: { S: 'x' } })],
    ['with an owner of a type that we do not know', ownersItem({ type: { S: 'ROBOT' } })],
    ['with an owner of whom it does not say whether they left', ownersItem({ archived: { NULL: true } })],
  ])('HubSpot is asked when the cached row is unreadable: a row %s', async (_why, attributes) => {
    const Item = { ...itemKey(PORTAL_A, 'email', JANE), ...attributes };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    expect(await createOwnerCache(table, makeClock().now).findByEmail(PORTAL_A, JANE)).toBeUndefined();
  });

  it('A row with additional members from a later version is read', async () => {
    const Item = { ...itemKey(PORTAL_A, 'email', JANE), version: { N: '2' }, ...ownersItem({ seat: { S: 'core' } }) };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    expect((await createOwnerCache(table, makeClock().now).findByEmail(PORTAL_A, JANE))?.owners).toMatchObject([
      { id: '1' },
    ]);
  });
});

function ownersItem(change: object) {
  const owner = { id: { S: '1' }, type: { S: 'PERSON' }, archived: { BOOL: false }, ...change };
  return { owners: { L: [{ M: owner }] }, confirmedAtEpochMs: { N: String(START_EPOCH_MS) } };
}
