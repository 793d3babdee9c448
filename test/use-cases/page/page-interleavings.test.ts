import fc from 'fast-check';
import { countRecords, type Handover, resultsOf } from '../../../lib/domain/handover.ts';
import { viewHandover } from '../../../lib/domain/handover-view.ts';
import { PORTAL_A } from '../../builders/ids.ts';
import { LEAVER } from '../../support/handover-world.ts';
import { type Deed, type Order, play, RECORDS, type Scene } from '../../support/page-play.ts';
import type { Accident } from '../../support/turns.ts';

/** `PAGE_RUNS=5000 PROPERTY_SEED=random` looks for more. */
const RUNS = Number(process.env.PAGE_RUNS ?? 40);

/** Most scenes end within about so many calls. */
const CALLS = 150;

type Played = Awaited<ReturnType<typeof play>>;

const order = fc.record<Order>({
  wish: fc.constantFrom(
    ...(['setSuccessor', 'removeSuccessor', 'setAlias', 'removeAlias', 'setNightly', 'removeNightly', 'wait'] as const),
    ...(['plan', 'start', 'stop', 'undo', 'plan', 'start', 'stop', 'undo'] as const),
  ),
  to: fc.nat({ max: 2 }),
  delivery: fc.constantFrom('once', 'doubled', 'lost'),
});
const orders = fc.array(order, { maxLength: 7 });
/** One of the admins hands something over. */
const handsOver = orders.map((more): readonly Order[] => [
  ...(['setNightly', 'plan', 'start'] as const).map((wish) => ({ wish, to: 0, delivery: 'once' }) as const),
  ...more,
]);
const scene: fc.Arbitrary<Scene> = fc.record({
  admins: fc.tuple(handsOver, orders),
  operator: fc.array(order, { maxLength: 4 }),
  nights: fc.array(fc.nat({ max: CALLS }), { maxLength: 2 }),
  accidents: fc.array(
    fc.record({
      at: fc.nat({ max: CALLS }),
      as: fc.constantFrom<Accident>('killedBefore', 'killedAfter', 'fault', 'lost'),
    }),
    { maxLength: 8 },
  ),
  deeds: fc.array(
    fc.record<Deed>({
      at: fc.nat({ max: CALLS }),
      record: fc.integer({ min: 1, max: RECORDS }),
      property: fc.nat({ max: 1 }),
      as: fc.constantFrom('give', 'give', 'giveBack', 'delete', 'return', 'leave'),
    }),
    { maxLength: 12 },
  ),
  bad: fc.uniqueArray(fc.integer({ min: 1, max: RECORDS }), { maxLength: 2 }),
  picks: fc.array(fc.nat({ max: 1_000 }), { maxLength: 60 }),
  seed: fc.nat(),
});

it('Whatever admins, an operator, refreshes, workers and people do at once, every change is made once, and every handover tells what it did', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const played = await play(given);
      await checkChanges(played);
      checkProgress(played, given);
      for (const handover of played.world.allHandovers()) checkHandover(handover, played);
      checkDeeds(played);
    }),
    { numRuns: RUNS },
  );
});

/** Each accepted change is in the list once, with who made it, and has no second effect once somebody else's was accepted. */
async function checkChanges({ world, accepted, unanswered, effects }: Played): Promise<void> {
  const byId = (one: { readonly changeId: string }, other: { readonly changeId: string }) =>
    one.changeId < other.changeId ? -1 : 1;
  const listed = (await world.changes.list(PORTAL_A)).map(({ changeId, userId }) => ({
    changeId,
    userId: `${userId}`,
  }));
  expect(listed.sort(byId)).toEqual(accepted.map(({ changeId, userId }) => ({ changeId, userId })).sort(byId));
  expect(unanswered).toEqual([]);
  const acceptedAt = new Map(accepted.map(({ changeId, at }) => [changeId, at]));
  for (const some of Map.groupBy(effects, ({ what }) => what).values()) {
    for (const [index, { by, begunAt }] of some.entries()) {
      const first = some.findIndex((effect) => effect.by === by);
      const isSince = (effect: (typeof some)[number]) => (acceptedAt.get(effect.by) ?? begunAt) < begunAt;
      const since = some.slice(first, index).filter((effect) => effect.by !== by && isSince(effect));
      expect([by, since]).toEqual([by, []]);
    }
  }
}

