import { readDeadline } from '../lib/domain/deadline.ts';
import { keyOf } from '../lib/domain/execution.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { readExecutionMessages } from '../lib/queue/execution-queue.ts';
import { lazyQueueRuntime, type QueueRuntime } from '../lib/runtime/queue-runtime.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';

/** Reserved for returning unfinished messages before the function's time is over. */
const STOP_MARGIN_MS = 10_000;

/** Sets the owners of queued executions and completes their callbacks. What HubSpot cannot accept now is queued again. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<QueueRuntime>) {
  const worker = { telemetry, runtime, queueVariable: 'ASSIGN_QUEUE_URL' } as const;
  return createQueueWorker(worker, async ({ processExecutions, emailCipher, now }, event, context) => {
    const { executions, withoutEmail, unreadable } = readExecutionMessages(event, emailCipher, telemetry);
    const deadline = readDeadline(context, now(), { marginMs: STOP_MARGIN_MS });
    const failed = await processExecutions([...executions.values()], deadline);
    const failedIds = [...executions].flatMap(([id, execution]) => (failed.has(keyOf(execution)) ? [id] : []));
    // Another container may have the secret that decrypts the email.
    const all = [...unreadable, ...withoutEmail.keys(), ...failedIds];
    return { batchItemFailures: all.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

const telemetry = createTelemetry('assignOwners');
export const handler = createHandler(telemetry, lazyQueueRuntime(telemetry));
