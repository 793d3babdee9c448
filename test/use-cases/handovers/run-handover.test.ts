import {
  ConfigError,
  MissingScopesError,
  RateLimitedError,
  StoreUnavailableError,
  UpstreamContractError,
  UpstreamUnavailableError,
} from '../../../lib/domain/errors.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { createHandoverWorld, LEAVER, OTHER, partOf, TARGET } from '../../support/handover-world.ts';

const CONTACTS = '0-1';
const DEALS = '0-3';
const OWNER = 'hubspot_owner_id';

type World = ReturnType<typeof createHandoverWorld>;

function fill(
  world: World,
  count: number,
  { type = CONTACTS, property = OWNER, owner = LEAVER as string, from = 1 } = {},
) {
  for (let id = from; id < from + count; id += 1)
    world.records.set(type, String(id), property, owner, world.now() - 60_000);
}

const valuesOf = (world: World, ids: readonly number[], type = CONTACTS, property = OWNER) =>
  ids.map((id) => world.records.valueOf(type, String(id), property));

it('A plan counts what the leaver owns for each object type and owner property, and writes nothing', async () => {
  const parts = [partOf(CONTACTS), partOf(CONTACTS, 'csm'), partOf(DEALS)];
  const world = createHandoverWorld({ parts });
  fill(world, 450);
  fill(world, 3, { property: 'csm' });
  fill(world, 7, { owner: OTHER, from: 1_000 });
  const { id } = await world.plan();
  const handover = await world.read(id);
  expect(handover).toMatchObject({ status: 'planned', batches: 6 });
  expect(handover.parts.map(({ objectType, property, records }) => [objectType, property, records])).toEqual([
    [CONTACTS, OWNER, 450],
    [CONTACTS, 'csm', 3],
  ]);
  expect(world.records.calls.filter((call) => call.startsWith('write'))).toEqual([]);
});

it('A handover moves exactly the records of its plan, with two calls for each hundred', async () => {
  const world = createHandoverWorld();
  fill(world, 300);
  fill(world, 20, { owner: OTHER, from: 1_000 });
  const { id, digest } = await world.plan();
  world.records.calls.length = 0;
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  const handover = await world.read(id);
  expect(handover).toMatchObject({ status: 'moved', moved: { done: 300, leftAlone: 0 }, remaining: 0 });
  expect(world.records.calls.toSorted()).toEqual([
    ...Array(3).fill('read 100'),
    'search',
    ...Array(3).fill('write 100'),
  ]);
  expect(new Set(valuesOf(world, [1, 150, 300]))).toEqual(new Set([TARGET]));
  expect(new Set(valuesOf(world, [1_000, 1_019]))).toEqual(new Set([OTHER]));
});

it.each([
  ['somebody else has it now', (world: World) => world.records.set(CONTACTS, '1', OWNER, OTHER), OTHER],
  ['it was cleared', (world: World) => world.records.set(CONTACTS, '1', OWNER, ''), ''],
  [
    'it was given away and back to the leaver',
    (world: World) => {
      world.records.set(CONTACTS, '1', OWNER, OTHER);
      world.advance(1_000);
      world.records.set(CONTACTS, '1', OWNER, LEAVER);
    },
    LEAVER,
  ],
])('A record whose owner changed after the plan is left alone: %s', async (_what, change, after) => {
  const world = createHandoverWorld();
  fill(world, 2);
  const { id, digest } = await world.plan();
  world.advance(1_000);
  change(world);
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect(valuesOf(world, [1, 2])).toEqual([after, TARGET]);
  expect((await world.read(id)).moved).toEqual({ done: 1, leftAlone: 1, missing: 0, refused: 0 });
});

it('A record whose other properties changed is moved: only its owner counts', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS, 'csm')] });
  fill(world, 2, { property: 'csm' });
  const { id, digest } = await world.plan();
  world.advance(1_000);
  world.records.set(CONTACTS, '1', 'another_owner', OTHER);
  await world.control.start(PORTAL_A, id, digest);
  world.records.calls.length = 0;
  await world.run(id);
  expect(valuesOf(world, [1, 2], CONTACTS, 'csm')).toEqual([TARGET, TARGET]);
  expect(world.records.calls).toEqual(['read 2', 'history 1', 'write 2', 'search']);
});

it('Records that come to the leaver after the plan are counted and not moved', async () => {
  const world = createHandoverWorld();
  fill(world, 2);
  const { id, digest } = await world.plan();
  world.advance(1_000);
  fill(world, 5, { from: 50 });
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect(await world.read(id)).toMatchObject({ moved: { done: 2 }, remaining: 5 });
  expect(new Set(valuesOf(world, [50, 54]))).toEqual(new Set([LEAVER]));
});

