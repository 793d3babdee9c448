import { viewHandover } from '../../../lib/domain/handover-view.ts';
import type { ObjectId } from '../../../lib/domain/ids.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { makeOwner } from '../../builders/owner.ts';
import { createHandoverWorld, LEAVER, OTHER, partOf, TARGET } from '../../support/handover-world.ts';

type World = ReturnType<typeof createHandoverWorld>;

const CONTACTS = '0-1';
const OWNER = 'hubspot_owner_id';

function fill(world: World, count: number, property = OWNER): void {
  for (let id = 1; id <= count; id += 1)
    world.records.set(CONTACTS, String(id), property, LEAVER, world.now() - 60_000);
}

async function start(world: World): Promise<string> {
  const { id, digest } = await world.plan();
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, digest);
  return id;
}

const show = async (world: World, id: string) => viewHandover(await world.read(id), '');

/** Once, after the call and before its answer. */
function after<Port extends object, Name extends keyof Port & string>(
  port: Port,
  name: Name,
  happens: () => Promise<unknown>,
) {
  const call = port[name] as (...given: unknown[]) => Promise<unknown>;
  const spy = jest.spyOn(port as Record<string, (...given: unknown[]) => Promise<unknown>>, name);
  spy.mockImplementationOnce(async (...given) => {
    const answer = await call(...given);
    await happens();
    return answer;
  });
}

it('A handover that is stopped in the middle of a step shows what that step moved, and the undo adds up to it', async () => {
  const world = createHandoverWorld();
  fill(world, 250);
  const id = await start(world);
  after(world.records.batches, 'writeOwners', () => world.control.stop(PORTAL_A, id));
  await world.run(id);
  const stopped = await show(world, id);
  const { done } = stopped.moved;
  expect(done).toBeGreaterThan(0);
  expect(stopped).toMatchObject({ isStopped: true, canUndo: true, progress: { done, total: 250 } });
  expect(stopped).not.toHaveProperty('isCounting');
  await world.control.undo(PORTAL_A, id);
  world.advance(3_600_000);
  await world.run(id);
  expect(await show(world, id)).toMatchObject({
    status: 'undone',
    moved: { done },
    undone: { done, leftAlone: 0 },
    progress: { done, total: done },
  });
});

it('A handover that is stopped says that it is counting until a run has counted, also after a crash, and continues from there', async () => {
  const world = createHandoverWorld();
  fill(world, 100);
  const id = await start(world);
  jest.spyOn(world.handovers, 'save').mockRejectedValueOnce(new Error('killed'));
  // The first save of this run comes after its writes.
  await expect(world.run(id)).rejects.toThrow('killed');
  await world.control.stop(PORTAL_A, id);
  expect(await show(world, id)).toMatchObject({ isCounting: true, moved: { done: 0 } });
  await world.run(id);
  const counted = await show(world, id);
  expect(counted).toMatchObject({ isStopped: true, moved: { done: 100 } });
  expect(counted).not.toHaveProperty('isCounting');
  await world.control.start(PORTAL_A, id, world.control.digest(await world.read(id)));
  expect(await show(world, id)).toMatchObject({ progress: { done: 100, total: 100 } });
  await world.run(id);
  expect(await show(world, id)).toMatchObject({ status: 'moved', moved: { done: 100, leftAlone: 0 } });
});

it('A handover that is stopped after its message was lost is counted, too, unless somebody continues it first', async () => {
  const world = createHandoverWorld();
  fill(world, 200);
  const id = await start(world);
  jest.spyOn(world.handovers, 'save').mockRejectedValueOnce(new Error('killed'));
  await expect(world.run(id)).rejects.toThrow('killed');
  await world.control.stop(PORTAL_A, id);
  world.sent.length = 0;
  // The first stop was not answered.
  expect(await world.control.stop(PORTAL_A, id)).toMatchObject({ kind: 'accepted' });
  const [count] = world.sent;
  await world.drain();
  const counted = await show(world, id);
  expect(counted).toMatchObject({ isStopped: true, canUndo: true, moved: { done: 200 } });
  expect(counted).not.toHaveProperty('isCounting');
  await world.control.start(PORTAL_A, id, world.control.digest(await world.read(id)));
  const { calls } = world.records;
  const callsBefore = calls.length;
  world.sent.splice(0, 1, ...(count === undefined ? [] : [count]));
  await world.drain();
  expect(calls).toHaveLength(callsBefore);
});

it('Records that another run moves while the first one waits for the limit count as moved, and nobody is said to have changed them', async () => {
  const world = createHandoverWorld();
  fill(world, 100);
  const id = await start(world);
  after(world.handovers, 'isStill', async () => {
    world.advance(10_001);
    // It is killed before it saves what it did.
    jest.spyOn(world.handovers, 'save').mockRejectedValueOnce(new Error('killed'));
    await world.run(id).catch(() => undefined);
  });
  await world.run(id);
  expect((await world.read(id)).moved).toEqual({ done: 100, leftAlone: 0, missing: 0, refused: 0 });
});

