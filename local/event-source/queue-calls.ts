import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { toRecord } from './to-record.ts';

/** The most entries of one DeleteMessageBatch (SQS API reference, read 2026-11-23). */
const MAX_DELETE = 10;

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const satisfies readonly QueueAttributeName[];

export type QueueCalls = {
  receive(max: number): Promise<readonly SQSRecord[]>;
  /** @throws when one of them could not be deleted. */
  deleteAll(records: readonly SQSRecord[]): Promise<void>;
  /** Whether no message is there, being worked on, or delayed. Exact on the embedded engine, approximate on AWS. */
  isEmpty(): Promise<boolean>;
};

export function createQueueCalls(client: SQSClient, queueUrl: string): QueueCalls {
  let queueArn: string | undefined;

  async function read(names: QueueAttributeName[]) {
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: names });
    return (await client.send(command)).Attributes ?? {};
  }

  return {
    async receive(max) {
      queueArn ??= (await read(['QueueArn'])).QueueArn ?? '';
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: max,
          // A look, not a long poll: a poll that is cut off may take a message along, and count it as received.
          WaitTimeSeconds: 0,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      const arn = queueArn;
      return Messages.map((message) => toRecord(message, arn));
    },

    async deleteAll(records) {
      for (let start = 0; start < records.length; start += MAX_DELETE) {
        const Entries = records
          .slice(start, start + MAX_DELETE)
          .map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
        const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed.length > 0) throw new Error(`${Failed.length} messages could not be deleted: ${Failed[0]?.Code}`);
      }
    },

    async isEmpty() {
      const counts = await read([...COUNTS]);
      return COUNTS.every((name) => counts[name] === '0');
    },
  };
}