it('A record that HubSpot refuses does not keep the others of its batch', async () => {
  const world = createHandoverWorld();
  fill(world, 100);
  world.records.remove(CONTACTS, '99');
  fill(world, 1, { from: 99 });
  const { id, digest } = await world.plan();
  world.records.bad.add('40' as never);
  world.records.remove(CONTACTS, '7');
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect((await world.read(id)).moved).toEqual({ done: 98, leftAlone: 0, missing: 1, refused: 1 });
  expect(valuesOf(world, [40])).toEqual([LEAVER]);
});

it.each([
  ['to nobody', ''],
  ['to the target', TARGET],
] as const)(
  'An undo of a handover %s gives back what nobody changed since, and nothing else',
  async (_what, target) => {
    const world = createHandoverWorld({ parts: [partOf(CONTACTS), partOf(CONTACTS, 'csm')] });
    fill(world, 3);
    fill(world, 3, { property: 'csm' });
    fill(world, 1, { owner: target, from: 77 });
    const { id, digest } = await world.plan(target);
    world.advance(1_000);
    await world.control.start(PORTAL_A, id, digest);
    await world.run(id);
    expect(valuesOf(world, [1, 2, 3])).toEqual([target, target, target]);
    world.advance(3_600_000);
    world.records.set(CONTACTS, '2', OWNER, OTHER);
    world.records.set(CONTACTS, '3', 'csm', OTHER);
    world.advance(1_000);
    world.records.set(CONTACTS, '3', 'csm', target);
    await world.control.undo(PORTAL_A, id);
    await world.run(id);
    expect(valuesOf(world, [1, 2, 3, 77])).toEqual([LEAVER, OTHER, LEAVER, target]);
    expect(valuesOf(world, [1, 2, 3], CONTACTS, 'csm')).toEqual([LEAVER, LEAVER, target]);
    expect(await world.read(id)).toMatchObject({ status: 'undone', undone: { done: 4, leftAlone: 2 } });
  },
);

it('A handover that is stopped leaves the rest alone, and goes on when it is started again', async () => {
  let writes = 0;
  const world: World = createHandoverWorld({
    fate(name) {
      if (name === 'writeOwners') writes += 1;
      return undefined;
    },
  });
  fill(world, 300);
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  const run = world.run(id);
  while (writes < 1) await Promise.resolve();
  await world.control.stop(PORTAL_A, id);
  await run;
  const stopped = await world.read(id);
  expect(stopped).toMatchObject({ status: 'moving', isStopped: true });
  expect(stopped.moved.done).toBeLessThan(300);
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect(await world.read(id)).toMatchObject({ status: 'moved', moved: { done: 300 } });
});

it('A run puts its work down when its time is over, and the next one goes on', async () => {
  const world = createHandoverWorld();
  fill(world, 100);
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  expect(await world.run(id, world.now())).toEqual({ againInMs: 0 });
  expect(await world.read(id)).toMatchObject({ status: 'moving', position: 0 });
  expect(await world.run(id)).toBeUndefined();
});

it.each([
  ['HubSpot refuses for its limit', new RateLimitedError(4_000), { againInMs: 4_000 }],
  [
    'HubSpot is away',
    new UpstreamUnavailableError('http_502'),
    { againInMs: 30_000, fault: expect.objectContaining({ fault: 'http_502' }) },
  ],
  [
    'HubSpot answers what nobody knows',
    new UpstreamContractError('odd'),
    { againInMs: 30_000, fault: expect.objectContaining({ code: 'HUBSPOT_CONTRACT_BROKEN' }) },
  ],
  [
    'our own configuration is wrong',
    new ConfigError('wrong'),
    { againInMs: 30_000, fault: expect.objectContaining({ code: 'CONFIG_INVALID' }) },
  ],
])('A run comes back later when %s, and says so where somebody must look at it', async (_what, error, again) => {
  const world = createHandoverWorld();
  fill(world, 100);
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  jest.spyOn(world.records.batches, 'readOwners').mockRejectedValueOnce(error);
  expect(await world.run(id)).toEqual(again);
  expect(await world.run(id)).toBeUndefined();
  expect(await world.read(id)).toMatchObject({ status: 'moved', moved: { done: 100 } });
});

it('A handover stops with the reason when a permission is missing, and goes on once it is granted', async () => {
  const world = createHandoverWorld();
  fill(world, 100);
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  jest.spyOn(world.records.batches, 'writeOwners').mockRejectedValueOnce(new MissingScopesError(undefined));
  await world.run(id);
  expect(await world.read(id)).toMatchObject({ status: 'moving', isStopped: true, reason: 'MISSING_SCOPES' });
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect(await world.read(id)).toMatchObject({ status: 'moved', moved: { done: 100 } });
});