it.each([OWNER, 'csm'])(
  'An undo does not say of a record that HubSpot refused to move that somebody changed its owner (%s)',
  async (property) => {
    const world = createHandoverWorld({ parts: [partOf(CONTACTS, property)] });
    fill(world, 100, property);
    world.records.bad.add('7' as ObjectId);
    const id = await start(world);
    await world.run(id);
    expect(await show(world, id)).toMatchObject({ status: 'moved', moved: { done: 99, refused: 1 } });
    world.advance(3_600_000);
    // Another change of the record is none of its owner.
    world.records.set(CONTACTS, '7', 'phone', '1');
    world.records.set(CONTACTS, '8', property, OTHER);
    await world.control.undo(PORTAL_A, id);
    await world.run(id);
    const { undone, progress } = await show(world, id);
    expect(undone).toEqual({ done: 98, leftAlone: 1, missing: 0, refused: 0 });
    expect(progress).toMatchObject({ done: 99, total: 99 });
  },
);

it('A plan that two runs make at once counts the records that it moves, although the search finds others for each of them', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS), partOf(CONTACTS, 'csm')] });
  fill(world, 130);
  fill(world, 5, 'csm');
  const id = await world.begin();
  after(world.records.search, 'findOwned', async () => {
    for (const gone of ['3', '4', '120']) world.records.set(CONTACTS, gone, OWNER, OTHER);
    await world.run(id);
  });
  await world.run(id);
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, world.control.digest(await world.read(id)));
  await world.run(id);
  expect(await show(world, id)).toMatchObject({
    status: 'moved',
    records: 132,
    moved: { done: 132, leftAlone: 0, missing: 0, refused: 0 },
    progress: { done: 132, total: 132 },
  });
  expect(world.records.valueOf(CONTACTS, '5', 'csm')).toBe(TARGET);
});

it('A batch that a crashed run left for another owner property is replaced, and counts for its own', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS), partOf(CONTACTS, 'csm')] });
  fill(world, 1);
  fill(world, 5, 'csm');
  const id = await world.begin();
  after(world.handovers, 'saveBatch', () => Promise.reject(new Error('killed')));
  await expect(world.run(id)).rejects.toThrow('killed');
  world.records.set(CONTACTS, '1', OWNER, OTHER);
  await world.run(id);
  expect(await show(world, id)).toMatchObject({ status: 'planned', records: 5, parts: [{ property: 'csm' }] });
  world.advance(1_000);
  await world.control.start(PORTAL_A, id, world.control.digest(await world.read(id)));
  await world.run(id);
  expect(await show(world, id)).toMatchObject({ status: 'moved', moved: { done: 5 } });
});

it('A handover that is continued while its records are counted gives nothing to a target who left meanwhile', async () => {
  const world = createHandoverWorld();
  fill(world, 1);
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  await world.control.stop(PORTAL_A, id);
  world.owners.set(TARGET, makeOwner({ id: TARGET, archived: true }));
  after(world.handovers, 'readWrites', () => world.control.start(PORTAL_A, id, digest));
  world.advance(1_000);
  await world.run(id);
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(LEAVER);
  expect(await world.read(id)).toMatchObject({ isStopped: true, reason: 'TARGET_NOT_ACTIVE' });
});

it.each([
  ['while a run finds out that the target left', 'read'],
  ['while a run that found out that the target left counts', 'readWrites'],
] as const)('A handover that is started a second time, %s, gives nothing to that target', async (_what, call) => {
  const world = createHandoverWorld();
  fill(world, 1);
  const { id, digest } = await world.plan();
  await world.control.start(PORTAL_A, id, digest);
  world.owners.set(TARGET, makeOwner({ id: TARGET, archived: true }));
  after(world.handovers, call, () => world.control.start(PORTAL_A, id, digest));
  world.advance(1_000);
  await world.run(id);
  expect(world.records.valueOf(CONTACTS, '1', OWNER)).toBe(LEAVER);
  expect(await world.read(id)).toMatchObject({ isStopped: true, reason: 'TARGET_NOT_ACTIVE' });
});

it('A handover that is stopped and continued during a run asks again whether its target is active', async () => {
  const world = createHandoverWorld({ parts: [partOf(CONTACTS)] });
  fill(world, 900);
  const id = await start(world);
  const { digest } = world.control;
  after(world.records.batches, 'writeOwners', async () => {
    await world.control.stop(PORTAL_A, id);
    world.owners.set(TARGET, makeOwner({ id: TARGET, archived: true }));
    after(world.handovers, 'readWrites', async () => {
      await world.control.start(PORTAL_A, id, digest(await world.read(id)));
    });
  });
  await world.run(id);
  expect(world.records.valueOf(CONTACTS, '900', OWNER)).toBe(LEAVER);
  expect(await world.read(id)).toMatchObject({ isStopped: true, reason: 'TARGET_NOT_ACTIVE' });
});
