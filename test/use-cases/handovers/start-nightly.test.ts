import { toDeadline } from '../../../lib/domain/deadline.ts';
import { RateLimitedError, UpstreamUnavailableError } from '../../../lib/domain/errors.ts';
import { reportLastNight } from '../../../lib/domain/nightly-handover.ts';
import { createStartNightly } from '../../../lib/use-cases/handovers/start-nightly.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { createHandoverWorld, LEAVER, OTHER, partOf, refOf, TARGET } from '../../support/handover-world.ts';

const CONTACTS = '0-1';
const OWNER = 'hubspot_owner_id';
const MAX_CALLS = 40;

function setUp(world: ReturnType<typeof createHandoverWorld>) {
  const startNightly = createStartNightly({
    handovers: world.handovers,
    queue: { sendHandover: async (job) => void world.sent.push(job) },
    findTarget: world.findTarget,
    findOwner: world.findOwner,
    now: world.now,
    log: world.telemetry.log,
    maxCalls: MAX_CALLS,
  });
  const start = (requestedAt: number) => startNightly(PORTAL_A, requestedAt, toDeadline(world.now() + 60_000));
  const night = async () => {
    const begun = await start(world.now());
    for (const { handoverId } of world.sent.splice(0)) await world.run(handoverId);
    return begun;
  };
  return Object.assign(night, { start });
}

it('Every night what came to a leaver goes to the successor, without anybody starting it', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  const night = setUp(world);
  world.records.set(CONTACTS, '1', OWNER, LEAVER, world.now() - 1_000);
  expect(await night()).toBe(1);
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(TARGET);
  world.advance(86_400_000);
  world.records.set(CONTACTS, '2', OWNER, LEAVER, world.now() - 1_000);
  await night();
  expect(world.records.valueOf(CONTACTS, '2', OWNER)).toBe(TARGET);
  world.advance(86_400_000);
  await night();
  expect((await world.control.list(PORTAL_A)).map(({ moved }) => moved.done)).toEqual([1, 1]);
});

it('What an undo gave back to a leaver goes to the successor in the next night, as long as that is on', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  const night = setUp(world);
  world.records.set(CONTACTS, '1', OWNER, LEAVER, world.now() - 1_000);
  await night();
  const [{ id } = { id: '' }] = await world.control.list(PORTAL_A);
  await world.control.undo(PORTAL_A, id);
  await world.run(id);
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(LEAVER);
  world.advance(86_400_000);
  await night();
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(TARGET);
});

it('[D12] A nightly handover that a clock dated a year ahead stops no later one, and is not of every night until then', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  const night = setUp(world);
  world.advance(365 * 86_400_000);
  expect(await night()).toBe(1);
  world.advance(-364 * 86_400_000);
  expect(await night()).toBe(1);
  const all = await world.handovers.list(PORTAL_A);
  expect(all).toHaveLength(2);
  expect(reportLastNight(all, [LEAVER], world.now())).toHaveLength(1);
});

it('A nightly handover begins once, also if the message of the refresh comes to two runs at once', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  const { start } = setUp(world);
  await Promise.all([start(world.now()), start(world.now())]);
  expect(await world.handovers.list(PORTAL_A)).toHaveLength(1);
});

it('A nightly handover goes to the first active person of the chain of successors', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET).set(TARGET, OTHER);
  world.owners.set(TARGET, makeOwner({ id: TARGET, archived: true }));
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  world.records.set(CONTACTS, '1', OWNER, LEAVER, world.now() - 1_000);
  await setUp(world)();
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(OTHER);
});

it.each([
  ['nobody is named as successor', (world: ReturnType<typeof createHandoverWorld>) => world.successors.clear()],
  ['the leaver is active again', (world) => world.owners.set(LEAVER, makeOwner({ id: LEAVER }))],
  ['every successor left', (world) => world.owners.set(TARGET, makeOwner({ id: TARGET, archived: true }))],
])('A nightly handover is passed over while %s', async (_what, change) => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  change(world);
  world.records.set(CONTACTS, '1', OWNER, LEAVER, world.now() - 1_000);
  expect(await setUp(world)()).toBe(0);
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(LEAVER);
});

it('A nightly handover that had to wait stops if its leaver is active again by then', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  world.records.set(CONTACTS, '1', OWNER, LEAVER, world.now() - 1_000);
  const limit = jest.spyOn(world.records.batches, 'writeOwners').mockRejectedValueOnce(new RateLimitedError(1_000));
  await setUp(world)();
  expect(limit).toHaveBeenCalledTimes(1);
  world.owners.set(LEAVER, makeOwner({ id: LEAVER }));
  const [waiting] = await world.control.list(PORTAL_A);
  await world.run(waiting?.id ?? '');
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(LEAVER);
  expect(await world.control.list(PORTAL_A)).toMatchObject([{ isStopped: true, reason: 'LEAVER_ACTIVE' }]);
});

it('A nightly handover stops when its calls are spent, and the next night moves the rest', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  const records = 2_400;
  for (let id = 1; id <= records; id += 1) world.records.set(CONTACTS, String(id), OWNER, LEAVER, world.now() - 1_000);
  const night = setUp(world);
  await night();
  const [first] = await world.control.list(PORTAL_A);
  expect(first).toMatchObject({ isStopped: true, reason: 'CALLS_SPENT' });
  expect(first?.calls).toBeLessThan(MAX_CALLS + 16);
  world.advance(86_400_000);
  await night();
  const [second] = await world.control.list(PORTAL_A);
  expect(second).toMatchObject({ status: 'moved', remaining: 0 });
  expect((first?.moved.done ?? 0) + (second?.moved.done ?? 0)).toBe(records);
});

