import type { OwnerEmail } from '../../lib/domain/email.ts';
import { diffOwners } from '../../lib/domain/owner-diff.ts';
import { createEmailRows, createOwnerCache, type LastSyncAt } from '../../lib/store/owner-cache.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import type { Table } from '../../lib/store/table.ts';
import { PORTAL_A, PORTAL_B, toEmail } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';
import { makeClock } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

const PAUSES = { sleep: async () => undefined, random: () => 0 };

describe.each(ENGINES)('Emails of a batch on $name', ({ makeTable }) => {
  const clock = makeClock();
  let table: Table;
  const emails = Array.from({ length: 230 }, (_, index) => toEmail(`p${index}@example.com`));
  const ownerOf = (email: OwnerEmail, index: number) =>
    makeOwner({ id: String(410_000_000 + index), userId: String(52_000_000 + index), email });

  beforeAll(async () => {
    table = await makeTable();
    const store = createOwnerSyncStore(table, clock.now);
    const listing = makeListing(emails.slice(0, 220).map(ownerOf), clock.now());
    const lease = await store.acquire(PORTAL_A, 'run', clock.now(), 60_000);
    if (lease === undefined) throw new Error('there is no lease');
    const diff = diffOwners({ synced: new Map(), pending: new Map() }, listing);
    await store.apply(PORTAL_A, diff, lease, clock.now(), () => true);
  });

  it('Emails of a batch are found as they are one by one, whatever their number, and unknown ones are not', async () => {
    const sweep: LastSyncAt = async () => ({ atEpochMs: clock.now() + 5_000, firstFence: 0, wasKnown: false });
    const found = await createEmailRows(table, sweep, PAUSES)(PORTAL_A, emails);
    const cache = createOwnerCache(table, clock.now, sweep);
    expect(found.size).toBe(220);
    for (const email of [emails[0], emails[119], emails[219], emails[225]] as OwnerEmail[]) {
      expect(found.get(email)).toEqual(await cache.findByEmail(PORTAL_A, email));
    }
  });

  it('Emails of a batch are found in their own account only', async () => {
    const sweep: LastSyncAt = async () => ({ atEpochMs: 0, firstFence: 0, wasKnown: true });
    expect((await createEmailRows(table, sweep, PAUSES)(PORTAL_B, emails)).size).toBe(0);
  });
});
