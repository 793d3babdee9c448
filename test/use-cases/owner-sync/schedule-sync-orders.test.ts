import type { PortalId } from '../../../lib/domain/ids.ts';
import type { SyncQueue } from '../../../lib/ports/queue.ts';
import { createScheduleSync, type ScheduleSyncDeps } from '../../../lib/use-cases/owner-sync/schedule-sync.ts';
import { toPortalId } from '../../builders/ids.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';

const DAY_MS = 86_400_000;
const [FIRST, SECOND, THIRD] = [toPortalId(1), toPortalId(2), toPortalId(3)];

async function* paged(...pages: readonly (readonly PortalId[])[]) {
  yield* pages;
}

function setUp(portals: ScheduleSyncDeps['portals'], draws: readonly number[] = []) {
  const sends: Parameters<SyncQueue['send']>[0][] = [];
  const purges: (readonly PortalId[])[] = [];
  let [runs, drawn] = [0, 0];
  const schedule = createScheduleSync({
    portals,
    queue: {
      send: async (orders) => void sends.push(orders),
      sendPurges: async (portalIds) => void purges.push(portalIds),
    },
    now: makeClock().now,
    newId: () => `run-${++runs}`,
    random: () => draws[drawn++] ?? 0,
  });
  return { schedule, sends, purges };
}
const connected = { listConnected: () => paged([FIRST, SECOND], [THIRD]) };

it('The schedule queues one refresh for each connected account, page by page, each a run of its own', async () => {
  const { schedule, sends, purges } = setUp(connected, [0, 0.5, 0.9999]);
  expect(await schedule()).toEqual({ portals: 3 });
  const order = (portalId: PortalId, runId: string, delaySeconds: number) => ({
    job: { portalId, runId, requestedAtEpochMs: START_EPOCH_MS, force: false, continuations: 0 },
    delaySeconds,
  });
  expect(sends).toEqual([[order(FIRST, 'run-1', 0), order(SECOND, 'run-2', 450)], [order(THIRD, 'run-3', 899)]]);
  expect(purges).toEqual([]);
});

const HOUR_MS = 3_600_000;
it.each([
  ['a minute ago, as when Lambda repeats it', -60_000, -60_000],
  ['in the future, by a clock that is ahead', 60_000, 0],
  ['longer ago than it is repeated', -7 * HOUR_MS, 0],
])(
  '[R8] Refreshes of an event that was due %s are requested at %i ms from now',
  async (_when, dueInMs, requestedInMs) => {
    const { schedule, sends } = setUp(connected);
    await schedule({ dueAtEpochMs: START_EPOCH_MS + dueInMs });
    const requested = new Set(sends.flat().map(({ job }) => job.requestedAtEpochMs));
    expect(requested).toEqual(new Set([START_EPOCH_MS + requestedInMs]));
  },
);

it('A schedule that an operator starts at once is not spread over time', async () => {
  const { schedule, sends } = setUp(connected, [0.5, 0.5, 0.5]);
  await schedule({ atOnce: true });
  expect(sends.flat().map(({ delaySeconds }) => delaySeconds)).toEqual([0, 0, 0]);
});

it.each([
  [{ force: true }, true],
  [{ force: false }, false],
  [{}, false],
])('A schedule with %j forces the refreshes: %s', async (options, force) => {
  const { schedule, sends } = setUp(connected);
  await schedule(options);
  expect(sends.flat().map(({ job }) => job.force)).toEqual([force, force, force]);
});

it('The schedule queues the deletion of accounts that left three weeks ago, and does not count them as refreshes', async () => {
  const asked: number[] = [];
  const { schedule, purges } = setUp({
    listConnected: () => paged(),
    listDisconnected(beforeEpochMs) {
      asked.push(beforeEpochMs);
      return paged([FIRST], [SECOND, THIRD]);
    },
  });
  expect(await schedule()).toEqual({ portals: 0 });
  expect(asked).toEqual([START_EPOCH_MS - 21 * DAY_MS]);
  expect(purges).toEqual([[FIRST], [SECOND, THIRD]]);
});
