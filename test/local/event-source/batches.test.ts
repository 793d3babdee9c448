import { makeClock } from '../../support/clock.ts';
import { makeGate, until, useQueue } from './use-queue.ts';

const queue = useQueue(30);

it('The event source cuts a backlog into batches of at most the batch size', async () => {
  const { send, start } = queue();
  const bodies = Array.from({ length: 25 }, (_, index) => String(index));
  await send(...bodies);
  const source = start(() => undefined, { batchSize: 7 });
  await source.settled();
  expect(source.bodies().map(({ length }) => length)).toEqual([7, 7, 7, 4]);
  expect(source.bodies().flat()).toEqual(bodies);
});

it('[Q13] The event source gathers a thousand messages of a kilobyte into one batch, and deletes them all', async () => {
  const { send, start } = queue();
  await send(...Array.from({ length: 1_000 }, (_, index) => String(index).padEnd(1_000, 'x')));
  const source = start(() => undefined, { batchSize: 1_000, maximumBatchingWindowSeconds: 300 });
  await source.settled();
  expect(source.bodies().map(({ length }) => length)).toEqual([1_000]);
});

it('[Q13] The event source splits a batch that is over 6 MB', async () => {
  const { create, sendOne, start } = queue();
  const queueUrl = await create({ name: 'large', visibilityTimeoutSeconds: 30 });
  for (let sent = 0; sent < 7; sent += 1) await sendOne({ QueueUrl: queueUrl, MessageBody: 'x'.repeat(1_048_576) });
  const source = start(() => undefined, { queueUrl });
  await source.settled();
  expect(source.bodies().map(({ length }) => length)).toEqual([5, 2]);
});

it('The event source invokes with an incomplete batch when the window is over', async () => {
  const { create, sendOne, start } = queue();
  const queueUrl = await create({ name: 'windowed', visibilityTimeoutSeconds: 30 });
  const clock = makeClock();
  const startedAtEpochMs = clock.now();
  await sendOne({ QueueUrl: queueUrl, MessageBody: 'a' });
  await sendOne({ QueueUrl: queueUrl, MessageBody: 'b' });
  const calledAfterMs: number[] = [];
  const source = start(() => calledAfterMs.push(clock.now() - startedAtEpochMs), {
    queueUrl,
    batchSize: 100,
    maximumBatchingWindowSeconds: 5,
    idlePollMs: 500,
    ...clock,
  });
  await until(() => source.events.length === 1);
  expect(source.bodies()).toEqual([['a', 'b']]);
  expect(calledAfterMs).toEqual([5_000]);
});

it.each([2, 5])(
  'The event source runs %d invocations at a time, never more, and leaves the rest in the queue',
  async (maximumConcurrency) => {
    const { create, sendOne, start, counts } = queue();
    const queueUrl = await create({ name: `capped-${maximumConcurrency}`, visibilityTimeoutSeconds: 30 });
    for (let sent = 0; sent < 12; sent += 1) await sendOne({ QueueUrl: queueUrl, MessageBody: 'x' });
    const gate = makeGate();
    let now = 0;
    let most = 0;
    const work = async () => {
      now += 1;
      most = Math.max(most, now);
      await gate.opened;
      await new Promise(setImmediate);
      now -= 1;
    };
    const source = start(work, { queueUrl, batchSize: 1, maximumConcurrency });
    await until(() => source.events.length === maximumConcurrency);
    expect(await counts(queueUrl)).toEqual({ visible: 12 - maximumConcurrency, inFlight: maximumConcurrency });
    gate.open();
    await source.settled();
    expect(source.events).toHaveLength(12);
    expect(most).toBe(maximumConcurrency);
  },
);
