import { describeError } from '../domain/describe-error.ts';
import type { Log, Metrics } from '../domain/ports.ts';
import type { EmailSeal, QueuedExecution } from '../domain/queued-execution.ts';
import { fromAssignMessage } from './assign-messages.ts';

type QueueEvent = { readonly Records: readonly QueueRecord[] };
type QueueRecord = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
};

export type AssignMessages = {
  readonly executions: ReadonlyMap<string, QueuedExecution>;
  /** Executions whose email cannot be read: only their ids are good. */
  readonly withoutEmail: ReadonlyMap<string, QueuedExecution>;
  /** Message ids of what is no execution that this version understands. */
  readonly unreadable: readonly string[];
};

/** The executions of a batch by message id. An unreadable message is kept apart, so that it holds up no other. */
export function readAssignMessages(
  { Records }: QueueEvent,
  seal: EmailSeal,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): AssignMessages {
  const executions = new Map<string, QueuedExecution>();
  const withoutEmail = new Map<string, QueuedExecution>();
  const unreadable: string[] = [];
  for (const { messageId, body, attributes } of Records) {
    try {
      const { execution, isEmailReadable } = fromAssignMessage(body, seal);
      // Who received it before may have completed it and died.
      const isFirst = Number(attributes.ApproximateReceiveCount) <= 1;
      const completion = execution.completion === 'pending' && !isFirst ? 'unconfirmed' : execution.completion;
      (isEmailReadable ? executions : withoutEmail).set(messageId, { ...execution, completion });
      if (isEmailReadable) continue;
      log.error('the email of a queued execution cannot be decrypted', { portalId: execution.key.portalId });
    } catch (error) {
      unreadable.push(messageId);
      log.error('a queued message is not understood', describeError(error));
    }
    metrics.count('MessagesUnreadable');
  }
  return { executions, withoutEmail, unreadable };
}
