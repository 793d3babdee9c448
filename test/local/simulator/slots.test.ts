import { createSlots } from '../../../local/simulator/slots.ts';

function makeWork() {
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  return { work, begun, endNext: () => ends.shift()?.() };
}

const settle = () => new Promise(setImmediate);

it('As many tasks run at once as there are slots, and the others in the order in which they came', async () => {
  const slots = createSlots(2);
  const { work, begun, endNext } = makeWork();
  const all = ['a', 'b', 'c', 'd'].map((name) => slots.run(work(name)));
  await settle();
  expect(begun).toEqual(['a', 'b']);
  endNext();
  await settle();
  expect(begun).toEqual(['a', 'b', 'c']);
  for (let count = 0; count < 3; count += 1) {
    endNext();
    await settle();
  }
  await Promise.all(all);
  expect(begun).toEqual(['a', 'b', 'c', 'd']);
});

it('A slot is free only when no task waits', async () => {
  const slots = createSlots(1);
  const { work, endNext } = makeWork();
  const all = ['a', 'b'].map((name) => slots.run(work(name)));
  let isFree = false;
  const free = slots.free().then(() => {
    isFree = true;
  });
  endNext();
  await settle();
  expect(isFree).toBe(false);
  endNext();
  await Promise.all([...all, free]);
  expect(isFree).toBe(true);
});

it('A task that fails gives its slot back', async () => {
  const slots = createSlots(1);
  await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await slots.free();
});
