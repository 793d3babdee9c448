import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { toRecord } from './to-record.ts';

/** The maximum number of entries in one batch call (SQS API reference, read 2026-11-23). */
const MAX_ENTRIES = 10;

/** Batch calls open at once. */
const MAX_PARALLEL = 8;

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const satisfies readonly QueueAttributeName[];

export type QueueCalls = {
  receive(max: number): Promise<readonly SQSRecord[]>;
  /** @throws when one of them could not be deleted. */
  deleteAll(records: readonly SQSRecord[]): Promise<void>;
  /** Gives messages their whole visibility timeout again; whose receipt is not good any more is left out. */
  renew(records: readonly SQSRecord[]): Promise<void>;
  visibilityMs(): Promise<number>;
  /** Whether no message is available, in progress or delayed. Exact on the embedded engine, approximate on AWS. */
  isEmpty(): Promise<boolean>;
};

export function createQueueCalls(client: SQSClient, queueUrl: string): QueueCalls {
  let settings: Promise<Readonly<Record<string, string>>> | undefined;

  async function read(names: QueueAttributeName[]) {
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: names });
    return (await client.send(command)).Attributes ?? {};
  }

  /** Read once; a failed read is retried. */
  function readSettings(): Promise<Readonly<Record<string, string>>> {
    settings ??= read(['QueueArn', 'VisibilityTimeout']).catch((error: unknown) => {
      settings = undefined;
      throw error;
    });
    return settings;
  }

  const visibilitySeconds = async () => Number((await readSettings()).VisibilityTimeout);

  return {
    async receive(max) {
      const { QueueArn: queueArn = '' } = await readSettings();
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: max,
          // No long poll: an interrupted poll may take a message, and count it as received.
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages.map((message) => toRecord(message, queueArn));
    },

    async deleteAll(records) {
      await inBatches(records, async (Entries) => {
        const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed.length > 0) throw new Error(`${Failed.length} messages could not be deleted: ${Failed[0]?.Code}`);
      });
    },

    async renew(records) {
      const VisibilityTimeout = await visibilitySeconds();
      await inBatches(records, async (entries) => {
        const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout }));
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
      });
    },

    visibilityMs: async () => (await visibilitySeconds()) * 1_000,

    async isEmpty() {
      const counts = await read([...COUNTS]);
      return COUNTS.every((name) => counts[name] === '0');
    },
  };
}

type Entry = { readonly Id: string; readonly ReceiptHandle: string };

/** Calls with ten messages each, some at once. After the first failure, no more start. */
async function inBatches(records: readonly SQSRecord[], call: (entries: Entry[]) => Promise<void>): Promise<void> {
  let next = 0;
  async function work(): Promise<void> {
    while (next < records.length) {
      const start = next;
      next += MAX_ENTRIES;
      const entries = records
        .slice(start, start + MAX_ENTRIES)
        .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
      try {
        await call(entries);
      } catch (error) {
        next = records.length;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: MAX_PARALLEL }, work));
}
