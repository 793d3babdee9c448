import fc from 'fast-check';
import { createEventQueue, type EventQueue } from '../../../bench/flood/event-queue.ts';

function takeAll(queue: EventQueue): number[] {
  const taken: number[] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) taken.push(event.atMs);
  return taken;
}

const idle = () => {};

it('The event queue returns events by time, and those of one instant in the order in which they were added', () => {
  const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
  fc.assert(
    fc.property(times, (given) => {
      const queue = createEventQueue();
      const acted: string[] = [];
      for (const [index, atMs] of given.entries()) queue.add({ atMs, act: () => acted.push(`${atMs} ${index}`) });
      for (let event = queue.take(); event !== undefined; event = queue.take()) event.act();
      const byTime = given.map((atMs, index) => ({ atMs, index })).sort((left, right) => left.atMs - right.atMs);
      expect(acted).toEqual(byTime.map(({ atMs, index }) => `${atMs} ${index}`));
    }),
  );
});

it('The event queue skips canceled events and keeps its order, whatever is added and taken in between', () => {
  const step = fc.record({
    atMs: fc.integer({ min: 0, max: 50 }),
    isCancelled: fc.boolean(),
    takesBefore: fc.integer({ min: 0, max: 2 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = createEventQueue();
      let left: number[] = [];
      for (const { atMs, isCancelled, takesBefore } of steps) {
        for (let taken = 0; taken < takesBefore; taken += 1) {
          const earliest = left.length === 0 ? undefined : Math.min(...left);
          expect(queue.take()?.atMs).toBe(earliest);
          if (earliest !== undefined) left = left.toSpliced(left.indexOf(earliest), 1);
        }
        const cancel = queue.add({ atMs, act: idle });
        if (isCancelled) cancel();
        else left.push(atMs);
      }
      expect(takeAll(queue)).toEqual(left.toSorted((first, second) => first - second));
    }),
  );
});

it('An event of the event queue can be canceled after it was taken', () => {
  const queue = createEventQueue();
  const cancel = queue.add({ atMs: 1, act: idle });
  queue.add({ atMs: 2, act: idle });
  expect(queue.take()?.atMs).toBe(1);
  cancel();
  expect(takeAll(queue)).toEqual([2]);
});
