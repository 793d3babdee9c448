import { makeArchivedOwner } from '../../builders/owner.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';
import { makeSyncing, people } from '../../support/syncing.ts';

it.each([
  [5, 2, 4, { kind: 'refused', reason: 'shrunk' }],
  [5, 3, 2, { kind: 'done' }],
  [4, 1, 2, { kind: 'done' }],
])(
  'A suspiciously small listing is read twice and refused: %i active owners were known, %i are listed, %i pages are read',
  async (before, now, pages, outcome) => {
    const left = people(before)
      .slice(now)
      .map((owner) => ({ ...owner, archived: true }));
    const { sync, store, world, know, telemetry } = makeSyncing([...people(now), ...left]);
    know(people(before));
    expect(await sync()).toMatchObject(outcome);
    expect(world.pages).toBe(pages);
    if (outcome.kind !== 'refused') return;
    expect([store.applied, store.reports]).toEqual([[], []]);
    expect(telemetry.counts).toEqual(['OwnerListingRefused shrunk ×1']);
  },
);

it('A listing that was too small by chance is read once more, and the second one is used', async () => {
  const { sync, world, know, clock } = makeSyncing(people(1));
  know(people(6));
  world.onPage = (page) => {
    clock.advance(1_000);
    if (page === 3) world.listed = people(6);
    return undefined;
  };
  const report = { startedAtEpochMs: START_EPOCH_MS + 2_000, writes: 1 };
  expect(await sync()).toMatchObject({ kind: 'done', report });
});

it.each([
  ['is used when somebody is active in it', 3, []],
  ['is used when it says the same', 0, ['1', '2', '3']],
])(
  'A listing that lost everybody of a small account is read once more, and the second one %s',
  async (_what, active, removed) => {
    const left = makeArchivedOwner({ id: '9' });
    const { sync, world, know } = makeSyncing([left]);
    know([...people(3), left]);
    world.onPage = (page) => {
      if (page === 3) world.listed = [...people(active), left];
      return undefined;
    };
    expect(await sync()).toMatchObject({ kind: 'done', report: { removed } });
    expect(world.pages).toBe(4);
  },
);

it.each([
  ['stays, because the second reading names them', 6, []],
  ['is gone, because the second reading says the same', 5, ['6']],
])(
  '[R4] Somebody whom neither list names, as people who move while pages are read, %s',
  async (_what, second, removed) => {
    const { sync, world, know } = makeSyncing(people(5));
    know(people(6));
    world.onPage = (page) => {
      if (page === 3) world.listed = people(second);
      return undefined;
    };
    expect(await sync()).toMatchObject({ kind: 'done', report: { removed, hubspotCalls: 5 } });
    expect(world.pages).toBe(4);
  },
);

it('[R4] Who is missing is looked for once more and not again, when the time is over meanwhile', async () => {
  const { sync, world, know, clock } = makeSyncing(people(5));
  know(people(6));
  world.onPage = () => void clock.advance(1_000);
  const stopped = await sync({}, START_EPOCH_MS + 2_500);
  if (stopped.kind !== 'toBeContinued') throw new Error(`the refresh was ${stopped.kind}`);
  expect(await sync(stopped.job)).toMatchObject({ kind: 'done', report: { removed: ['6'] } });
  expect(world.pages).toBe(4);
});

it('A second reading that has lost most people is refused, although the first one was not', async () => {
  const { sync, world, know } = makeSyncing(people(5));
  know(people(6));
  world.onPage = (page) => {
    if (page === 3) world.listed = people(1);
    return undefined;
  };
  expect(await sync()).toEqual({ kind: 'refused', reason: 'shrunk' });
});

it('A suspiciously small listing that could not be read again in time is refused', async () => {
  const { sync, world, know, clock, store } = makeSyncing(people(1));
  know(people(6));
  world.onPage = () => void clock.advance(1_000);
  expect(await sync({}, START_EPOCH_MS + 2_500)).toEqual({ kind: 'refused', reason: 'shrunk' });
  expect([world.pages, store.checkpoints.size]).toEqual([3, 0]);
});

it('A small listing that the operator confirms is applied without a second read', async () => {
  const { sync, world, know } = makeSyncing(people(1));
  know(people(6));
  expect(await sync({ force: true })).toMatchObject({ kind: 'done', report: { totals: { removed: 5 } } });
  expect(world.pages).toBe(2);
});

it('A listing without any owner is refused, and nothing is written', async () => {
  const { sync, store, telemetry } = makeSyncing([]);
  expect(await sync()).toEqual({ kind: 'refused', reason: 'no_owners' });
  expect(store.calls).toEqual(['readState']);
  expect(telemetry.lines).toEqual(['error an owner listing was refused; the known owners stay']);
});

it('A refresh counts the rows that it could not read, by the list that they were in', async () => {
  const { sync, world, telemetry } = makeSyncing([...people(2), makeArchivedOwner({ id: '9' })]);
  world.onPage = (page) => (page === 1 ? { odd: [undefined] } : undefined);
  expect(await sync()).toMatchObject({ kind: 'done', report: { oddRows: 1 } });
  expect(telemetry.counts).toEqual(['HubSpotRowsSkipped owners ×1']);
});