it('A nightly handover of more records than its calls can find moves some every night, and never searches without moving any', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS), partOf('0-3')] });
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  const records = 4_000;
  for (let id = 1; id <= records; id += 1) world.records.set(CONTACTS, String(id), OWNER, LEAVER, world.now() - 1_000);
  world.records.set('0-3', '1', OWNER, LEAVER, world.now() - 1_000);
  const night = setUp(world);
  let moved = 0;
  for (let nights = 0; nights < 9 && moved <= records; nights += 1) {
    await night();
    const [last] = await world.control.list(PORTAL_A);
    expect(last?.calls).toBeLessThan(MAX_CALLS + 16);
    expect(last?.moved.done).toBeGreaterThan(0);
    moved += last?.moved.done ?? 0;
    world.advance(86_400_000);
  }
  expect(moved).toBe(records + 1);
});

it('A plan that somebody asks for while the nightly handover of the leaver is planned is not answered with it, because that one moves records unasked', async () => {
  const world = createHandoverWorld();
  world.successors.set(LEAVER, TARGET);
  await world.handovers.setNightly(PORTAL_A, LEAVER, true);
  await setUp(world).start(world.now());
  const [nightly] = await world.handovers.list(PORTAL_A);
  const order = { portalId: PORTAL_A, leaver: refOf(LEAVER), target: refOf(TARGET), requestedBy: '7' };
  const planned = () => world.control.plan(order, toDeadline(world.now() + 1_000));
  expect(await planned()).toEqual({ kind: 'refused', reason: 'HANDOVER_RUNNING' });
  await world.run(nightly?.id ?? '');
  expect(await planned()).toMatchObject({ kind: 'accepted', handover: { status: 'planning', requestedBy: '7' } });
});

describe('A refresh that is repeated', () => {
  async function begin() {
    const world = createHandoverWorld();
    world.successors.set(LEAVER, TARGET);
    await world.handovers.setNightly(PORTAL_A, LEAVER, true);
    const requestedAt = world.now();
    world.advance(60_000);
    return { world, requestedAt, ...setUp(world) };
  }

  it('A refresh that is repeated begins no second handover of the night', async () => {
    const { world, requestedAt, start } = await begin();
    expect(await start(requestedAt)).toBe(1);
    for (const { handoverId } of world.sent.splice(0)) await world.run(handoverId);
    expect(await start(requestedAt)).toBe(0);
    expect(world.sent).toEqual([]);
  });

  it('A refresh that is repeated sends the message that was not sent', async () => {
    const { world, requestedAt, start } = await begin();
    await start(requestedAt);
    const [lost] = world.sent.splice(0);
    expect(await start(requestedAt)).toBe(0);
    expect(world.sent).toEqual([lost]);
  });

  it('[H12] A refresh that is put off for a limit sends nothing of the other handovers until HubSpot answers for all', async () => {
    const { world, requestedAt, start } = await begin();
    await start(requestedAt);
    const [running] = world.sent.splice(0);
    await world.handovers.setNightly(PORTAL_A, OTHER, true);
    const isOver = jest.spyOn(world, 'findOwner').mockRejectedValue(new RateLimitedError(600_000));
    const limited = setUp(world).start;
    for (let time = 0; time < 3; time += 1) await expect(limited(requestedAt)).rejects.toThrow(RateLimitedError);
    expect(world.sent).toEqual([]);
    isOver.mockRestore();
    await start(requestedAt);
    expect(world.sent).toEqual([running]);
  });

  it('A refresh that is repeated after its time ended continues behind the handovers that it began', async () => {
    const { world, requestedAt } = await begin();
    world.successors.set(OTHER, TARGET);
    world.owners.set(OTHER, makeOwner({ id: OTHER, archived: true }));
    await world.handovers.setNightly(PORTAL_A, OTHER, true);
    const leavers = await world.handovers.listNightly(PORTAL_A);
    const { findOwner } = world;
    // Each run has time for one leaver.
    const asked: string[] = [];
    const run = async () => {
      let isFirst = true;
      jest.spyOn(world, 'findOwner').mockImplementation(async (portalId, id) => {
        if (!isFirst) throw new UpstreamUnavailableError('out_of_time');
        isFirst = false;
        asked.push(id);
        return findOwner(portalId, id);
      });
      return setUp(world).start(requestedAt);
    };
    await expect(run()).rejects.toThrow(UpstreamUnavailableError);
    expect(await run()).toBe(1);
    expect(asked).toEqual(leavers);
    expect((await world.handovers.list(PORTAL_A)).map(({ leaverId }) => leaverId).sort()).toEqual([...leavers].sort());
  });

  it('A refresh that is repeated leaves a handover that somebody started alone', async () => {
    const { world, requestedAt, start } = await begin();
    await world.control.plan(
      { portalId: PORTAL_A, leaver: refOf(LEAVER), target: refOf(TARGET), requestedBy: '7' },
      toDeadline(world.now() + 1_000),
    );
    world.sent.length = 0;
    expect(await start(requestedAt)).toBe(0);
    expect(world.sent).toEqual([]);
  });
});
