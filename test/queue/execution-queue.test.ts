import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { GetQueueAttributesCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createEmailCipher } from '../../lib/crypto/email-cipher.ts';
import type { Fetch } from '../../lib/network/fetch.ts';
import type { DelayedExecution, ExecutionQueue } from '../../lib/ports/queue.ts';
import { createExecutionQueue } from '../../lib/queue/execution-queue.ts';
import { fromExecutionMessage } from '../../lib/queue/from-execution-message.ts';
import { createQueue, type EmbeddedSqs, startEmbeddedSqs } from '../../local/embedded-sqs.ts';
import { PORTAL_A, PORTAL_B } from '../builders/ids.ts';
import { makeQueued } from '../builders/queued-execution.ts';

const seal = createEmailCipher({ current: 'secret-test-current' });

/** So many executions, of two portals in turn. */
const delayed = (count: number, delaySeconds = 0): DelayedExecution[] =>
  Array.from({ length: count }, (_, index) => {
    const portalId = index % 2 === 0 ? PORTAL_A : PORTAL_B;
    const key = { portalId, executionId: `ap-${index}` };
    return { execution: makeQueued({ key, command: { portalId, currentValue: undefined } }), delaySeconds };
  });

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL_SQS;
});

describe('On an engine', () => {
  let engine: EmbeddedSqs;
  let client: SQSClient;
  let url: string;
  let queue: ExecutionQueue;
  let queues = 0;

  beforeAll(async () => {
    engine = await startEmbeddedSqs();
    client = new SQSClient({ endpoint: engine.endpoint });
  });

  beforeEach(async () => {
    queues += 1;
    url = await createQueue(client, { name: `assign-${queues}`, visibilityTimeoutSeconds: 60 });
    process.env.AWS_ENDPOINT_URL_SQS = engine.endpoint;
    queue = createExecutionQueue(url, seal);
  });

  afterAll(async () => {
    client.destroy();
    await engine.close();
  });

  async function receiveAll(): Promise<Message[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['MessageGroupId'],
    });
    const messages: Message[] = [];
    for (;;) {
      const { Messages = [] } = await client.send(command);
      if (Messages.length === 0) return messages;
      messages.push(...Messages);
    }
  }

  it('The queue delivers each execution once, in the group of its account', async () => {
    const sent = delayed(25);
    await expect(queue.send(sent)).resolves.toEqual([]);
    const received = await receiveAll();
    const executions = received.map(({ Body = '' }) => fromExecutionMessage(Body, seal).execution);
    const byId = (all: typeof executions) => all.toSorted((a, b) => a.key.executionId.localeCompare(b.key.executionId));
    expect(byId(executions)).toEqual(byId(sent.map(({ execution }) => execution)));
    expect(received.map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(
      executions.map(({ key }) => key.portalId),
    );
  });

  it('The queue delays each execution by its own time', async () => {
    await queue.send([...delayed(2, 0), ...delayed(3, 900)]);
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'] as const;
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] });
    const { Attributes } = await client.send(command);
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesDelayed: '3' });
  });

  it('Sending nothing to the queue makes no call', async () => {
    process.env.AWS_ENDPOINT_URL_SQS = 'http://127.0.0.1:9';
    await expect(queue.send([])).resolves.toEqual([]);
  });

  it('[Q8] Sending to a queue that is away fails, so that nobody is promised a completion', async () => {
    process.env.AWS_ENDPOINT_URL_SQS = 'http://127.0.0.1:9';
    await expect(queue.send(delayed(1))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE', retryable: true });
    await expect(queue.send(delayed(15))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });
});

