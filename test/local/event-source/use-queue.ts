import { setTimeout as delay } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { createQueue, type EmbeddedSqs, type QueueSettings, startEmbeddedSqs } from '../../../local/embedded-sqs.ts';
import { type EventSource, startEventSource } from '../../../local/event-source/event-source.ts';
import type { EventSourceOptions } from '../../../local/event-source/options.ts';

type Given = Partial<Omit<EventSourceOptions, 'invoke'>>;
type Handler = (event: SQSEvent, call: number) => unknown;

/** An event source with what it did so far. */
type Started = EventSource & {
  readonly events: readonly SQSEvent[];
  readonly errors: readonly unknown[];
  /** The bodies of each invocation. */
  bodies(): string[][];
};

type Counts = { readonly visible: number; readonly inFlight: number };

export type TestQueue = {
  readonly client: SQSClient;
  readonly endpoint: string;
  readonly url: string;
  create(settings: Partial<QueueSettings>): Promise<string>;
  /** Answers the message ids. */
  send(...bodies: string[]): Promise<string[]>;
  /** To another queue when it names one. */
  sendOne(input: Omit<SendMessageCommandInput, 'QueueUrl'> & { readonly QueueUrl?: string }): Promise<void>;
  counts(url?: string): Promise<Counts>;
  start(handler: Handler, options?: Given): Started;
};

/**
 * An engine for the file, and an empty queue for each test. With the visibility timeout of one second, messages of failed
 * invocations come back soon; on a busy machine, those of slow ones do, too.
 */
export function useQueue(visibilityTimeoutSeconds = 1): () => TestQueue {
  let engine: EmbeddedSqs;
  let client: SQSClient;
  let queue: TestQueue | undefined;
  let sources: EventSource[] = [];
  let queues = 0;

  beforeAll(async () => {
    engine = await startEmbeddedSqs();
  });

  beforeEach(async () => {
    client = new SQSClient({ endpoint: engine.endpoint });
    queues += 1;
    const settings = { name: `queue-${queues}`, visibilityTimeoutSeconds };
    queue = makeQueue(client, engine.endpoint, settings, await createQueue(client, settings), sources);
  });

  afterEach(async () => {
    await Promise.all(sources.map((source) => source.stop()));
    sources = [];
    queue = undefined;
    client.destroy();
  });

  afterAll(() => engine.close());

  return () => {
    if (queue === undefined) throw new Error('The queue is there only inside a test');
    return queue;
  };
}

function makeQueue(
  client: SQSClient,
  endpoint: string,
  settings: QueueSettings,
  url: string,
  sources: EventSource[],
): TestQueue {
  return {
    client,
    endpoint,
    url,
    create: (given) => createQueue(client, { ...settings, ...given }),
    async send(...bodies) {
      const ids: string[] = [];
      for (let start = 0; start < bodies.length; start += 10) {
        const Entries = bodies
          .slice(start, start + 10)
          .map((body, index) => ({ Id: String(index), MessageBody: body }));
        const { Successful = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        ids.push(...Successful.map(({ MessageId = '' }) => MessageId));
      }
      return ids;
    },
    async sendOne(input) {
      await client.send(new SendMessageCommand({ QueueUrl: url, ...input }));
    },
    async counts(of = url) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: of, AttributeNames: ['All'] }),
      );
      return {
        visible: Number(Attributes?.ApproximateNumberOfMessages),
        inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      };
    },
    start(handler, options = {}) {
      const events: SQSEvent[] = [];
      const errors: unknown[] = [];
      const source = startEventSource({
        client,
        queueUrl: url,
        idlePollMs: 10,
        onError: (error) => errors.push(error),
        ...options,
        invoke: async (event) => handler(event, events.push(event)),
      });
      sources.push(source);
      const bodies = () => events.map(({ Records }) => Records.map(({ body }) => body));
      return { ...source, events, errors, bodies };
    },
  };
}

/** Waits until something has happened. */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await happened())) await delay(5);
}

export function failing(...itemIdentifiers: unknown[]) {
  return { batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** A promise and what ends it. */
export function makeGate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
