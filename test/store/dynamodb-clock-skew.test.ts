import fc from 'fast-check';
import { toDeadline } from '../../lib/domain/deadline.ts';
import type { ExecutionKey } from '../../lib/domain/execution.ts';
import type { ActionResult, ExecutionAnswer } from '../../lib/domain/outcome.ts';
import { diffOwners } from '../../lib/domain/owner-diff.ts';
import type { Now, Sleep } from '../../lib/ports/telemetry.ts';
import { createExecutionLedger } from '../../lib/store/execution-ledger.ts';
import { createOwnerCache } from '../../lib/store/owner-cache.ts';
import { createOwnerSyncStore } from '../../lib/store/owner-sync.ts';
import type { Table } from '../../lib/store/table.ts';
import { createRunOnce } from '../../lib/use-cases/executions/run-once.ts';
import { PORTAL_A, toEmail, toOwnerId, toPortalId } from '../builders/ids.ts';
import { makeOwner } from '../builders/owner.ts';
import { makeListing } from '../builders/owner-listing.ts';
import { makeLedgerDelivery } from '../builders/queued-execution.ts';
import { createFakeWorkLog } from '../fakes/work-log.ts';
import { START_EPOCH_MS } from '../support/clock.ts';
import { ENGINES } from '../support/dynamodb-engines.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

jest.setTimeout(180_000);

/** By how much the second machine's clock is ahead of the first one's, or behind it. */
const skew = () => fc.integer({ min: -5_000, max: 5_000 });
const RUNS = { numRuns: 40 };
/** How long the functions of serverless.yml may run at most. */
const ACTION_MS = 10_000;
const REFRESH_MS = 300_000;
/** How long a refresh holds its portal. */
const REFRESH_LEASE_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const FIRST = { outcome: 'ASSIGNED', ownerId: toOwnerId('1') } as const;
const SECOND = { outcome: 'ASSIGNED', ownerId: toOwnerId('2') } as const;
const JANE = toEmail('jane@example.com');
const NOTHING_KNOWN = { synced: new Map(), pending: new Map() };

