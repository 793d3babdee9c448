import { DeleteMessageBatchCommand } from '@aws-sdk/client-sqs';
import { failing, makeGate, until, useQueue } from './use-queue.ts';

const queue = useQueue();

it('The event source delivers a message in the form that Lambda uses', async () => {
  const { start, sendOne } = queue();
  const MessageAttributes = {
    text: { DataType: 'String', StringValue: 'abc' },
    bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
  };
  const sentAfter = Date.now();
  await sendOne({ MessageBody: '{"n":1}', MessageAttributes });
  const source = start(() => undefined);
  await source.settled();
  expect(source.events).toEqual([
    {
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.stringMatching(/./),
          body: '{"n":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.stringMatching(/./),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            text: { dataType: 'String', stringValue: 'abc', stringListValues: [], binaryListValues: [] },
            bytes: { dataType: 'Binary', binaryValue: 'AQL/', stringListValues: [], binaryListValues: [] },
          },
          md5OfBody: '082c26c8a6bc75226a31da5495cc9292',
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: expect.stringMatching(/^arn:aws:sqs:eu-central-1:\d{12}:queue-\d+$/),
          awsRegion: 'eu-central-1',
        },
      ],
    },
  ]);
  expect(Number(source.events[0]?.Records[0]?.attributes.SentTimestamp)).toBeGreaterThanOrEqual(sentAfter);
});

it('The event source deletes the messages of a batch that succeeded', async () => {
  const { start, send, counts } = queue();
  await send('a', 'b', 'c');
  const source = start(() => undefined);
  await source.settled();
  expect(source.bodies()).toEqual([['a', 'b', 'c']]);
  expect(await counts()).toEqual({ visible: 0, inFlight: 0 });
  expect(source.errors).toEqual([]);
});

it('The event source deletes the whole batch, whatever its result says, unless it reports failures', async () => {
  const { start, send } = queue();
  const [id] = await send('a', 'b');
  const source = start(() => failing(id));
  await source.settled();
  expect(source.bodies()).toEqual([['a', 'b']]);
});

it('[Q1, Q7] The event source delivers a message again while its first delivery is still being processed', async () => {
  const { start, send } = queue();
  await send('slow');
  const gate = makeGate();
  const source = start((_, call) => (call === 1 ? gate.opened : undefined));
  await until(() => source.events.length === 2);
  gate.open();
  await source.settled();
  const [first, second] = source.events.map(({ Records }) => Records[0]);
  expect(second?.messageId).toBe(first?.messageId);
  expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
  expect(second?.attributes.ApproximateReceiveCount).toBe('2');
});

it('The event source reports a failed delete, and the messages come back although the function succeeded', async () => {
  const { client, start, send } = queue();
  let failures = 1;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === DeleteMessageBatchCommand.name && failures-- > 0) throw new Error('no connection');
        return await next(args);
      },
    { step: 'initialize' },
  );
  await send('a');
  const source = start(() => undefined);
  await source.settled();
  expect(source.bodies()).toEqual([['a'], ['a']]);
  expect(source.errors).toEqual([new Error('no connection')]);
});

it('The event source reports a failed receive and continues', async () => {
  const { create, start, sendOne, url } = queue();
  const queueUrl = `${url}-later`;
  const source = start(() => undefined, { queueUrl });
  await until(() => source.errors.length > 1);
  expect(await create({ name: queueUrl.split('/').at(-1) ?? '' })).toBe(queueUrl);
  await sendOne({ QueueUrl: queueUrl, MessageBody: 'a' });
  await source.settled();
  expect(source.bodies()).toEqual([['a']]);
});
