import { describeError } from '../domain/describe-error.ts';
import { QueueUnavailableError } from '../domain/errors.ts';
import type { QueuedExecution } from '../domain/execution.ts';
import type { Fetch } from '../network/fetch.ts';
import type { EmailCipher, ExecutionQueue } from '../ports/queue.ts';
import type { Needs } from '../ports/telemetry.ts';
import { MAX_MESSAGE_BYTES, toExecutionMessage } from './execution-messages.ts';
import { fromExecutionMessage } from './from-execution-message.ts';
import { sendMessages } from './send-messages.ts';

/**
 * The queue of executions. The portal is the message group, so that SQS does not let a quiet portal's messages wait behind
 * another one's flood (fair queues, SQS developer guide, read 2026-11-23).
 */
export function createExecutionQueue(queueUrl: string, emailCipher: EmailCipher, fetchIt?: Fetch): ExecutionQueue {
  return {
    canCarry: (execution) => Buffer.byteLength(toExecutionMessage(execution, emailCipher)) <= MAX_MESSAGE_BYTES,

    async send(delayed) {
      const messages = delayed.map(({ execution, delaySeconds }) => ({
        MessageBody: toExecutionMessage(execution, emailCipher),
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

type QueueEvent = { readonly Records: readonly QueueRecord[] };
type QueueRecord = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
};

export type ExecutionMessages = {
  readonly executions: ReadonlyMap<string, QueuedExecution>;
  /** Executions whose email cannot be read: only their IDs are valid. */
  readonly withoutEmail: ReadonlyMap<string, QueuedExecution>;
  /** IDs of messages that this version does not understand. */
  readonly unreadable: readonly string[];
};

/** The executions of a batch by message ID. An unreadable message is returned separately, so that it blocks no other. */
export function readExecutionMessages(
  { Records }: QueueEvent,
  emailCipher: EmailCipher,
  { log, metrics }: Needs<'metrics' | 'log'>,
): ExecutionMessages {
  const executions = new Map<string, QueuedExecution>();
  const withoutEmail = new Map<string, QueuedExecution>();
  const unreadable: string[] = [];
  for (const { messageId, body, attributes } of Records) {
    try {
      const { execution, isEmailReadable } = fromExecutionMessage(body, emailCipher);
      // An earlier receiver may have completed it and crashed.
      const isFirst = Number(attributes.ApproximateReceiveCount) <= 1;
      const completion = execution.completion === 'pending' && !isFirst ? 'unconfirmed' : execution.completion;
      (isEmailReadable ? executions : withoutEmail).set(messageId, { ...execution, completion });
      if (isEmailReadable) continue;
      log.error('the email of a queued execution cannot be decrypted', { portalId: execution.key.portalId });
    } catch (error) {
      unreadable.push(messageId);
      log.error('a queued message cannot be read', describeError(error));
    }
    metrics.count('MessagesUnreadable');
  }
  return { executions, withoutEmail, unreadable };
}