describe.each(ENGINES)('Two machines whose clocks differ, on $name', ({ makeTable }) => {
  let table: Table;
  let cases = 0;

  beforeEach(async () => {
    table = await makeTable();
  });

  const nextKey = (): ExecutionKey => ({ portalId: PORTAL_A, executionId: `ap-${cases++}` });

  it.each([
    ['stored', 'an answer that comes two hours late', 0, -2 * HOUR_MS],
    ['stored', 'an answer of now, if the stored one is an hour ahead', HOUR_MS, 0],
    ['given', 'an answer of now, if the stored one is farther ahead', HOUR_MS + 1, 0],
  ])('The cache has the %s owner of an email after %s', async (seen, _what, of, given) => {
    const cache = createOwnerCache(table, () => START_EPOCH_MS);
    const email = toEmail(`case-${cases++}@example.com`);
    const remember = (firstName: string, fromNowMs: number) =>
      cache.rememberEmail(PORTAL_A, email, {
        owners: [makeOwner({ id: String(cases), firstName })],
        confirmedAtEpochMs: START_EPOCH_MS + fromNowMs,
      });
    await remember('stored', of);
    await remember('given', given);
    expect((await cache.findByEmail(PORTAL_A, email))?.owners).toMatchObject([{ firstName: seen }]);
  });

  it('[D12] Two machines whose clocks differ process an execution once, while the first may still be running', async () => {
    const arrival = fc.record({
      skewMs: skew(),
      workMs: fc.integer({ min: 0, max: ACTION_MS }),
      arrivesAfterMs: fc.integer({ min: 0, max: 3 * ACTION_MS }),
    });
    await fc.assert(
      fc.asyncProperty(arrival, async ({ skewMs, workMs, arrivesAfterMs }) => {
        const key = nextKey();
        let elapsedMs = 0;
        const works: string[] = [];
        const begun = Promise.withResolvers<void>();
        const finish = Promise.withResolvers<ActionResult>();
        const first = deliver(
          table,
          key,
          'first',
          () => START_EPOCH_MS + elapsedMs,
          noSleep,
          async () => {
            works.push('first');
            begun.resolve();
            return finish.promise;
          },
        );
        await begun.promise;
        const advance = async (ms: number) => {
          elapsedMs += ms;
          if (elapsedMs < workMs) return;
          finish.resolve(FIRST);
          await first;
        };
        await advance(arrivesAfterMs);

        const second = deliver(
          table,
          key,
          'second',
          () => START_EPOCH_MS + elapsedMs + skewMs,
          advance,
          async () => {
            works.push('second');
            return SECOND;
          },
        );
        const told = await second.catch((error: { code?: string }) => error.code);

        await advance(ACTION_MS);
        expect(await first).toEqual(FIRST);
        expect(works).toEqual(['first']);
        expect([FIRST, 'EXECUTION_IN_PROGRESS']).toContainEqual(told);
      }),
      { ...RUNS, examples: [[{ skewMs: 5_000, workMs: ACTION_MS, arrivesAfterMs: ACTION_MS - 1 }]] },
    );
  });

  it('[D12] Two machines whose clocks differ keep one answer of an execution, that of the delivery that took over last', async () => {
    const takeover = fc.record({ skewMs: skew(), pauseMs: fc.integer({ min: 0, max: 60_000 }), order: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(takeover, async ({ skewMs, pauseMs, order }) => {
        const key = nextKey();
        let elapsedMs = 0;
        const one = createExecutionLedger(table, () => START_EPOCH_MS + elapsedMs);
        const other = createExecutionLedger(table, () => START_EPOCH_MS + elapsedMs + skewMs);
        await one.begin(key, makeLedgerDelivery('first'));
        elapsedMs += pauseMs;
        const entry = await other.begin(key, makeLedgerDelivery('second'));
        const completions = [
          () => one.complete(key, 'first', 'hash', FIRST),
          () => other.complete(key, 'second', 'hash', SECOND),
        ];
        for (const complete of order ? completions : completions.reverse()) await complete();
        const holder = entry.kind === 'started' ? SECOND : FIRST;
        expect(await one.begin(key, makeLedgerDelivery('third'))).toMatchObject({ kind: 'done', result: holder });
      }),
      RUNS,
    );
  });

  it('[D12] Two machines whose clocks differ never both write an account: the later one waits or fences the other off', async () => {
    const race = fc.record({
      skewMs: skew(),
      pauseMs: fc.integer({ min: 0, max: REFRESH_LEASE_MS + 30_000 }),
      // By its own clock the second sync may have started with the first, or before it.
      sweepGapMs: fc.integer({ min: -5_000, max: 5_000 }),
    });
    const atTheEnd = { skewMs: 5_000, pauseMs: REFRESH_LEASE_MS - 4_000 };
    const examples = [-1, 0, 1].map((sweepGapMs): [Parameters<typeof runRace>[1]] => [{ ...atTheEnd, sweepGapMs }]);
    let fenced = 0;
    await fc.assert(
      fc.asyncProperty(race, async (given) => {
        fenced += (await runRace(table, given)) ? 1 : 0;
      }),
      { ...RUNS, examples },
    );
    expect(fenced).toBeGreaterThan(1);
  });
});

const noSleep: Sleep = async () => undefined;

function deliver(
  table: Table,
  key: ExecutionKey,
  writerId: string,
  now: Now,
  sleep: Sleep,
  work: () => Promise<ActionResult>,
): Promise<ExecutionAnswer> {
  const { log, metrics } = makeTelemetry();
  const ledger = createExecutionLedger(table, now);
  const runOnce = createRunOnce({
    ledger,
    workLog: createFakeWorkLog(now),
    now,
    sleep,
    newId: () => writerId,
    metrics,
    log,
  });
  return runOnce({ ...key, payloadHash: 'hash', hasStableId: true }, toDeadline(now() + 8_000), work);
}

let portals = 8_300_000;

/**
 * A refresh takes its portal, and after a while a second one wants it. Whoever was overtaken goes on writing all the same, as
 * a frozen function would that wakes up. True when the second one overtook the first.
 */
async function runRace(
  table: Table,
  { skewMs, pauseMs, sweepGapMs }: { skewMs: number; pauseMs: number; sweepGapMs: number },
): Promise<boolean> {
  const portalId = toPortalId(portals++);
  let elapsedMs = 0;
  const one = createOwnerSyncStore(table, () => START_EPOCH_MS + elapsedMs);
  const other = createOwnerSyncStore(table, () => START_EPOCH_MS + elapsedMs + skewMs);
  const run = (name: string, store: typeof one, startedAtEpochMs: number) => {
    const owner = makeOwner({ firstName: name });
    const listing = makeListing([owner], startedAtEpochMs);
    const diff = diffOwners(NOTHING_KNOWN, listing);
    return {
      acquire: () => store.acquire(portalId, name, startedAtEpochMs, REFRESH_LEASE_MS),
      apply: (lease: Parameters<typeof store.apply>[2]) =>
        store.apply(portalId, diff, lease, startedAtEpochMs, () => true),
    };
  };
  const first = run('First', one, START_EPOCH_MS);
  const second = run('Second', other, START_EPOCH_MS + sweepGapMs);

  const lease = await first.acquire();
  if (lease === undefined) throw new Error('the lease of a new portal is free');
  elapsedMs += pauseMs;
  const later = await second.acquire();
  if (later !== undefined) {
    expect(elapsedMs).toBeGreaterThan(REFRESH_MS);
    expect(later.fence).toBeGreaterThan(lease.fence);
    await second.apply(later);
  }
  await first.apply(lease);

  const seen = await createOwnerCache(table, () => START_EPOCH_MS).findByEmail(portalId, JANE);
  const known = await one.listKnown(portalId);
  const holder = later === undefined ? 'First' : 'Second';
  expect(seen?.owners.map(({ firstName }) => firstName)).toEqual([holder]);
  expect([...known.synced.values()].map(({ firstName }) => firstName)).toEqual([holder]);
  expect(known.pending.size).toBe(0);
  return later !== undefined;
}
