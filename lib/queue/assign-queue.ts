import { QueueUnavailableError } from '../domain/errors.ts';
import type { AssignQueue, EmailSeal } from '../domain/queued-execution.ts';
import { MAX_MESSAGE_BYTES, toAssignMessage } from './assign-messages.ts';
import { sendMessages } from './send-messages.ts';

/**
 * The queue of executions. The portal is the message group, by which SQS keeps a quiet portal's messages from waiting behind
 * another one's flood (fair queues, SQS developer guide, read 2026-11-23).
 */
export function createAssignQueue(queueUrl: string, seal: EmailSeal, fetchIt?: typeof fetch): AssignQueue {
  return {
    canCarry: (execution) => Buffer.byteLength(toAssignMessage(execution, seal)) <= MAX_MESSAGE_BYTES,

    async send(delayed) {
      const messages = delayed.map(({ execution, delaySeconds }) => ({
        MessageBody: toAssignMessage(execution, seal),
        MessageGroupId: execution.key.portalId,
        DelaySeconds: delaySeconds,
      }));
      const isSent = await sendMessages(queueUrl, messages, fetchIt);
      const unsent = delayed.filter((_delayed, index) => !isSent[index]).map(({ execution }) => execution);
      if (delayed.length > 0 && unsent.length === delayed.length) {
        throw new QueueUnavailableError('SQS took none of the messages');
      }
      return unsent;
    },
  };
}
