import { describeError } from '../domain/describe-error.ts';
import type { Log, Metrics } from '../domain/ports.ts';
import type { EmailSeal, QueuedExecution } from '../domain/queued-execution.ts';
import { fromAssignMessage } from './assign-messages.ts';

type QueueEvent = { readonly Records: readonly { readonly messageId: string; readonly body: string }[] };

export type AssignMessages = {
  readonly executions: ReadonlyMap<string, QueuedExecution>;
  /** Message ids of what is no execution that this version understands. */
  readonly unreadable: readonly string[];
};

/** The executions of a batch by message id. An unreadable message is told apart, so that it holds up no other. */
export function readAssignMessages(
  { Records }: QueueEvent,
  seal: EmailSeal,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): AssignMessages {
  const executions = new Map<string, QueuedExecution>();
  const unreadable: string[] = [];
  for (const { messageId, body } of Records) {
    try {
      executions.set(messageId, fromAssignMessage(body, seal));
    } catch (error) {
      unreadable.push(messageId);
      metrics.count('MessagesUnreadable');
      log.error('a queued message is not understood', describeError(error));
    }
  }
  return { executions, unreadable };
}
