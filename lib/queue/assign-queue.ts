import * as z from 'zod/mini';
import { callAws } from '../aws/signed-call.ts';
import { QueueUnavailableError } from '../domain/errors.ts';
import type { AssignQueue, Delayed, EmailSeal, QueuedExecution } from '../domain/queued-execution.ts';
import { MAX_MESSAGE_BYTES, toAssignMessage } from './assign-messages.ts';

/** The most messages SQS takes in one call. */
const BATCH_SIZE = 10;

/** SendMessageBatch (SQS API reference, JSON protocol, read 2026-11-23). */
const sendReply = z.object({
  Successful: z.optional(z.nullable(z.array(z.object({ Id: z.string() })))),
});

/**
 * The queue of executions. The portal is the message group, by which SQS keeps a quiet portal's messages from waiting behind
 * another one's flood (fair queues, SQS developer guide, read 2026-11-23).
 *
 * Sends by signed calls: the SDK's client would cost each cold start of the action more than all of its own code.
 */
export function createAssignQueue(queueUrl: string, seal: EmailSeal, fetchIt?: typeof fetch): AssignQueue {
  return {
    canCarry: (execution) => Buffer.byteLength(toAssignMessage(execution, seal)) <= MAX_MESSAGE_BYTES,

    async send(delayed) {
      const unsent: QueuedExecution[] = [];
      for (let start = 0; start < delayed.length; start += BATCH_SIZE) {
        const batch = delayed.slice(start, start + BATCH_SIZE);
        const refused = await sendBatch(batch);
        unsent.push(...refused);
        if (refused.length < batch.length) continue;
        // SQS is away, and every further call would cost its time-out.
        unsent.push(...delayed.slice(start + BATCH_SIZE).map(({ execution }) => execution));
        break;
      }
      if (delayed.length > 0 && unsent.length === delayed.length) {
        throw new QueueUnavailableError('SQS took none of the messages');
      }
      return unsent;
    },
  };

  /** Safe to repeat: an execution that is queued twice has one result and one effect. */
  async function sendBatch(batch: readonly Delayed[]): Promise<readonly QueuedExecution[]> {
    const Entries = batch.map(({ execution, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: toAssignMessage(execution, seal),
      MessageGroupId: execution.key.portalId,
      DelaySeconds: delaySeconds,
    }));
    const sent = await reach({ QueueUrl: queueUrl, Entries }, fetchIt);
    return batch.filter((_delayed, index) => !sent.has(String(index))).map(({ execution }) => execution);
  }
}

/** The ids of the entries that SQS took; none when it could not be reached. */
async function reach(body: object, fetchIt: typeof fetch | undefined): Promise<ReadonlySet<string>> {
  const call = { service: 'sqs', target: 'AmazonSQS.SendMessageBatch', body } as const;
  const reply = await callAws(call, { fetchIt }).catch(() => undefined);
  const sent = reply?.ok ? sendReply.safeParse(reply.body).data : undefined;
  return new Set(sent?.Successful?.map(({ Id }) => Id) ?? []);
}
