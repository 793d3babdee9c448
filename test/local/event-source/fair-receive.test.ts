import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { createFairReceiver } from '../../../local/event-source/fair-receive.ts';
import { makeClock } from '../../support/clock.ts';
import { makeRecord } from './make-record.ts';

const VISIBILITY_MS = 60_000;

/** A queue with these messages, named `group` + number; those without a group are named by the number alone. */
function makeReceiver(names: readonly string[], lookahead: number) {
  const clock = makeClock();
  const queue = names.map((name) => {
    const group = name.replace(/\d+$/, '');
    return makeRecord({ messageId: name, ...(group === '' ? {} : { group }) });
  });
  const renewed: string[][] = [];
  const asked: number[] = [];
  const fair = createFairReceiver({
    lookahead,
    now: clock.now,
    visibilityMs: async () => VISIBILITY_MS,
    renew: async (records) => void renewed.push(records.map(({ messageId }) => messageId)),
    receive: async (max) => {
      asked.push(max);
      return queue.splice(0, Math.min(max, 10));
    },
  });
  const given = new Map<string, SQSRecord>();
  async function receive(max: number): Promise<string[]> {
    const records = await fair.receive(max);
    for (const record of records) given.set(record.messageId, record);
    return records.map(({ messageId }) => messageId);
  }
  const done = (...ids: readonly string[]) => fair.done(ids.flatMap((id) => given.get(id) ?? []));
  const send = (...more: readonly string[]) =>
    queue.push(...more.map((name) => makeRecord({ messageId: name, group: name.replace(/\d+$/, '') })));
  return { receive, done, send, clock, renewed, asked, left: () => queue.length };
}

const many = (group: string, count: number) => Array.from({ length: count }, (_, index) => `${group}${index}`);

it('[Q12] A fair receive returns a quiet group’s message before the backlog of a noisy one', async () => {
  const { receive, send } = makeReceiver(many('noisy', 100), 1_000);
  expect(await receive(3)).toEqual(['noisy0', 'noisy1', 'noisy2']);
  send('quiet0');
  expect(await receive(2)).toEqual(['quiet0', 'noisy3']);
});

it('A fair receive takes turns among groups that are equally busy, the oldest message first', async () => {
  const { receive } = makeReceiver(['a0', 'a1', 'a2', 'b0', 'b1', 'c0'], 10);
  expect(await receive(6)).toEqual(['a0', 'b0', 'c0', 'a1', 'b1', 'a2']);
});

it('A fair receive takes the group with the fewest messages in flight, and forgets finished ones', async () => {
  const { receive, done } = makeReceiver([...many('a', 6), ...many('b', 6)], 100);
  expect(await receive(4)).toEqual(['a0', 'b0', 'a1', 'b1']);
  done('b0', 'b1');
  expect(await receive(3)).toEqual(['b2', 'b3', 'a2']);
});

it('A message without a group is a group of its own', async () => {
  const { receive } = makeReceiver(['a0', 'a1', '7', '8'], 10);
  expect(await receive(4)).toEqual(['a0', '7', '8', 'a1']);
});

it('A fair receive looks ahead no further than its limit, and never less than a batch', async () => {
  const { receive, left } = makeReceiver(many('a', 100), 25);
  await receive(10);
  expect(left()).toBe(75);
  await receive(40);
  expect(left()).toBe(50);
});

it('A fair receive asks an empty queue once', async () => {
  const { receive, asked } = makeReceiver(['a0'], 500);
  expect(await receive(10)).toEqual(['a0']);
  expect(await receive(10)).toEqual([]);
  expect(asked).toEqual([500, 499, 500]);
});

it('A fair receive renews the visibility of held messages before it ends, and of those that it returns late', async () => {
  const { receive, clock, renewed } = makeReceiver(many('a', 4), 10);
  await receive(1);
  clock.advance(VISIBILITY_MS / 6 - 1);
  await receive(1);
  expect(renewed).toEqual([]);
  clock.advance(1);
  expect(await receive(1)).toEqual(['a2']);
  expect(renewed).toEqual([['a2']]);
  clock.advance(VISIBILITY_MS / 2);
  expect(await receive(1)).toEqual(['a3']);
  expect(renewed).toEqual([['a2'], ['a3']]);
});

it('A fair receive returns no message that went back to the queue', async () => {
  const { receive, clock, send } = makeReceiver(many('a', 3), 10);
  expect(await receive(1)).toEqual(['a0']);
  clock.advance(VISIBILITY_MS);
  send('a1', 'a2');
  expect(await receive(5)).toEqual(['a1', 'a2']);
});

it('A fair receive returns every message once and each group in order, whatever is asked for and finished', async () => {
  const step = fc.record({
    max: fc.integer({ min: 1, max: 12 }),
    doneShare: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.array(step, { minLength: 1, maxLength: 10 }),
      async (groups, lookahead, steps) => {
        const names = groups.map((group, index) => `${group}${index}`);
        const { receive, done } = makeReceiver(names, lookahead);
        const all: string[] = [];
        for (let round = 0; all.length < names.length; round += 1) {
          const { max, doneShare } = steps[round % steps.length] ?? { max: 1, doneShare: 1 };
          const records = await receive(max);
          expect(records.length).toBeGreaterThan(0);
          expect(records.length).toBeLessThanOrEqual(max);
          all.push(...records);
          done(...records.slice(0, Math.floor(records.length * doneShare)));
        }
        expect(await receive(10)).toEqual([]);
        expect([...all].sort()).toEqual([...names].sort());
        for (const group of ['a', 'b', 'c']) {
          const of = (list: readonly string[]) => list.filter((name) => name.startsWith(group));
          expect(of(all)).toEqual(of(names));
        }
      },
    ),
  );
});
