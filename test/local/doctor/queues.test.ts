import { GetQueueAttributesCommand, GetQueueUrlCommand, QueueDoesNotExist, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { refreshVariables } from '../../../lib/config/variables.ts';
import type { AwsReply } from '../../../local/doctor/aws.ts';
import { checkQueue, queueVariables } from '../../../local/doctor/queues.ts';

const URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/refresh';
const DEAD_URL = `${URL}-dead`;
const environment = { REFRESH_QUEUE_URL: URL };
const functions = [{ name: 'refreshOwners', timeoutSeconds: 300, variables: {} }];
const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:123456789012:refresh-dead' });
const GOOD = { QueueArn: 'arn:refresh', VisibilityTimeout: '1800', RedrivePolicy, ApproximateNumberOfMessages: '7' };
const MAPPING = {
  FunctionArn: 'arn:aws:lambda:eu-central-1:1:function:set-owner-by-email-prod-refreshOwners',
  State: 'Enabled',
};

type Given = {
  readonly queue?: object | 'absent';
  readonly dead?: object | 'absent';
  readonly mappings?: readonly object[];
};

async function check({ queue = GOOD, dead = {}, mappings = [MAPPING] }: Given = {}) {
  const sqs = mockClient(SQSClient);
  const absent = new QueueDoesNotExist({ message: 'absent', $metadata: {} });
  const answer = (QueueUrl: string, given: object | 'absent') => {
    const stub = sqs.on(GetQueueAttributesCommand, { QueueUrl });
    if (given === 'absent') stub.rejects(absent);
    else stub.resolves({ Attributes: { ...given } });
  };
  answer(URL, queue);
  answer(DEAD_URL, dead);
  if (dead === 'absent') sqs.on(GetQueueUrlCommand).rejects(absent);
  else sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: DEAD_URL });
  const get = async (): Promise<AwsReply> => ({ status: 200, body: { EventSourceMappings: mappings } });
  const findings = await checkQueue(
    { sqs: new SQSClient({}), lambda: { get, functions } },
    'REFRESH_QUEUE_URL',
    environment,
  );
  return findings.filter(({ verdict }) => verdict === 'wrong').map(({ detail }) => detail);
}

it('The doctor finds the queues by the variables of the functions', () => {
  const named = Object.keys(refreshVariables).filter((name) => name.endsWith('_QUEUE_URL'));
  expect(queueVariables()).toEqual(expect.arrayContaining(named));
  expect(queueVariables().every((name) => name.endsWith('_QUEUE_URL'))).toBe(true);
});

it('The doctor finds nothing wrong with a queue as it is deployed', async () => {
  expect(await check()).toEqual([]);
});

it.each<Given & { readonly why: string; readonly wrong: RegExp }>([
  { why: 'it was deleted', queue: 'absent', wrong: /does not exist/ },
  {
    why: 'failed messages have nowhere to go',
    queue: { ...GOOD, RedrivePolicy: undefined },
    wrong: /no dead-letter queue/,
  },
  { why: 'its dead-letter queue was deleted', dead: 'absent', wrong: /refresh-dead does not exist/ },
  { why: 'messages failed', dead: { ApproximateNumberOfMessages: '3' }, wrong: /holds 3 messages/ },
  {
    why: '[W10] the function behind the dead-letter queue has taken all messages and could not end them',
    dead: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '3' },
    wrong: /holds 3 messages/,
  },
  {
    why: 'messages come back while one works on them',
    queue: { ...GOOD, VisibilityTimeout: '30' },
    wrong: /after 30 s/,
  },
  { why: 'no function reads it', mappings: [], wrong: /no function reads it/ },
  { why: 'somebody disabled its event source', mappings: [{ ...MAPPING, State: 'Disabled' }], wrong: /is Disabled/ },
])('The doctor reports a queue when $why', async ({ wrong, ...given }) => {
  expect(await check(given)).toEqual([expect.stringMatching(wrong)]);
});
