import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { addPage, completeListing, startSync } from '../../lib/domain/owner-listing.ts';
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
});
