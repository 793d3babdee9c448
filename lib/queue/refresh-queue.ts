import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RefreshQueue } from '../domain/refresh.ts';
import { toRefreshMessage } from './refresh-messages.ts';

/** The most messages SQS takes in one call. */
const BATCH_SIZE = 10;

export function createRefreshQueue(client: SQSClient, queueUrl: string): RefreshQueue {
  return {
    async send(orders) {
      for (let start = 0; start < orders.length; start += BATCH_SIZE) {
        const Entries = orders.slice(start, start + BATCH_SIZE).map(({ order, delaySeconds }, index) => ({
          Id: String(index),
          MessageBody: toRefreshMessage(order),
          DelaySeconds: delaySeconds,
        }));
        const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
        if (Failed.length > 0) throw new Error(`${Failed.length} refresh orders could not be queued`);
      }
    },
  };
}
