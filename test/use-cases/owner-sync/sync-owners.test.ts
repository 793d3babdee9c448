import {
  MissingScopesError,
  PortalNotConnectedError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { PORTAL_A, toEmail } from '../../builders/ids.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';
import { LATER, makeSyncing, people, person } from '../../support/syncing.ts';

it('A refresh of new owners reads both listings, takes the lease, writes the difference and records the run, in this order', async () => {
  const { sync, store, world } = makeSyncing();
  expect(await sync()).toMatchObject({ kind: 'done', report: { hubspotCalls: 3, writes: 5, totals: { joined: 3 } } });
  expect(store.calls).toEqual(['readState', 'listKnown', 'acquire', 'listKnown', 'apply', 'recordRun']);
  expect([world.pages, store.lease]).toEqual([2, undefined]);
});

it('A refresh of an unchanged account takes no lease and writes once', async () => {
  const { sync, store, know } = makeSyncing();
  know(people(3));
  expect(await sync()).toMatchObject({ kind: 'done', report: { writes: 1 } });
  expect(store.calls).toEqual(['readState', 'listKnown', 'recordRun']);
});

it('A refresh that was requested before the last one began is not repeated', async () => {
  const { sync, store, world } = makeSyncing();
  store.state.lastCompleteStartedAtEpochMs = START_EPOCH_MS;
  expect(await sync()).toEqual({ kind: 'skipped', reason: 'done_already' });
  expect(world.pages).toBe(0);
  expect(await sync({ requestedAtEpochMs: START_EPOCH_MS + 1 })).toMatchObject({ kind: 'done' });
});

it.each([
  [0, 0, []],
  [5_000, 0, ['OwnerDataAgeMs =5000']],
  [5_000, 1, []],
])(
  'A refresh measures the age of the owners once, where there are any: last refresh %i ms ago, continuation %i',
  async (agoMs, continuations, counts) => {
    const { sync, store, telemetry } = makeSyncing();
    if (agoMs > 0) store.state.lastCompleteStartedAtEpochMs = START_EPOCH_MS - agoMs;
    await sync({ continuations });
    expect(telemetry.counts).toEqual(counts);
  },
);

it('A refresh that finds writes of another run under its lease compares again and writes only that difference', async () => {
  const { sync, store } = makeSyncing(people(2));
  store.before = (call) => {
    // Another run wrote the first person, and somebody who is gone by now, and gave its lease back.
    if (call === 'acquire') for (const owner of [person(1), person(7)]) store.synced.set(owner.id, owner);
  };
  expect(await sync()).toMatchObject({ kind: 'done', report: { joined: ['2'], removed: ['7'] } });
  expect(store.applied.map(({ changed }) => changed.map(({ id }) => id).sort())).toEqual([['2', '7']]);
  expect([...store.synced.values()].map(({ id, unlisted = false }) => [id, unlisted])).toEqual([
    ['1', false],
    ['7', true],
    ['2', false],
  ]);
});

it('A refresh that began before one that was recorded meanwhile restores no old data', async () => {
  const { sync, store, know } = makeSyncing();
  know(people(2));
  store.before = (call) => {
    if (call === 'acquire') store.state.lastCompleteStartedAtEpochMs = START_EPOCH_MS + 1;
  };
  expect(await sync()).toEqual({ kind: 'skipped', reason: 'another_run' });
  expect([store.applied, store.reports, store.synced.size]).toEqual([[], [], 2]);
});

it('A refresh without a change that began before one that was recorded meanwhile is not recorded', async () => {
  const { sync, store, know, unresolved } = makeSyncing();
  know(people(3));
  await unresolved.note(PORTAL_A, toEmail('nobody@example.com'), 'w', START_EPOCH_MS);
  store.before = (call) => {
    if (call === 'recordRun') store.state.lastCompleteStartedAtEpochMs = START_EPOCH_MS + 1;
  };
  expect(await sync()).toEqual({ kind: 'skipped', reason: 'another_run' });
  expect(store.reports).toEqual([]);
  // The other run's report did not tell of them, so they stay for the next one.
  expect(await unresolved.list(PORTAL_A)).toHaveLength(1);
});

it('A refresh without a change does not confirm rows that another run is writing at the same time', async () => {
  const { sync, store, know } = makeSyncing();
  know(people(3));
  store.before = (call) => {
    if (call === 'recordRun') store.state.fence += 1;
  };
  expect(await sync()).toEqual({ kind: 'skipped', reason: 'another_run' });
});

it('A refresh leaves an account to the run that holds its lease', async () => {
  const { sync, store } = makeSyncing();
  store.lease = { runId: 'another', endsAtEpochMs: LATER };
  expect(await sync()).toEqual({ kind: 'skipped', reason: 'another_run' });
  expect(store.applied).toEqual([]);
});

it('A refresh reports the unresolved emails once, and keeps those that were noted meanwhile', async () => {
  const { sync, store, unresolved } = makeSyncing();
  const [told, later] = [toEmail('nobody@example.com'), toEmail('late@example.com')];
  await unresolved.note(PORTAL_A, told, 'w', START_EPOCH_MS);
  store.before = (call) => {
    if (call === 'recordRun') void unresolved.note(PORTAL_A, later, 'w', START_EPOCH_MS);
  };
  expect(await sync()).toMatchObject({ kind: 'done', report: { unresolvedTotal: 1, unresolved: [{ email: told }] } });
  expect((await unresolved.list(PORTAL_A)).map(({ email }) => email)).toEqual([later]);
});

it('A refresh that fails because the unresolved emails cannot be read reports the changes when it is repeated', async () => {
  const { sync, unresolved, store } = makeSyncing();
  unresolved.outage.fail(new StoreUnavailableError('the table is away'));
  await expect(sync()).rejects.toThrow('the table is away');
  unresolved.outage.recover();
  expect(await sync()).toMatchObject({ kind: 'done', report: { totals: { joined: 3 } } });
  expect(store.applied).toHaveLength(1);
});

it('A refresh that runs out of time saves a checkpoint and continues there, under the same name', async () => {
  const { sync, store, clock, world } = makeSyncing();
  world.onPage = () => void clock.advance(60_000);
  const first = await sync({}, START_EPOCH_MS + 60_000);
  expect(first).toMatchObject({ kind: 'toBeContinued', job: { runId: 'run-1', continuations: 1 } });
  expect(store.checkpoints.get('run-1')).toMatchObject({ stage: 'archived', pages: 1 });
  const report = { startedAtEpochMs: START_EPOCH_MS, hubspotCalls: 2, totals: { joined: 3 } };
  expect(await sync({ continuations: 1 })).toMatchObject({ kind: 'done', report });
  expect(world.pages).toBe(2);
});

it.each([new UpstreamUnavailableError('timeout'), new RateLimitedError(1)])(
  'A refresh whose third page fails for now (%p) keeps the two before it, and continues from the third',
  async (error) => {
    const { sync, store, world } = makeSyncing();
    const failing = new Set([3, 4]);
    world.onPage = (page) => {
      if (failing.has(page)) throw error;
      return page < 3 ? { owners: [person(page)], after: `c${page}` } : undefined;
    };
    expect(await sync()).toMatchObject({ kind: 'toBeContinued', job: { continuations: 1 } });
    expect(store.checkpoints.get('run-1')).toMatchObject({ stage: 'active', after: 'c2', pages: 2 });
    // Nothing is gained by a page that fails at once: then the message is delivered again after a while.
    await expect(sync({ continuations: 1 })).rejects.toBe(error);
    expect(await sync({ continuations: 1 })).toMatchObject({ kind: 'done', report: { totals: { joined: 3 } } });
  },
);

it('A refresh whose third page is broken is refused, whatever was read before', async () => {
  const { sync, world, store } = makeSyncing();
  world.onPage = (page) => ({ owners: [person(page)], after: 'c1' });
  expect(await sync()).toEqual({ kind: 'refused', reason: 'repeated_cursor' });
  expect(store.checkpoints.size).toBe(0);
});

it('[R7] A refresh whose cursor HubSpot does not know any more when it is resumed starts again', async () => {
  const { sync, store, world, clock } = makeSyncing();
  world.onPage = (page) => {
    clock.advance(1_000);
    if (page === 3) throw new UpstreamContractError('the Owners API answered with status 400');
    return page < 3 ? { owners: [person(page)], after: `c${page}` } : undefined;
  };
  expect(await sync({}, START_EPOCH_MS + 1_500)).toMatchObject({ kind: 'toBeContinued' });
  expect(store.checkpoints.get('run-1')).toMatchObject({ after: 'c2' });
  const report = { startedAtEpochMs: START_EPOCH_MS + 3_000, hubspotCalls: 3, totals: { joined: 3 } };
  expect(await sync({ continuations: 1 })).toMatchObject({ kind: 'done', report });
});

it('A refresh that started again three times because of its cursor fails the next time', async () => {
  const { sync, world } = makeSyncing();
  const expired = new UpstreamContractError('the Owners API answered with status 400');
  let calls = 0;
  world.onPage = (page) => {
    calls += 1;
    if (page > 2) throw expired;
    return { owners: [person(page)], after: `c${page}` };
  };
  expect(await sync()).toMatchObject({ kind: 'toBeContinued' });
  calls = 0;
  await expect(sync({ continuations: 3 })).rejects.toBe(expired);
  expect(calls).toBe(2);
  await expect(sync({ continuations: 4 })).rejects.toBe(expired);
  expect(calls).toBe(3);
});

it('A refresh whose checkpoint is gone starts again', async () => {
  const { sync, world } = makeSyncing();
  expect(await sync({ continuations: 1 })).toMatchObject({ kind: 'done' });
  expect(world.pages).toBe(2);
});

it('A refresh that runs out of time while it writes saves one checkpoint, and continues without reading users', async () => {
  const { sync, store, clock, usersUntil } = makeSyncing();
  store.before = (call) => void (call === 'apply' && clock.advance(600_000));
  expect(await sync()).toMatchObject({ kind: 'toBeContinued', job: { continuations: 1 } });
  expect(store.checkpoints.get('run-1')?.stage).toBe('done');
  store.calls.length = 0;
  expect(await sync({ continuations: 1 }, clock.now() + 1)).toMatchObject({ kind: 'toBeContinued' });
  expect(store.calls).not.toContain('saveCheckpoint');
  expect(usersUntil).toEqual([LATER, 0]);
});

it('A refresh of more owners than one run can write gets further with each run, until it is done', async () => {
  const { sync, store, clock, world } = makeSyncing();
  world.onPage = (page) =>
    page === 1 ? { owners: Array.from({ length: 4_500 }, (_, index) => person(index + 1)) } : undefined;
  let runs = 0;
  let result: Awaited<ReturnType<typeof sync>>;
  do {
    const begun = store.applied.length;
    const stopAt = clock.now() + 600_000;
    store.before = (call) => void (call === 'apply' && store.applied.length > begun && clock.advance(600_000));
    result = await sync({ continuations: runs }, stopAt);
    runs += 1;
  } while (result.kind === 'toBeContinued' && runs < 9);
  expect(result.kind).toBe('done');
  expect(runs).toBe(3);
});

it('A refresh stops writing when its lease ends, even if it has time left', async () => {
  const { sync, store, clock } = makeSyncing();
  store.before = (call) => void (call === 'apply' && clock.advance(15 * 60_000));
  expect(await sync({}, START_EPOCH_MS + 3_600_000)).toMatchObject({ kind: 'toBeContinued' });
});

it.each([
  ['is not connected', new PortalNotConnectedError('none')],
  ['lacks the scope for owners', new MissingScopesError(undefined)],
])('A refresh of an account that %s waits for somebody to connect it, without an alarm', async (_why, error) => {
  const { sync, world, telemetry } = makeSyncing();
  world.onPage = () => {
    throw error;
  };
  expect(await sync()).toEqual({ kind: 'skipped', reason: 'not_connected' });
  expect(telemetry.lines).toEqual(['warn a portal is not refreshed until it is connected again']);
});

it.each([new RateLimitedError(1), new UpstreamUnavailableError('timeout'), new TypeError('a mistake')])(
  'A refresh that fails with %p throws, so that its message is delivered again',
  async (error) => {
    const { sync, world } = makeSyncing();
    world.onPage = () => {
      throw error;
    };
    await expect(sync()).rejects.toBe(error);
  },
);