it('A handover that stops because an object type may not be written counts what it moved before, and goes on from there', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS), partOf(DEALS)] });
  fill(world, 200);
  fill(world, 100, { type: DEALS });
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  const { writeOwners } = world.records.batches;
  const write = jest.spyOn(world.records.batches, 'writeOwners').mockImplementation(async (...asked) => {
    if (asked[0].objectType === DEALS) throw new MissingScopesError(undefined, ['crm.objects.deals.write']);
    return writeOwners(...asked);
  });
  await world.run(id);
  const stopped = { status: 'moving', isStopped: true, reason: 'MISSING_SCOPES', position: 2, moved: { done: 200 } };
  expect(await world.read(id)).toMatchObject(stopped);
  write.mockRestore();
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect(await world.read(id)).toMatchObject({ status: 'moved', moved: { done: 300 } });
});

it('Nobody gets records who left after the plan was made', async () => {
  const world = createHandoverWorld();
  fill(world, 1);
  const { id, digest } = await world.plan();
  world.owners.set(TARGET, makeOwner({ id: TARGET, archived: true }));
  await world.control.start(PORTAL_A, id, digest);
  await world.run(id);
  expect(await world.read(id)).toMatchObject({ isStopped: true, reason: 'TARGET_NOT_ACTIVE' });
  expect(valuesOf(world, [1])).toEqual([LEAVER]);
});

it('An object type whose records may not be read is named in the plan, and the others are planned', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS), partOf(CONTACTS, 'csm'), partOf(DEALS)] });
  fill(world, 4, { type: DEALS });
  jest
    .spyOn(world.records.search, 'findOwned')
    .mockRejectedValueOnce(new MissingScopesError(undefined, ['crm.objects.contacts.read']));
  const { id } = await world.plan();
  expect(await world.read(id)).toMatchObject({
    status: 'planned',
    parts: [{ objectType: DEALS, records: 4 }],
    unreadable: [{ objectType: CONTACTS, scopes: ['crm.objects.contacts.read'] }],
  });
});

it('A write that would wait a minute for a permit is put off, so that what people change meanwhile is left alone', async () => {
  const world = createHandoverWorld();
  fill(world, 3);
  const { id, digest } = await world.plan();
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, digest);
  const { writeOwners } = world.records.batches;
  jest.spyOn(world.records.batches, 'writeOwners').mockImplementationOnce(async (...asked) => {
    const [, , deadline, sendUntil = deadline] = asked;
    const isPutOff = world.now() + 60_000 > sendUntil;
    world.advance(60_000);
    world.records.set(CONTACTS, '1', OWNER, OTHER);
    if (isPutOff) throw new RateLimitedError(1_000);
    return writeOwners(...asked);
  });
  expect(await world.run(id)).toEqual({ againInMs: 1_000 });
  await world.run(id);
  expect(valuesOf(world, [1, 2, 3])).toEqual([OTHER, TARGET, TARGET]);
  expect(await world.read(id)).toMatchObject({ status: 'moved', moved: { done: 2, leftAlone: 1 } });
});

it('A record that a person gives away while a refused batch is being halved is left alone', async () => {
  const world = createHandoverWorld();
  fill(world, 4);
  const { id, digest } = await world.plan();
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, digest);
  jest.spyOn(world.records.batches, 'writeOwners').mockImplementationOnce(async () => {
    world.advance(10_001);
    world.records.set(CONTACTS, '4', OWNER, OTHER);
    return { kind: 'refused' };
  });
  world.records.calls.length = 0;
  await world.run(id);
  expect(valuesOf(world, [1, 2, 3, 4])).toEqual([TARGET, TARGET, TARGET, OTHER]);
  expect(world.records.calls).toEqual(['read 4', 'read 2', 'write 2', 'read 2', 'write 1', 'search']);
  expect(await world.read(id)).toMatchObject({ status: 'moved', moved: { done: 3, leftAlone: 1 } });
});

