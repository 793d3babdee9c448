import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RefreshQueue } from '../domain/refresh.ts';
import { toPurgeMessage, toRefreshMessage } from './refresh-messages.ts';

/** The most messages SQS takes in one call. */
const BATCH_SIZE = 10;

export function createRefreshQueue(client: SQSClient, queueUrl: string): RefreshQueue {
  return {
    send: (orders) =>
      sendAll(
        orders.map(({ order, delaySeconds }) => ({ MessageBody: toRefreshMessage(order), DelaySeconds: delaySeconds })),
      ),
    sendPurges: (portalIds, delaySeconds = 0) =>
      sendAll(portalIds.map((portalId) => ({ MessageBody: toPurgeMessage(portalId), DelaySeconds: delaySeconds }))),
  };

  async function sendAll(messages: readonly { readonly MessageBody: string; readonly DelaySeconds?: number }[]) {
    for (let start = 0; start < messages.length; start += BATCH_SIZE) {
      const batch = messages.slice(start, start + BATCH_SIZE);
      const Entries = batch.map((message, index) => ({ Id: String(index), ...message }));
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      if (Failed.length > 0) throw new Error(`${Failed.length} refresh orders could not be queued`);
    }
  }
}
