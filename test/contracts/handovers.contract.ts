import { beginHandover, type Handover, type HandoverBatch } from '../../lib/domain/handover.ts';
import type { ObjectId, ObjectTypeId } from '../../lib/domain/ids.ts';
import type { Handovers, NightlyHandovers } from '../../lib/ports/handovers.ts';
import { PORTAL_A, PORTAL_B, toOwnerId } from '../builders/ids.ts';
import { START_EPOCH_MS } from '../support/clock.ts';

export function makeHandover(id: string, plannedAtEpochMs = START_EPOCH_MS): Handover {
  const [leaverId, target] = [toOwnerId('1'), toOwnerId('2')];
  return beginHandover({ id, leaverId, target, plannedAtEpochMs, requestedBy: '7' });
}

const batchOf = (first: number, count = 100) => ({
  objectType: '0-1' as ObjectTypeId,
  property: 'hubspot_owner_id',
  ids: Array.from({ length: count }, (_, index) => String(first + index) as ObjectId),
});

/** What every store of handovers promises. `make` gives an empty one. */
export function describeHandovers(name: string, make: () => Promise<Handovers & NightlyHandovers>): void {
  let handovers: Handovers & NightlyHandovers;

  beforeEach(async () => {
    handovers = await make();
  });

  it(`Handovers (${name}): a handover is read as it was created`, async () => {
    expect(await handovers.read(PORTAL_A, 'h1')).toBeUndefined();
    await handovers.create(PORTAL_A, makeHandover('h1'));
    expect(await handovers.read(PORTAL_A, 'h1')).toEqual({ ...makeHandover('h1'), version: 1 });
  });

  it(`Handovers (${name}): one that is there already is not created again, whatever happened to it since`, async () => {
    const created = await handovers.create(PORTAL_A, makeHandover('h1'));
    expect(await handovers.create(PORTAL_A, makeHandover('h1', 5))).toEqual(created);
    const saved = await handovers.save(PORTAL_A, { ...created, status: 'moved' });
    expect(await handovers.create(PORTAL_A, makeHandover('h1'))).toEqual(saved);
    expect(await handovers.read(PORTAL_A, 'h1')).toEqual(saved);
  });

  it(`Handovers (${name}): the newest is listed first, and nothing of another account`, async () => {
    await handovers.create(PORTAL_A, makeHandover('h1', 10));
    await handovers.create(PORTAL_A, makeHandover('h2', 30));
    await handovers.create(PORTAL_A, makeHandover('h3', 20));
    await handovers.create(PORTAL_B, makeHandover('h4', 40));
    expect((await handovers.list(PORTAL_A)).map(({ id }) => id)).toEqual(['h2', 'h3', 'h1']);
    expect(await handovers.read(PORTAL_B, 'h1')).toBeUndefined();
  });

  it(`Handovers (${name}): of two who save the same version, the first one wins`, async () => {
    const standing = await handovers.create(PORTAL_A, makeHandover('h1'));
    const saved = await handovers.save(PORTAL_A, { ...standing, status: 'planned' });
    expect(saved).toMatchObject({ status: 'planned', version: 2 });
    expect(await handovers.save(PORTAL_A, { ...standing, status: 'failed' })).toBeUndefined();
    expect(await handovers.read(PORTAL_A, 'h1')).toEqual(saved);
  });

  it(`Handovers (${name}): nothing is saved of a handover that is gone`, async () => {
    expect(await handovers.save(PORTAL_A, { ...makeHandover('h1'), version: 1 })).toBeUndefined();
    expect(await handovers.list(PORTAL_A)).toEqual([]);
  });

  it(`Handovers (${name}): batches are kept by number, and replace another one only if the caller names it`, async () => {
    const save = (number: number, ...batches: [HandoverBatch, HandoverBatch?]) =>
      handovers.saveBatch({ portalId: PORTAL_A, handoverId: 'h1', number }, ...batches);
    expect(await save(0, batchOf(1))).toEqual(batchOf(1));
    expect(await save(0, batchOf(1))).toEqual(batchOf(1));
    expect(await save(1, batchOf(101))).toEqual(batchOf(101));
    expect(await save(1, batchOf(201, 3))).toEqual(batchOf(101));
    expect(await save(1, batchOf(201, 3), batchOf(1))).toEqual(batchOf(101));
    expect(await save(1, batchOf(201, 3), batchOf(101))).toEqual(batchOf(201, 3));
    expect(await handovers.readBatch({ portalId: PORTAL_A, handoverId: 'h1', number: 0 })).toEqual(batchOf(1));
    expect(await handovers.readBatch({ portalId: PORTAL_A, handoverId: 'h1', number: 1 })).toEqual(batchOf(201, 3));
    expect(await handovers.readBatch({ portalId: PORTAL_A, handoverId: 'h1', number: 2 })).toBeUndefined();
    expect(await handovers.readBatch({ portalId: PORTAL_A, handoverId: 'h2', number: 0 })).toBeUndefined();
    expect(await handovers.readBatch({ portalId: PORTAL_B, handoverId: 'h1', number: 0 })).toBeUndefined();
  });

  it(`Handovers (${name}): leavers are handed over every night until somebody ends it`, async () => {
    const [one, other] = [toOwnerId('1'), toOwnerId('2')];
    for (const leaverId of [one, other, one]) await handovers.setNightly(PORTAL_A, leaverId, true);
    expect(await handovers.listNightly(PORTAL_A)).toEqual([one, other]);
    expect(await handovers.listNightly(PORTAL_B)).toEqual([]);
    expect(await handovers.list(PORTAL_A)).toEqual([]);
    await handovers.setNightly(PORTAL_A, one, false);
    await handovers.setNightly(PORTAL_A, one, false);
    expect(await handovers.listNightly(PORTAL_A)).toEqual([other]);
  });

  it(`Handovers (${name}): what was moved and what was undone are kept apart`, async () => {
    const { ids } = batchOf(1);
    await handovers.addWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved', ids, 5);
    const writes = await handovers.readWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'moved');
    expect({ ...writes, ids: new Set(writes?.ids) }).toEqual({
      ids: new Set(ids),
      firstAtEpochMs: 5,
      lastAtEpochMs: 5,
    });
    expect(await handovers.readWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 3 }, 'undone')).toBeUndefined();
  });

  it(`Handovers (${name}): of two runs that note what they are about to write, none takes away what the other noted`, async () => {
    await Promise.all([
      handovers.addWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 0 }, 'moved', batchOf(1, 3).ids, 5),
      handovers.addWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 0 }, 'moved', batchOf(3, 2).ids, 5),
    ]);
    await handovers.addWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 0 }, 'moved', batchOf(2, 1).ids, 9);
    const writes = await handovers.readWrites({ portalId: PORTAL_A, handoverId: 'h1', number: 0 }, 'moved');
    expect({ ...writes, ids: writes?.ids.toSorted() }).toEqual({
      ids: ['1', '2', '3', '4'],
      firstAtEpochMs: 5,
      lastAtEpochMs: 9,
    });
  });

  it(`Handovers (${name}): a handover still moves until it does something else or somebody stops it`, async () => {
    const isStill = () => handovers.isStill(PORTAL_A, 'h1', 'moving');
    expect(await isStill()).toBe(false);
    let standing = await handovers.create(PORTAL_A, { ...makeHandover('h1'), status: 'moving' });
    expect(await isStill()).toBe(true);
    standing = (await handovers.save(PORTAL_A, { ...standing, isStopped: true })) ?? standing;
    expect(await isStill()).toBe(false);
    await handovers.save(PORTAL_A, { ...standing, isStopped: false, status: 'undoing' });
    expect([await isStill(), await handovers.isStill(PORTAL_A, 'h1', 'undoing')]).toEqual([false, true]);
  });
}
