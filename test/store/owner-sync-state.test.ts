import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { diffOwners } from '../../lib/domain/owner-diff.ts';
import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import { makeReport } from '../../lib/domain/sync-report.ts';
import { createSyncState, refreshStateKey } from '../../lib/store/owner-sync-state.ts';
import { createPortalData } from '../../lib/store/portal-data.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

const LEASE_MS = 900_000;
const EARLY = START_EPOCH_MS - 60_000;
const LATE = START_EPOCH_MS;
/** Fences of a new account begin with the time. */
const nth = (count: number) => ({ fence: START_EPOCH_MS + count });

function reportOf(startedAtEpochMs: number): RefreshReport {
  const listing = makeListing([makeOwner()], startedAtEpochMs);
  const known = { synced: new Map(), pending: new Map() };
  return makeReport({
    runId: `run-${startedAtEpochMs}`,
    known,
    diff: diffOwners(known, listing),
    listing,
    reading: { status: 'unavailable' },
    users: [],
    oddUsers: 0,
    unresolved: [],
    hubspotCalls: 2,
    writes: 1,
    endedAtEpochMs: startedAtEpochMs + 1,
  });
}

describe.each(ENGINES)('The state of the refreshes of an account on $name', ({ makeTable }) => {
  async function setUp() {
    const clock = makeClock();
    const table = await makeTable();
    const state = createSyncState(table, clock.now);
    const acquire = (runId: string, startedAtEpochMs: number) =>
      state.acquire(PORTAL_A, runId, startedAtEpochMs, LEASE_MS);
    const record = (fence: number, startedAtEpochMs: number) =>
      state.recordRun(PORTAL_A, fence, reportOf(startedAtEpochMs));
    /** A whole run. */
    const run = async (startedAtEpochMs: number) => {
      const lease = await acquire(`run-${startedAtEpochMs}`, startedAtEpochMs);
      return record(lease?.fence ?? 0, startedAtEpochMs);
    };
    return { clock, table, state, acquire, record, run };
  }

  it('A refresh that began before one that was recorded without a change gets no lease, and restores no old data', async () => {
    const { state, acquire, record, run } = await setUp();
    await run(EARLY);
    expect(await record(nth(1).fence, LATE)).toBe(true);
    expect(await acquire('older', LATE - 1)).toBeUndefined();
    expect(await state.readState(PORTAL_A)).toMatchObject({ ...nth(1), lastCompleteStartedAtEpochMs: LATE });
    expect(await acquire('same moment', LATE)).toMatchObject(nth(2));
  });

  it('A refresh that began before one that has begun to write gets no lease, whether that one ended or crashed', async () => {
    const { clock, acquire } = await setUp();
    await acquire('newer', LATE);
    clock.advance(LEASE_MS + 1);
    expect(await acquire('older', LATE - 1)).toBeUndefined();
    expect(await acquire('newest', LATE + 1)).toMatchObject(nth(2));
  });

  it('A refresh without a change that began before one that was recorded is not recorded, and its report is not kept', async () => {
    const { state, record, run } = await setUp();
    expect(await run(LATE)).toBe(true);
    expect(await record(nth(1).fence, EARLY)).toBe(false);
    const { lastCompleteStartedAtEpochMs, report } = await state.readState(PORTAL_A);
    expect([lastCompleteStartedAtEpochMs, report?.runId]).toEqual([LATE, `run-${LATE}`]);
    expect(await record(nth(1).fence, LATE)).toBe(true);
  });

  it('A refresh is not recorded after another one has taken the right to write', async () => {
    const { acquire, record } = await setUp();
    const first = await acquire('first', EARLY);
    expect(await record(first?.fence ?? 0, EARLY)).toBe(true);
    await acquire('second', LATE);
    expect(await record(first?.fence ?? 0, LATE + 1)).toBe(false);
  });

  it('A lease belongs to one run until its end, and after that to the same run with a new fence', async () => {
    const { clock, acquire } = await setUp();
    expect(await acquire('one', LATE)).toEqual({ ...nth(1), endsAtEpochMs: START_EPOCH_MS + LEASE_MS });
    expect(await acquire('one', LATE)).toMatchObject(nth(2));
    clock.advance(LEASE_MS);
    expect(await acquire('other', LATE)).toBeUndefined();
    clock.advance(1);
    expect(await acquire('other', LATE)).toMatchObject(nth(3));
  });

  it('A run that is recorded releases its lease', async () => {
    const { acquire, record } = await setUp();
    const lease = await acquire('one', EARLY);
    await record(lease?.fence ?? 0, EARLY);
    expect(await acquire('other', LATE)).toMatchObject(nth(2));
  });

  it('The refreshes of one account do not affect another account', async () => {
    const { state, run } = await setUp();
    await run(LATE);
    const firstFence = Number.POSITIVE_INFINITY;
    const nothing = { fence: 0, firstFence, lastCompleteStartedAtEpochMs: 0, report: undefined };
    expect(await state.readState(PORTAL_B)).toEqual(nothing);
    expect(await state.acquire(PORTAL_B, 'run', EARLY, LEASE_MS)).toMatchObject(nth(1));
  });

  it('[M8] A refresh that runs while its account is deleted is not recorded, and the next one has a higher fence', async () => {
    const { clock, state, acquire, record, table } = await setUp();
    const late = await acquire('late', EARLY);
    await createPortalData(table).purge(PORTAL_A, () => false);
    expect(await record(late?.fence ?? 0, EARLY)).toBe(false);
    clock.advance(10);
    const next = await acquire('next', LATE);
    expect(next?.fence).toBeGreaterThan(late?.fence ?? 0);
    expect((await state.readState(PORTAL_A)).firstFence).toBeGreaterThan(late?.fence ?? 0);
  });

  it('[C8] Rows of an account whose state an earlier version wrote count from the first fence on', async () => {
    const { state, table } = await setUp();
    const Item = { ...refreshStateKey(PORTAL_A), fence: { N: '5' } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    expect(await state.readState(PORTAL_A)).toMatchObject({ fence: 5, firstFence: 0 });
    expect(await state.acquire(PORTAL_A, 'run', EARLY, LEASE_MS)).toMatchObject({ fence: 6 });
    expect(await state.readState(PORTAL_A)).toMatchObject({ fence: 6, firstFence: 0 });
  });
});
