import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { makeGate, type TestQueue, until, useQueue } from './use-queue.ts';

const queue = useQueue(30);

/** Each body is the name of its group and a number. */
async function sendGrouped({ client }: TestQueue, QueueUrl: string, bodies: readonly string[]): Promise<void> {
  for (let start = 0; start < bodies.length; start += 10) {
    const Entries = bodies.slice(start, start + 10).map((body, index) => ({
      Id: String(index),
      MessageBody: body,
      MessageGroupId: body.replace(/\d+$/, ''),
    }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

const backlog = Array.from({ length: 200 }, (_, index) => `noisy${index}`);

it('A standard queue keeps the group of a message and returns it with the message', async () => {
  const { url, sendOne, start } = queue();
  await sendOne({ MessageBody: 'a', MessageGroupId: 'portal 1' });
  await sendGrouped(queue(), url, ['b1']);
  await sendOne({ MessageBody: 'c' });
  const source = start(() => undefined);
  await source.settled();
  const groups = source.events.flatMap(({ Records }) => Records.map(({ attributes }) => attributes.MessageGroupId));
  expect(groups).toEqual(['portal 1', 'b', undefined]);
});

it('[Q12] A quiet group’s message is processed while the backlog of another group is still there', async () => {
  const { create, start } = queue();
  const queueUrl = await create({ name: 'fair', visibilityTimeoutSeconds: 30 });
  await sendGrouped(queue(), queueUrl, backlog);
  const gate = makeGate();
  const source = start(() => gate.opened, { queueUrl, batchSize: 5, maximumConcurrency: 2, fairLookahead: 1_000 });
  await until(() => source.events.length === 2);
  await sendGrouped(queue(), queueUrl, ['quiet0', 'quiet1']);
  gate.open();
  await source.settled();
  expect(source.bodies()[2]).toEqual(expect.arrayContaining(['quiet0', 'quiet1']));
  expect(source.bodies().flat().sort()).toEqual([...backlog, 'quiet0', 'quiet1'].sort());
  expect(source.errors).toEqual([]);
});

it('Without fairness the event source keeps the order of the queue', async () => {
  const { create, start } = queue();
  const queueUrl = await create({ name: 'unfair', visibilityTimeoutSeconds: 30 });
  await sendGrouped(queue(), queueUrl, [...backlog, 'quiet0']);
  const source = start(() => undefined, { queueUrl });
  await source.settled();
  expect(source.bodies().flat()).toEqual([...backlog, 'quiet0']);
});

it('Fairness includes messages that failed, and each receive counts once', async () => {
  const { create, start } = queue();
  const queueUrl = await create({ name: 'failing', visibilityTimeoutSeconds: 1 });
  await sendGrouped(queue(), queueUrl, ['a0', 'a1', 'b0']);
  const source = start(
    (_, call) => {
      if (call === 1) throw new Error('no');
    },
    { queueUrl, fairLookahead: 100 },
  );
  await source.settled();
  const counts = source.events.map(({ Records }) =>
    Records.map(({ attributes }) => attributes.ApproximateReceiveCount),
  );
  expect(counts).toEqual([
    ['1', '1', '1'],
    ['2', '2', '2'],
  ]);
});

it('Two event sources share a queue', async () => {
  const { create, start } = queue();
  const queueUrl = await create({ name: 'shared', visibilityTimeoutSeconds: 30 });
  await sendGrouped(queue(), queueUrl, backlog);
  const sources = [1, 2].map(() => start(() => undefined, { queueUrl, fairLookahead: 20 }));
  await Promise.all(sources.map((source) => source.settled()));
  const bodies = sources.flatMap((source) => source.bodies().flat());
  expect(bodies.sort()).toEqual([...backlog].sort());
});
