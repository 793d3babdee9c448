import fc from 'fast-check';
import { createVirtualTime } from '../../../bench/flood/virtual-time.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

const HOUR_MS = 3_600_000;

/** Work that the event loop has to come round for, as it has for an answer from a socket. */
async function goAround(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

it('Virtual time passes hours while nobody really waits', async () => {
  const time = createVirtualTime(START_EPOCH_MS);
  const end = await time.run(async () => {
    await time.sleep(72 * HOUR_MS);
    return time.now();
  });
  expect(end).toBe(START_EPOCH_MS + 72 * HOUR_MS);
});

it('Virtual time wakes sleepers when they are due, in the order of time, and those of one instant in the order in which they came', async () => {
  const waits = fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(waits, async (sleepers) => {
      const time = createVirtualTime(0);
      const seen: number[] = [];
      const sleepAll = async (all: readonly number[]): Promise<void> => {
        let expected = 0;
        for (const ms of all) {
          await time.sleep(ms);
          expected += ms;
          expect(time.now()).toBe(expected);
          seen.push(time.now());
        }
      };
      await time.run(() => Promise.all(sleepers.map(sleepAll)));
      expect(seen).toEqual(seen.toSorted((first, second) => first - second));
      expect(seen.length).toBe(sleepers.flat().length);
    }),
  );
});

it('Virtual time stands still while held work runs, however long that really takes', async () => {
  const time = createVirtualTime(0);
  const order: string[] = [];
  await time.run(async () => {
    time.after(1, () => order.push(`event at ${time.now()}`));
    await time.hold(() => goAround(20));
    order.push(`held work ended at ${time.now()}`);
    await time.sleep(1);
  });
  expect(order).toEqual(['held work ended at 0', 'event at 1']);
});

it('Virtual time goes on while held work sleeps on the far side of a call, and stands still again once it wakes', async () => {
  const time = createVirtualTime(0);
  const order: string[] = [];
  await time.run(async () => {
    for (const ms of [50, 121]) time.after(ms, () => order.push(`event at ${time.now()}`));
    await time.hold(async () => {
      await goAround(3);
      await time.sleepWhileHeld(120);
      await goAround(20);
    });
    order.push(`answered at ${time.now()}`);
    await time.sleep(1);
  });
  expect(order).toEqual(['event at 50', 'answered at 120', 'event at 121']);
});

it('Work that waits for promises alone goes on before the next event of virtual time', async () => {
  const time = createVirtualTime(0);
  const order: string[] = [];
  await time.run(async () => {
    time.after(5, () => order.push('next event'));
    await time.sleep(5 - 1);
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    order.push('a hundred promises later');
    await time.sleep(10);
  });
  expect(order).toEqual(['a hundred promises later', 'next event']);
});

it('Virtual time runs no canceled event and none after the end', async () => {
  const time = createVirtualTime(0);
  const acted: string[] = [];
  await time.run(async () => {
    const cancel = time.after(5, () => acted.push('canceled'));
    time.after(6, () => acted.push('kept'));
    time.after(60, () => acted.push('too late'));
    cancel();
    await time.sleep(10);
  });
  expect(acted).toEqual(['kept']);
  expect(time.now()).toBe(10);
});

it('A run in virtual time ends with the error of its work, held work included', async () => {
  const time = createVirtualTime(0);
  const failing = () =>
    time.hold(async () => {
      await goAround(2);
      throw new RangeError('the line is dead');
    });
  await expect(time.run(failing)).rejects.toThrow('the line is dead');
  // The failed work is held no longer.
  expect(await time.run(async () => 'goes on')).toBe('goes on');
});

it('A run in virtual time fails instead of hanging if nothing is left that could end it', async () => {
  const time = createVirtualTime(0);
  await expect(time.run(() => new Promise(() => {}))).rejects.toThrow('nothing is left');
});

it.each([-1, Number.NaN])('Virtual time refuses to wait for %p ms, because time does not go back', (ms) => {
  expect(() => createVirtualTime(0).after(ms, () => {})).toThrow(RangeError);
});
