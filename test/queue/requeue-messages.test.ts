import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { SecretsUnavailableError } from '../../lib/domain/errors.ts';
import { requeueMessages } from '../../lib/queue/send-messages.ts';
import { createQueueWorker } from '../../lib/runtime/queue-worker.ts';
import { makeContext } from '../support/http-events.ts';
import { makeTelemetry } from '../support/recording-telemetry.ts';

jest.mock('../../lib/network/fetch.ts', () => require('../support/global-fetch.ts').withGlobalFetch());

const URL = 'https://sqs.example.com/assign';
type Entry = { readonly MessageBody: string; readonly MessageGroupId?: string; readonly DelaySeconds: number };

const record = (body: string, MessageGroupId?: string) =>
  ({
    messageId: `id of ${body}`,
    body,
    attributes: { ...(MessageGroupId !== undefined && { MessageGroupId }) },
  }) as SQSRecord;

/** SQS takes everything. */
function takeAll() {
  const entries: Entry[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    const { Entries } = JSON.parse(String(init?.body)) as { Entries: (Entry & { readonly Id: string })[] };
    entries.push(...Entries);
    return Response.json({ Successful: Entries.map(({ Id }) => ({ Id })) });
  });
  return entries;
}

it.each([
  ['the group that SQS names', record('{"portalId":"1"}', '2'), '2'],
  ['the group of the account that its body names', record('{"portalId":"1"}'), '1'],
  ['no group, when it names no portal', record('{"portalId":"a b"}'), undefined],
  ['no group, when it is not JSON', record('{'), undefined],
])('[W7] A message is requeued unchanged, in %s', async (_what, message, group) => {
  const entries = takeAll();
  await expect(requeueMessages(URL, [message], () => 0)).resolves.toEqual([]);
  expect(entries.map(({ MessageBody, MessageGroupId }) => [MessageBody, MessageGroupId])).toEqual([
    [message.body, group],
  ]);
});

it.each([
  [0, 60],
  [0.5, 90],
  [0.999, 120],
])(
  '[W7] A message comes back after one to two minutes: with the chance %s after %i seconds',
  async (chance, seconds) => {
    const entries = takeAll();
    await requeueMessages(URL, [record('{}')], () => chance);
    expect(entries.map(({ DelaySeconds }) => DelaySeconds)).toEqual([seconds]);
  },
);

it('[W7] A function that cannot start and has no queue leaves its messages where they are', async () => {
  const entries = takeAll();
  const telemetry = makeTelemetry();
  const runtime = async () => {
    throw new SecretsUnavailableError('away');
  };
  const worker = createQueueWorker({ telemetry, runtime }, async () => ({ batchItemFailures: [] }));
  const event = { Records: [record('a'), record('b')] } as SQSEvent;
  expect(await worker(event, makeContext())).toEqual({
    batchItemFailures: [{ itemIdentifier: 'id of a' }, { itemIdentifier: 'id of b' }],
  });
  expect(entries).toEqual([]);
  expect(telemetry.counted).toEqual([{ name: 'SecretsUnavailable', dimensions: {} }]);
});
