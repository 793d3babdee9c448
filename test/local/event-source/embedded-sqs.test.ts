import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createQueue, startEmbeddedSqs } from '../../../local/embedded-sqs.ts';
import { useQueue } from './use-queue.ts';

const queue = useQueue();
const MAX_MESSAGE_BYTES = 1_048_576;

it('The SQS engine listens on the loopback interface and returns queue addresses there', () => {
  expect(queue().endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(queue().url).toMatch(`${queue().endpoint}/`);
});

it('A queue is created with its visibility timeout and dead-letter queue, and creating it again changes nothing', async () => {
  const { client, create } = queue();
  const settings = { name: 'main', visibilityTimeoutSeconds: 90, deadLetter: { name: 'dead', maxReceiveCount: 3 } };
  const url = await create(settings);
  expect(await create(settings)).toBe(url);
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes } = await client.send(command);
  expect(Attributes).toMatchObject({ VisibilityTimeout: '90', QueueArn: 'arn:aws:sqs:eu-central-1:000000000000:main' });
  expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
    deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:dead',
    maxReceiveCount: 3,
  });
});

it('The SQS engine creates no dead-letter queue unless it is asked for one', async () => {
  const { client, url } = queue();
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  expect(Attributes).not.toHaveProperty('RedrivePolicy');
});

it('The SQS engine refuses to change the settings of a queue that exists', async () => {
  await expect(queue().create({ visibilityTimeoutSeconds: 2 })).rejects.toMatchObject({
    name: expect.stringMatching(/QueueNameExists|QueueAlreadyExists/),
  });
});

it('[Q13] The SQS engine accepts a message of 1 MiB and refuses one with a byte more', async () => {
  await queue().sendOne({ MessageBody: 'x'.repeat(MAX_MESSAGE_BYTES) });
  await expect(queue().sendOne({ MessageBody: 'x'.repeat(MAX_MESSAGE_BYTES + 1) })).rejects.toThrow('shorter than');
  expect(await queue().counts()).toEqual({ visible: 1, inFlight: 0 });
});

it('[Q13] The SQS engine counts the bytes of a message, not its characters, and the attributes too', async () => {
  const { sendOne } = queue();
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'abc' } };
  const attributeBytes = 'kind'.length + 'String'.length + 'abc'.length;
  const body = 'x'.repeat(MAX_MESSAGE_BYTES - attributeBytes);
  await sendOne({ MessageBody: body, MessageAttributes });
  await expect(sendOne({ MessageBody: `${body}x`, MessageAttributes })).rejects.toThrow('shorter than');
  await expect(sendOne({ MessageBody: 'é'.repeat(MAX_MESSAGE_BYTES / 2 + 1) })).rejects.toThrow('shorter than');
});

it('[Q13] The SQS engine refuses a batch of messages that are over 1 MiB together', async () => {
  await expect(
    queue().send('x'.repeat(MAX_MESSAGE_BYTES / 2), 'x'.repeat(MAX_MESSAGE_BYTES / 2 + 1)),
  ).rejects.toThrow();
});

it('The SQS engine closes while a connection is open, and keeps nothing for the next engine', async () => {
  const first = await startEmbeddedSqs();
  const client = new SQSClient({ endpoint: first.endpoint, maxAttempts: 1 });
  await createQueue(client, { name: 'gone', visibilityTimeoutSeconds: 1 });
  await first.close();
  await expect(client.send(new ListQueuesCommand())).rejects.toThrow();
  client.destroy();
});