/** What is shown never exceeds its total and never goes back, but for what people changed. */
function checkProgress({ shown }: Played, { deeds }: Scene): void {
  const last = new Map<string, { readonly status: string; readonly done: number }>();
  for (const handover of shown.flat()) {
    const { handoverId, status, progress } = viewHandover(handover, '');
    const before = last.get(handoverId);
    const least = before?.status === status ? before.done - deeds.length : 0;
    expect(progress.done).toBeGreaterThanOrEqual(least);
    expect(progress.done).toBeLessThanOrEqual(progress.total);
    last.set(handoverId, { status, done: progress.done });
  }
}

/** The counts are those of the records that it wrote, and an undo gave back all of these that nobody touched since. */
function checkHandover(handover: Handover, { world, writes, deeds }: Played): void {
  const { id, target, status, parts, maxCalls } = handover;
  const { moved, undone } = resultsOf(handover);
  const own = writes.filter(({ by, to }) => by === id && to === target);
  const firstAt = new Map(own.toReversed().map(({ key, at }) => [key, at]));
  const lastAt = new Map(own.map(({ key, at }) => [key, at]));
  const isTouched = (key: string) =>
    deeds.some((deed) => deed.key === key && deed.at >= (firstAt.get(key) ?? 0)) ||
    writes.some((write) => write.key === key && write.by !== id && write.at > (firstAt.get(key) ?? 0));
  const touched = [...firstAt.keys()].filter(isTouched).length;
  const sum = ({ done, leftAlone, missing, refused }: typeof moved) => done + leftAlone + missing + refused;
  if (status === 'planning' || status === 'planned' || status === 'failed') expect([id, own]).toEqual([id, []]);
  else {
    expect([id, moved.done]).toEqual([id, Math.min(moved.done, firstAt.size)]);
    // An undo that began before the move was counted knows it at its end.
    const least = status === 'undoing' ? 0 : firstAt.size - touched;
    expect([id, moved.done]).toEqual([id, Math.max(moved.done, least)]);
  }
  if (status === 'moved') expect([id, sum(moved)]).toEqual([id, countRecords(parts)]);
  if (status === 'undone') {
    expect(sum(undone)).toBeGreaterThanOrEqual(moved.done);
    expect(sum(undone)).toBeLessThanOrEqual(moved.done + touched + deeds.length);
    for (const key of [...lastAt.keys()].filter((one) => !isTouched(one))) {
      expect([key, world.records.valueOf('0-1', ...(key.split('/') as [string, string]))]).toEqual([key, LEAVER]);
    }
  }
  if (maxCalls !== undefined) {
    const same = world
      .allHandovers()
      .filter((other) => other.maxCalls !== undefined && other.id.split('-')[1] === id.split('-')[1]);
    expect(same).toHaveLength(1);
  }
}

/** What somebody set by hand stays, unless a later plan includes it. */
function checkDeeds({ world, writes, deeds }: Played): void {
  const handovers = new Map(world.allHandovers().map((handover) => [handover.id, handover]));
  const plannedAt = (id: string) => handovers.get(id)?.plannedAtEpochMs ?? 0;
  for (const { key, at, atEpochMs } of deeds) {
    const next = writes.find((write) => write.key === key && write.at > at);
    const isLatest = !deeds.some((deed) => deed.key === key && deed.at > at && deed.at < (next?.at ?? 0));
    if (next !== undefined && isLatest) expect([key, plannedAt(next.by) >= atEpochMs]).toEqual([key, true]);
  }
}
