import { isAssignable } from '../../lib/domain/owner.ts';
import { diffOwners } from '../../lib/domain/owner-diff.ts';
import { makeReport } from '../../lib/domain/sync-report.ts';
import { createLastSyncAt, createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import { createPortalData } from '../../lib/store/portal-data.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, toEmail } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';
import { makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { readAllItems } from '../support/table-items.ts';

const WEEK_MS = 7 * 86_400_000;
const LENA = makeOwner({ id: '2', userId: '102', email: 'lena@example.com', firstName: 'Lena' });
const STAYS = makeOwner({ id: '1', userId: '101', email: 'jane@example.com' });

/** Makes the table say what HubSpot lists, as a refresh does. */
async function sync(table: Table, now: () => number, owners: readonly (typeof LENA)[]): Promise<void> {
  const store = createOwnerSyncStore(table, now);
  const runId = `run-${now()}`;
  const listing = makeListing(owners, now());
  const lease = await store.acquire(PORTAL_A, runId, now(), 60_000);
  if (lease === undefined) throw new Error('there is no lease');
  const known = await store.listKnown(PORTAL_A);
  const diff = diffOwners(known, listing);
  await store.apply(PORTAL_A, diff, lease, now(), () => true);
  const users = { reading: { status: 'unavailable' } as const, users: [], oddUsers: 0 };
  const run = { runId, known, diff, listing, unresolved: [], hubspotCalls: 2, writes: 1, endedAtEpochMs: now() };
  if (!(await store.recordRun(PORTAL_A, lease.fence, makeReport({ ...run, ...users }))))
    throw new Error('not recorded');
}

describe.each(ENGINES)(
  'The owners of an account that came back while its rows were deleted, on $name',
  ({ makeTable }) => {
    it('[M8, O5] Wherever the deletion stopped, no later refresh confirms somebody who left meanwhile', async () => {
      let rowsLeft = 0;
      for (let steps = 0, isDone = false; !isDone; steps += 1) {
        const { now, advance } = makeClock();
        const table = await makeTable();
        for (const firstName of ['Jane', 'Joan', 'Joe']) {
          await sync(table, now, [
            { ...STAYS, firstName },
            { ...LENA, firstName },
          ]);
          advance(1_000);
        }
        let left = steps;
        ({ isDone } = await createPortalData(table).purge(PORTAL_A, () => left-- > 0));
        rowsLeft += (await readAllItems(table)).length;
        advance(WEEK_MS);
        await sync(table, now, [STAYS]);

        const readState = createOwnerSyncStore(table, now).readState;
        const cache = createOwnerCache(table, now, createLastSyncAt(readState, now));
        const byEmail = await cache.findByEmail(PORTAL_A, toEmail('lena@example.com'));
        const byId = await cache.findByOwnerId(PORTAL_A, LENA.id);
        for (const [row, owners] of [
          [byEmail, byEmail?.owners ?? []],
          [byId, [byId?.owner].filter((owner) => owner !== undefined)],
        ] as const) {
          const isBelieved = owners.some(isAssignable) && (row?.confirmedAtEpochMs ?? 0) > now() - WEEK_MS;
          expect([steps, isBelieved]).toEqual([steps, false]);
        }
        const { synced, leftOver } = await createOwnerSyncStore(table, now).listKnown(PORTAL_A);
        expect([steps, [...synced.keys()], leftOver]).toEqual([steps, [STAYS.id], undefined]);
        const jane = await cache.findByEmail(PORTAL_A, toEmail('jane@example.com'));
        expect([steps, jane]).toEqual([steps, { owners: [STAYS], confirmedAtEpochMs: now() }]);
      }
      expect(rowsLeft).toBeGreaterThan(10);
    });
  },
);