describe('Two runs of a handover at the same time', () => {
  /** HubSpot has written the first half of a batch, and not the rest, while something else happens. */
  function betweenHalves(world: World, happens: () => Promise<unknown>): void {
    const { writeOwners } = world.records.batches;
    const half = async (...asked: Parameters<typeof writeOwners>) => {
      const [ref, values, deadline] = asked;
      const [one, other] = [[...values].slice(0, values.size / 2), [...values].slice(values.size / 2)];
      await writeOwners(ref, new Map(one), deadline);
      await happens();
      await writeOwners(ref, new Map(other), deadline);
      return { kind: 'answered', written: new Set(values.keys()) } as const;
    };
    jest.spyOn(world.records.batches, 'writeOwners').mockImplementationOnce(half);
  }

  const ALL = Array.from({ length: 100 }, (_, index) => index + 1);

  it('The undo gives back what each of them wrote, and everything counts as moved', async () => {
    const world = createHandoverWorld();
    fill(world, 100);
    const { id, digest } = await world.plan();
    world.advance(1_000);
    await world.control.start(PORTAL_A, id, digest);
    betweenHalves(world, () => world.run(id));
    await world.run(id);
    expect(new Set(valuesOf(world, ALL))).toEqual(new Set([TARGET]));
    expect((await world.read(id)).moved).toEqual({ done: 100, leftAlone: 0, missing: 0, refused: 0 });
    world.advance(3_600_000);
    await world.control.undo(PORTAL_A, id);
    await world.run(id);
    expect(new Set(valuesOf(world, ALL))).toEqual(new Set([LEAVER]));
  });

  it('An undo takes back what a run that was stopped writes after it, and is over when nothing can come any more', async () => {
    const world = createHandoverWorld();
    fill(world, 100);
    const { id, digest } = await world.plan();
    world.advance(1_000);
    await world.control.start(PORTAL_A, id, digest);
    let during: unknown;
    betweenHalves(world, async () => {
      await world.control.stop(PORTAL_A, id);
      await world.control.undo(PORTAL_A, id);
      during = await world.run(id);
      world.advance(60_000);
    });
    await world.run(id);
    expect(during).toEqual({ againInMs: expect.any(Number) });
    world.advance((during as { againInMs: number }).againInMs);
    expect(await world.run(id)).toBeUndefined();
    expect(await world.read(id)).toMatchObject({ status: 'undone' });
    expect(new Set(valuesOf(world, ALL))).toEqual(new Set([LEAVER]));
  });

  it('An undo takes back what a run writes after another one had moved the same records', async () => {
    const world = createHandoverWorld();
    fill(world, 100);
    const { id, digest } = await world.plan();
    world.advance(1_000);
    await world.control.start(PORTAL_A, id, digest);
    const { writeOwners } = world.records.batches;
    let during: unknown;
    jest.spyOn(world.records.batches, 'writeOwners').mockImplementationOnce(async (...asked) => {
      world.advance(1_000);
      await world.run(id);
      await world.control.undo(PORTAL_A, id);
      during = await world.run(id);
      expect(new Set(valuesOf(world, ALL))).toEqual(new Set([LEAVER]));
      world.advance(60_000);
      return writeOwners(...asked);
    });
    await world.run(id);
    world.advance((during as { againInMs: number }).againInMs);
    expect(await world.run(id)).toBeUndefined();
    expect(await world.read(id)).toMatchObject({ status: 'undone', undone: { done: 100, leftAlone: 0 } });
    expect(new Set(valuesOf(world, ALL))).toEqual(new Set([LEAVER]));
  });

  it('Records that another run moves while their history is read count as moved', async () => {
    const world = createHandoverWorld({ parts: [partOf('0-1', 'csm')] });
    fill(world, 100, { property: 'csm' });
    const { id, digest } = await world.plan();
    world.advance(1_000);
    await world.control.start(PORTAL_A, id, digest);
    for (const n of ALL) world.records.set('0-1', String(n), 'phone', '1');
    const { readOwners } = world.records.batches;
    let reads = 0;
    jest.spyOn(world.records.batches, 'readOwners').mockImplementation(async (...asked) => {
      reads += 1;
      if (reads === 2) {
        // It is killed before it saves what it did.
        jest.spyOn(world.handovers, 'save').mockRejectedValueOnce(new StoreUnavailableError('away'));
        await world.run(id);
      }
      return readOwners(...asked);
    });
    await world.run(id);
    expect((await world.read(id)).moved).toEqual({ done: 100, leftAlone: 0, missing: 0, refused: 0 });
  });

  it('A run that has read the records writes nothing once somebody stopped it or began the undo', async () => {
    const world = createHandoverWorld();
    fill(world, 100);
    const { id, digest } = await world.plan();
    world.advance(1_000);
    await world.control.start(PORTAL_A, id, digest);
    const { readOwners } = world.records.batches;
    jest.spyOn(world.records.batches, 'readOwners').mockImplementationOnce(async (...asked) => {
      const answer = await readOwners(...asked);
      await world.control.stop(PORTAL_A, id);
      await world.control.undo(PORTAL_A, id);
      // It finds no note of what the first run is about to write.
      await world.run(id);
      return answer;
    });
    await world.run(id);
    expect(world.records.calls.filter((call) => call.startsWith('write'))).toEqual([]);
    expect(new Set(valuesOf(world, ALL))).toEqual(new Set([LEAVER]));
    expect(await world.read(id)).toMatchObject({ status: 'undone' });
  });
});
