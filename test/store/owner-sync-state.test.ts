import { diffOwners } from '../../lib/domain/owner-diff.ts';
import type { RefreshReport } from '../../lib/domain/owner-sync.ts';
import { makeReport } from '../../lib/domain/sync-report.ts';
import { createSyncState } from '../../lib/store/owner-sync-state.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';

const LEASE_MS = 900_000;
const EARLY = START_EPOCH_MS - 60_000;
const LATE = START_EPOCH_MS;

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
    const state = createSyncState(await makeTable(), clock.now);
    const acquire = (runId: string, startedAtEpochMs: number) =>
      state.acquire(PORTAL_A, runId, startedAtEpochMs, LEASE_MS);
    const record = (fence: number, startedAtEpochMs: number) =>
      state.recordRun(PORTAL_A, fence, reportOf(startedAtEpochMs));
    return { clock, state, acquire, record };
  }

  it('A refresh that began before one that was recorded without a change gets no lease, and restores no old data', async () => {
    const { state, acquire, record } = await setUp();
    expect(await record(0, LATE)).toBe(true);
    expect(await acquire('older', LATE - 1)).toBeUndefined();
    expect(await state.readState(PORTAL_A)).toMatchObject({ fence: 0, lastCompleteStartedAtEpochMs: LATE });
    expect(await acquire('same moment', LATE)).toMatchObject({ fence: 1 });
  });

  it('A refresh that began before one that has begun to write gets no lease, whether that one ended or crashed', async () => {
    const { clock, acquire } = await setUp();
    await acquire('newer', LATE);
    clock.advance(LEASE_MS + 1);
    expect(await acquire('older', LATE - 1)).toBeUndefined();
    expect(await acquire('newest', LATE + 1)).toMatchObject({ fence: 2 });
  });

  it('A refresh without a change that began before one that was recorded is not recorded, and its report is not kept', async () => {
    const { state, record } = await setUp();
    expect(await record(0, LATE)).toBe(true);
    expect(await record(0, EARLY)).toBe(false);
    const { lastCompleteStartedAtEpochMs, report } = await state.readState(PORTAL_A);
    expect([lastCompleteStartedAtEpochMs, report?.runId]).toEqual([LATE, `run-${LATE}`]);
    expect(await record(0, LATE)).toBe(true);
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
    expect(await acquire('one', LATE)).toEqual({ fence: 1, endsAtEpochMs: START_EPOCH_MS + LEASE_MS });
    expect(await acquire('one', LATE)).toMatchObject({ fence: 2 });
    clock.advance(LEASE_MS);
    expect(await acquire('other', LATE)).toBeUndefined();
    clock.advance(1);
    expect(await acquire('other', LATE)).toMatchObject({ fence: 3 });
  });

  it('A run that is recorded releases its lease', async () => {
    const { acquire, record } = await setUp();
    const lease = await acquire('one', EARLY);
    await record(lease?.fence ?? 0, EARLY);
    expect(await acquire('other', LATE)).toMatchObject({ fence: 2 });
  });

  it('The refreshes of one account do not affect another account', async () => {
    const { state, record } = await setUp();
    await record(0, LATE);
    expect(await state.readState(PORTAL_B)).toEqual({ fence: 0, lastCompleteStartedAtEpochMs: 0, report: undefined });
    expect(await state.acquire(PORTAL_B, 'run', EARLY, LEASE_MS)).toMatchObject({ fence: 1 });
  });
});
