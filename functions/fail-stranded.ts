import { readDeadline } from '../lib/domain/deadline.ts';
import { keyOf } from '../lib/domain/execution.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { readExecutionMessages } from '../lib/queue/execution-queue.ts';
import { lazyQueueRuntime, type QueueRuntime } from '../lib/runtime/queue-runtime.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';

/** Reserved for returning the executions to retry to the queue. */
const STOP_MARGIN_MS = 10_000;

/** Handles executions that failed ten times. Those that cannot be handled yet stay in the queue. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<QueueRuntime>) {
  return createQueueWorker({ telemetry, runtime }, async ({ handleDeadLetters, emailCipher, now }, event, context) => {
    const { executions, withoutEmail, unreadable } = readExecutionMessages(event, emailCipher, telemetry);
    const deadline = readDeadline(context, now(), { marginMs: STOP_MARGIN_MS });
    const byMessage = [...executions, ...withoutEmail];
    const open = await handleDeadLetters(
      byMessage.map(([, execution]) => execution),
      new Set([...withoutEmail.values()].map(keyOf)),
      deadline,
    );
    const openIds = byMessage.flatMap(([messageId, execution]) => (open.has(keyOf(execution)) ? [messageId] : []));
    return { batchItemFailures: [...unreadable, ...openIds].map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

const telemetry = createTelemetry('failStranded');
export const handler = createHandler(telemetry, lazyQueueRuntime(telemetry));
