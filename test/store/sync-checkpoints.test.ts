import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { addPage, completeListing, startSync } from '../../lib/domain/owner-listing.ts';
import { toOwnerMap } from '../../lib/store/owner-rows.ts';
import { checkpointKey } from '../../lib/store/owner-sync-state.ts';
import { createSyncCheckpoints } from '../../lib/store/sync-checkpoints.ts';
import { PORTAL_A, toOwnerId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

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

  it('A checkpoint of the previous version, which knew no unreadable rows, is resumed', async () => {
    const table = await makeTable();
    const { saveCheckpoint, resume } = createSyncCheckpoints(table, clock.now);
    await saveCheckpoint(PORTAL_A, 'run-1', sweepOf([]));
    const position = { startedAtEpochMs: 7, stage: 'active', after: 'c1', seenCursors: ['c1'], pages: 1, pieces: 3 };
    const expiresAtEpochSeconds = { N: String(Math.ceil(clock.now() / 1000) + 60) };
    const Item = {
      ...checkpointKey(PORTAL_A, 'run-1', 0),
      position: { S: JSON.stringify(position) },
      expiresAtEpochSeconds,
    };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    const sweep = await resume(PORTAL_A, 'run-1');
    expect(sweep).toMatchObject({ after: 'c1', oddRows: 0, oddIds: [] });
    expect(sweep?.owners.size).toBe(250);
  });

  it('[R9] A checkpoint that lacks a piece, or has one of another delivery of the same run, is not resumed', async () => {
    const table = await makeTable();
    const { client, tableName: TableName } = table;
    const { saveCheckpoint, resume } = createSyncCheckpoints(table, clock.now);
    const whole = sweepOf([]);
    // The other delivery began a moment later and did not see the first of them any more.
    const other = addPage(startSync(8), { owners: people.slice(1), after: 'c1' });
    await saveCheckpoint(PORTAL_A, 'run-1', whole);
    await saveCheckpoint(PORTAL_A, 'run-2', other);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: checkpointKey(PORTAL_A, 'run-2', 2) }));
    const mixed = { ...Item, ...checkpointKey(PORTAL_A, 'run-1', 2) };
    await client.send(new PutItemCommand({ TableName, Item: mixed }));
    expect(await resume(PORTAL_A, 'run-1')).toBeUndefined();

    await client.send(new DeleteItemCommand({ TableName, Key: checkpointKey(PORTAL_A, 'run-2', 3) }));
    expect(await resume(PORTAL_A, 'run-2')).toBeUndefined();
  });

  it('A checkpoint with an owner that cannot be read is not resumed, because that owner would be taken for gone', async () => {
    const table = await makeTable();
    const { saveCheckpoint, resume } = createSyncCheckpoints(table, clock.now);
    await saveCheckpoint(PORTAL_A, 'run-1', sweepOf([]));
    const owners = { L: [...people.slice(0, 99).map(toOwnerMap), { M: { id: { S: '100' }, type: { S: 'AGENT' } } }] };
    const Item = { ...checkpointKey(PORTAL_A, 'run-1', 1), owners };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    expect(await resume(PORTAL_A, 'run-1')).toBeUndefined();
  });
});
