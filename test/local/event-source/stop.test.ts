import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { makeGate, until, useQueue } from './use-queue.ts';

const queue = useQueue(30);

it('The event source stops after running invocations ended and their messages were deleted', async () => {
  const { send, start, counts } = queue();
  await send('a');
  const gate = makeGate();
  const source = start(() => gate.opened);
  await until(() => source.events.length === 1);
  let stopped = false;
  const stopping = source.stop().then(() => {
    stopped = true;
  });
  await send('b');
  expect(await counts()).toEqual({ visible: 1, inFlight: 1 });
  expect(stopped).toBe(false);
  gate.open();
  await stopping;
  expect(await counts()).toEqual({ visible: 1, inFlight: 0 });
  expect(source.bodies()).toEqual([['a']]);
});

it('The event source gives up on running invocations when its time to stop is over', async () => {
  const { send, start } = queue();
  await send('a');
  const waits: number[] = [];
  const gate = makeGate();
  const source = start(() => gate.opened, {
    stopTimeoutMs: 7_000,
    sleep: async (ms) => {
      waits.push(ms);
      await new Promise(setImmediate);
    },
  });
  await until(() => source.events.length === 1);
  await source.stop();
  expect(waits).toContain(7_000);
  gate.open();
});

it.each([
  ['a pause', { idlePollMs: 300_000 }],
  ['an open window', { batchSize: 100, maximumBatchingWindowSeconds: 300 }],
])('The event source stops at once in %s, without an invocation', async (_, options) => {
  const { send, start, counts } = queue();
  if ('batchSize' in options) await send('a');
  const source = start(() => undefined, options);
  if ('batchSize' in options) await until(async () => (await counts()).inFlight === 1);
  // Five minutes otherwise, which no test lasts.
  await source.stop();
  expect(source.events).toEqual([]);
  expect(source.errors).toEqual([]);
});

it('The event source can be stopped twice', async () => {
  const source = queue().start(() => undefined);
  await source.stop();
  await source.stop();
});

it('The event source is done at once when there is nothing to do', async () => {
  await queue()
    .start(() => undefined)
    .settled();
});

it('The event source is not done while a message is delayed', async () => {
  const { sendOne, start } = queue();
  await sendOne({ MessageBody: 'later', DelaySeconds: 1 });
  const source = start(() => undefined);
  await source.settled();
  expect(source.bodies()).toEqual([['later']]);
});

it('The event source is not done while an invocation runs, although its message is gone', async () => {
  const { client, url, send, start } = queue();
  await send('a');
  const gate = makeGate();
  let ended = false;
  const source = start(() =>
    gate.opened.then(() => {
      ended = true;
    }),
  );
  await until(() => source.events.length === 1);
  await client.send(new PurgeQueueCommand({ QueueUrl: url }));
  const endedWhenSettled = source.settled().then(() => ended);
  await until(async () => (await queue().counts()).inFlight === 0);
  gate.open();
  expect(await endedWhenSettled).toBe(true);
});

it('An event source that was stopped with messages left is never done', async () => {
  const { send, start } = queue();
  await send('a');
  const source = start(() => Promise.reject(new Error('broken')));
  await until(() => source.errors.length === 1);
  const settled = expect(source.settled()).rejects.toThrow('stopped before');
  await source.stop();
  await settled;
});
