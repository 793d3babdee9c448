import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { failing, until, useQueue } from './use-queue.ts';

const queue = useQueue();
const reportBatchItemFailures = true;
/** Of the test queues. */
const VISIBILITY_MS = 1_000;

it('[Q3] Only the message that is reported as failed comes back, and the others are deleted', async () => {
  const { start, send, counts } = queue();
  const [, poison] = await send('a', 'not JSON', 'c');
  const source = start((_, call) => (call === 1 ? failing(poison) : undefined), { reportBatchItemFailures });
  await until(async () => (await counts()).inFlight === 1);
  await source.settled();
  expect(source.bodies()).toEqual([['a', 'not JSON', 'c'], ['not JSON']]);
  expect(source.errors).toEqual([]);
});

it('A failed message comes back when its visibility timeout is over, and not before', async () => {
  const { start, send } = queue();
  await send('a');
  const calledAt: number[] = [];
  const source = start((_, call) => {
    calledAt.push(Date.now());
    if (call === 1) throw new Error('broken');
  });
  await source.settled();
  const [first = 0, second = 0, ...more] = calledAt;
  expect(more).toEqual([]);
  // The timeout runs from the receive, a moment before the call.
  expect(second - first).toBeGreaterThanOrEqual(VISIBILITY_MS - 200);
});

it.each([
  ['a list of all ids', (ids: readonly string[]) => failing(...ids), []],
  ['a throw', () => Promise.reject(new Error('broken')), [new Error('broken')]],
])('[Q4] The event source deletes nothing of a batch that failed by %s', async (_, failAll, errors) => {
  const { start, send, counts } = queue();
  const ids = await send('a', 'b');
  const source = start((__, call) => (call === 1 ? failAll(ids) : undefined), { reportBatchItemFailures });
  await until(() => source.events.length === 1);
  expect(await counts()).toEqual({ visible: 0, inFlight: 2 });
  await source.settled();
  expect(source.bodies().flat().toSorted()).toEqual(['a', 'a', 'b', 'b']);
  expect(source.errors).toEqual(errors);
});

it.each([
  ['an empty id', (id: string) => failing(id, '')],
  ['an unknown id', (id: string) => failing(id, 'unknown')],
  ['no id', (id: string) => ({ batchItemFailures: [{ itemIdentifier: id }, {}] })],
  ['a text', () => 'done'],
])('[Q5] The event source deletes nothing of a batch whose result contains %s', async (_, result) => {
  const { start, send, counts } = queue();
  const [id = ''] = await send('a', 'b');
  const source = start((__, call) => (call === 1 ? result(id) : undefined), { reportBatchItemFailures });
  await until(() => source.errors.length === 1);
  expect(source.errors).toMatchObject([{ message: expect.stringContaining('cannot be used') }]);
  expect(await counts()).toEqual({ visible: 0, inFlight: 2 });
});

it('[Q3] A message goes to the dead-letter queue after exactly the allowed number of receives', async () => {
  const { client, create, start, counts, sendOne } = queue();
  const deadLetter = { name: 'dead-after-three', maxReceiveCount: 3 };
  const queueUrl = await create({ name: 'three-times', deadLetter });
  const deadLetterUrl = await create({ name: deadLetter.name, visibilityTimeoutSeconds: 30 });
  await sendOne({ QueueUrl: queueUrl, MessageBody: 'poison' });
  const source = start(() => Promise.reject(new Error('broken')), { queueUrl });
  await until(() => source.events.length === 3);
  expect(await counts(deadLetterUrl)).toEqual({ visible: 0, inFlight: 0 });
  await source.settled();
  const receives = source.events.map(({ Records }) => Records[0]?.attributes.ApproximateReceiveCount);
  expect(receives).toEqual(['1', '2', '3']);
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: deadLetterUrl }));
  expect(Messages).toMatchObject([{ Body: 'poison', MessageId: source.events[0]?.Records[0]?.messageId }]);
});
