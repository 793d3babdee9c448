import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { addPage, completeListing, startSync } from '../../lib/domain/owner-listing.ts';
import { toOwnerMap } from '../../lib/store/owner-rows.ts';
import { checkpointKey } from '../../lib/store/owner-sync-state.ts';
import { createSyncCheckpoints } from '../../lib/store/sync-checkpoints.ts';
import { PORTAL_A, toOwnerId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

/** Of an owner: some 60 kB in a row. */
const TEAMS = Array.from({ length: 500 }, (_, n) => ({
  id: String(n),
  name: `team ${'x'.repeat(90)}`,
  primary: false,
}));

describe.each(ENGINES)('Refresh checkpoints on $name', ({ makeTable }) => {
  const clock = makeClock();
  const people = Array.from({ length: 250 }, (_, n) => makeOwner({ id: String(n + 1), email: `p${n}@example.com` }));
  const sweepOf = (odd: ReturnType<typeof toOwnerId>[]) =>
    addPage(startSync(7), { owners: people, odd: [...odd, undefined], after: 'c1' });

  it('[R7, T1] A checkpoint is resumed as it was saved: owners, cursor, and the unreadable rows', async () => {
    const { saveCheckpoint, resume } = createSyncCheckpoints(await makeTable(), clock.now);
    await saveCheckpoint(PORTAL_A, 'run-1', sweepOf([toOwnerId('9001')]));
    const sweep = await resume(PORTAL_A, 'run-1');
    expect(sweep).toEqual(sweepOf([toOwnerId('9001')]));
    const last = { owners: [], after: undefined };
    const listing = sweep && completeListing(addPage(addPage(sweep, last), last));
    expect(listing?.owners.size).toBe(250);
    expect([...(listing?.oddIds ?? [])]).toEqual(['9001', undefined]);
  });

  it('[T1] A checkpoint counts nobody as gone when there were more unreadable rows than one item has room for', async () => {
    const { saveCheckpoint, resume } = createSyncCheckpoints(await makeTable(), clock.now);
    await saveCheckpoint(
      PORTAL_A,
      'run-1',
      sweepOf(Array.from({ length: 60_000 }, (_, n) => toOwnerId(400_000_000 + n))),
    );
    expect(await resume(PORTAL_A, 'run-1')).toMatchObject({ oddRows: 60_001, oddIds: [undefined] });
  });

  it('[C8] A checkpoint of an earlier version, which compressed nothing and knew no unreadable rows, is resumed', async () => {
    const table = await makeTable();
    const before = Array.from({ length: 20 }, (_, n) => makeOwner({ id: String(n + 1), teams: TEAMS }));
    const position = { startedAtEpochMs: 7, stage: 'active', after: 'c1', seenCursors: ['c1'], pages: 1, pieces: 10 };
    const expiresAtEpochSeconds = { N: String(Math.ceil(clock.now() / 1000) + 60) };
    const pieces = before.map((_, n) => ({ owners: { L: before.slice(2 * n, 2 * n + 2).map(toOwnerMap) } }));
    for (const [piece, attributes] of [
      { position: { S: JSON.stringify(position) } },
      ...pieces.slice(0, 10),
    ].entries()) {
      const Item = { ...checkpointKey(PORTAL_A, 'run-1', piece), ...attributes, expiresAtEpochSeconds };
      await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    }
    const send = jest.spyOn(table.client, 'send');
    const sweep = await createSyncCheckpoints(table, clock.now).resume(PORTAL_A, 'run-1');
    expect(sweep).toMatchObject({ after: 'c1', oddRows: 0, oddIds: [] });
    expect([...(sweep?.owners.values() ?? [])]).toEqual(before);
    // A query answers a megabyte at a time.
    expect(send.mock.calls.length).toBeGreaterThan(1);
  });

  it('[C8] After a rollback, version 0.2.0 finds no checkpoint, whose compressed owners it would take for gone, and begins again', async () => {
    const table = await makeTable();
    const { client, tableName: TableName } = table;
    await createSyncCheckpoints(table, clock.now).saveCheckpoint(PORTAL_A, 'run-1', sweepOf([]));
    const Key = checkpointKey(PORTAL_A, 'run-1', 0);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    // Where that version looks for it.
    expect(Item).toBeDefined();
    expect(Item).not.toHaveProperty('position');
  });

  it('[R9] A checkpoint that lacks a piece, or has one of another delivery of the same run, is not resumed', async () => {
    const table = await makeTable();
    const { client, tableName: TableName } = table;
    const { saveCheckpoint, resume } = createSyncCheckpoints(table, clock.now);
    const many = Array.from({ length: 1_100 }, (_, n) => makeOwner({ id: String(n + 1), email: `p${n}@example.com` }));
    const whole = addPage(startSync(7), { owners: many, after: 'c1' });
    // The other delivery began a moment later and did not see the first of them any more.
    const other = addPage(startSync(8), { owners: many.slice(1), after: 'c1' });
    await saveCheckpoint(PORTAL_A, 'run-1', whole);
    await saveCheckpoint(PORTAL_A, 'run-2', other);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: checkpointKey(PORTAL_A, 'run-2', 2) }));
    const mixed = { ...Item, ...checkpointKey(PORTAL_A, 'run-1', 2) };
    await client.send(new PutItemCommand({ TableName, Item: mixed }));
    expect(await resume(PORTAL_A, 'run-1')).toBeUndefined();

    await client.send(new DeleteItemCommand({ TableName, Key: checkpointKey(PORTAL_A, 'run-2', 3) }));
    expect(await resume(PORTAL_A, 'run-2')).toBeUndefined();
  });

  it('[R9] A checkpoint with a piece of another delivery that resumed the same run and came less far is not resumed', async () => {
    const table = await makeTable();
    const { client, tableName: TableName } = table;
    const { saveCheckpoint, resume } = createSyncCheckpoints(table, clock.now);
    const many = Array.from({ length: 1_100 }, (_, n) => makeOwner({ id: String(n + 1), email: `p${n}@example.com` }));
    const slower = addPage(startSync(7), { owners: many.slice(0, 700), after: 'c1' });
    await saveCheckpoint(PORTAL_A, 'run-1', slower);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: checkpointKey(PORTAL_A, 'run-1', 2) }));
    await saveCheckpoint(PORTAL_A, 'run-1', addPage(startSync(7), { owners: many, after: 'c2' }));
    expect((await resume(PORTAL_A, 'run-1'))?.owners.size).toBe(1_100);
    await client.send(new PutItemCommand({ TableName, Item }));
    expect(await resume(PORTAL_A, 'run-1')).toBeUndefined();
  });

  it('A checkpoint with an owner that cannot be read is not resumed, because that owner would be taken for gone', async () => {
    const table = await makeTable();
    const { saveCheckpoint, resume } = createSyncCheckpoints(table, clock.now);
    await saveCheckpoint(PORTAL_A, 'run-1', sweepOf([]));
    const odd = { M: { id: { S: '250' }, type: { S: 'AGENT' } } };
    const Item = { ...checkpointKey(PORTAL_A, 'run-1', 1), owners: { L: [...people.slice(1).map(toOwnerMap), odd] } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    expect(await resume(PORTAL_A, 'run-1')).toBeUndefined();
  });
});