describe('On a queue that takes some messages', () => {
  type Entry = { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds: number };
  /** What a call is answered, or that its line breaks. */
  type Answer = { readonly status: number; readonly body: string } | 'reset';

  let server: Server;
  let batches: Entry[][];
  let answers: ((entries: readonly Entry[]) => Answer)[];
  const queue = createExecutionQueue('http://127.0.0.1/queue', seal);

  const taking = (takes: (index: number) => boolean) => (entries: readonly Entry[]) => {
    const [Successful, Failed] = [true, false].map((isTaken) =>
      entries.filter(({ Id }) => takes(Number(Id)) === isTaken),
    );
    return { status: 200, body: JSON.stringify({ Successful, Failed }) };
  };
  const all = taking(() => true);
  const saying = (status: number, body: unknown) => () => ({
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

  beforeEach(async () => {
    [batches, answers] = [[], []];
    server = createServer(async (request, response) => {
      const chunks = await request.toArray();
      const { Entries } = JSON.parse(Buffer.concat(chunks).toString()) as { Entries: Entry[] };
      batches.push(Entries);
      const answer = (answers.shift() ?? all)(Entries);
      if (answer === 'reset') return void request.socket.resetAndDestroy();
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_SQS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const idsOf = (executions: readonly { readonly key: { readonly executionId: string } }[]) =>
    executions.map(({ key }) => key.executionId);

  it('[D5] Messages are sent ten at a time, each with an ID of its own in its batch', async () => {
    await expect(queue.send(delayed(25, 7))).resolves.toEqual([]);
    expect(batches.map((batch) => batch.length).sort()).toEqual([10, 10, 5]);
    for (const batch of batches) expect(new Set(batch.map(({ Id }) => Id)).size).toBe(batch.length);
    expect(new Set(batches.flat().map(({ DelaySeconds }) => DelaySeconds))).toEqual(new Set([7]));
  });

  it('[D5, Q8] Sending reports which messages the queue did not take', async () => {
    answers = Array(3).fill(taking((index) => ![3, 21, 22].includes(index)));
    expect(idsOf(await queue.send(delayed(23)))).toEqual(['ap-3', 'ap-21', 'ap-22']);
  });

  it.each<[string, () => Answer]>([
    ['a reset', () => 'reset'],
    ['a 503', saying(503, '')],
    ['being throttled', saying(400, { __type: 'com.amazonaws.sqs#ThrottlingException' })],
  ])('[Q8] A batch is sent again after %s', async (_fault, answer) => {
    answers = [answer, all];
    await expect(queue.send(delayed(3))).resolves.toEqual([]);
    expect(batches).toHaveLength(2);
    expect(batches[1]).toEqual(batches[0]);
  });

  it.each<[string, () => Answer]>([
    ['no queue', saying(400, { __type: 'QueueDoesNotExist' })],
    ['no permission', saying(403, { __type: 'AccessDeniedException' })],
    ['a page', saying(200, '<html/>')],
    ['nothing', saying(200, '')],
    ['an empty object', saying(200, {})],
    ['nobody taken', saying(200, { Successful: null, Failed: [{ Id: '0' }] })],
    ['others taken', saying(200, { Successful: [{ Id: '9' }] })],
    ['another shape', saying(200, { Successful: [{ id: '0' }] })],
  ])('[Q8] Sending fails when the queue answers with %s', async (_what, answer) => {
    answers = [answer];
    await expect(queue.send(delayed(1))).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });

  it('[O11] A queued message shows no email', async () => {
    await queue.send(delayed(12));
    for (const { MessageBody } of batches.flat()) expect(MessageBody).not.toMatch(/jane|example|@/i);
  });
});

describe('On a queue that is slow', () => {
  /** The longest that one call takes: two tries. */
  const LONGEST_CALL_MS = 2 * 1_500;
  /** What the workers keep of their time for putting back what they could not do. */
  const STOP_MARGIN_MS = 10_000;
  /** A batch of `assignOwners`. */
  const FULL = 500;

  /** Every call is answered, in the order of the calls, once no other begins before that. */
  async function sendSlowly(answer: (call: number, ids: readonly string[]) => object) {
    const open: (() => void)[] = [];
    let calls = 0;
    const fetchIt: Fetch = (_url, { body }) => {
      const { Entries } = JSON.parse(String(body)) as { Entries: { readonly Id: string }[] };
      const text = JSON.stringify(
        answer(
          calls,
          Entries.map(({ Id }) => Id),
        ),
      );
      calls += 1;
      return new Promise((resolve) =>
        open.push(() => resolve({ status: 200, headers: [], body: Readable.from([Buffer.from(text)]) })),
      );
    };
    const sending = createExecutionQueue('https://sqs.example.com/queue', seal, fetchIt).send(delayed(FULL));
    let rounds = 0;
    for (await setImmediate(); open.length > 0; await setImmediate()) {
      rounds += 1;
      for (const go of open.splice(0)) go();
      await setImmediate();
    }
    return { unsent: await sending, rounds, calls };
  }
  const taking = (ids: readonly string[]) => ({ Successful: ids.map((Id) => ({ Id })) });

  it('[Q6] A worker puts all that it was given back before its time is over', async () => {
    const { unsent, rounds } = await sendSlowly((_call, ids) => taking(ids));
    expect(unsent).toEqual([]);
    expect(rounds * LONGEST_CALL_MS).toBeLessThan(STOP_MARGIN_MS);
  });

  it('[Q8] After a lost batch no other is begun, because SQS is away, and all messages that were not sent are reported', async () => {
    const { unsent, rounds, calls } = await sendSlowly((call, ids) => (call === 1 ? {} : taking(ids)));
    expect([rounds, unsent.length]).toEqual([2, FULL - (calls - 1) * 10]);
  });
});
