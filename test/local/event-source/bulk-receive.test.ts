import { createBulkReceive } from '../../../local/event-source/bulk-receive.ts';
import { makeRecord } from './make-record.ts';

/** A queue with so many messages, and what it was asked for, round by round. */
function makeQueue(backlog: number) {
  const queue = Array.from({ length: backlog }, (_, index) => makeRecord({ messageId: String(index) }));
  const rounds: number[][] = [];
  const receive = createBulkReceive(async (max) => {
    rounds.at(-1)?.push(max);
    return queue.splice(0, max);
  });
  return {
    rounds,
    receive: async (max: number) => {
      rounds.push([]);
      return (await receive(max)).map(({ messageId }) => messageId);
    },
  };
}

it('A small receive is one call, for no more than SQS returns', async () => {
  const { receive, rounds } = makeQueue(25);
  expect(await receive(25)).toHaveLength(10);
  expect(rounds).toEqual([[10]]);
});

it('A bulk receive doubles its calls while they come back full, eight at most, and starts with one again when they do not', async () => {
  const { receive, rounds } = makeQueue(405);
  for (let count = 0; count < 8; count += 1) await receive(500);
  expect(rounds.map(({ length }) => length)).toEqual([1, 2, 4, 8, 8, 8, 8, 8]);
  await receive(500);
  await receive(500);
  expect(rounds.slice(8).map(({ length }) => length)).toEqual([1, 1]);
});

it('A bulk receive asks for what several callers want together, and keeps the order', async () => {
  const { receive, rounds } = makeQueue(100);
  const all = [...(await receive(63)), ...(await receive(53)), ...(await receive(33))];
  expect(rounds).toEqual([[10], [10, 10], [10, 10, 10, 3]]);
  expect(all).toEqual(Array.from({ length: 63 }, (_, index) => String(index)));
});
