import { keyOf } from '../lib/domain/queued-execution.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { readAssignMessages } from '../lib/queue/read-assign-messages.ts';
import { type AssignRuntime, lazyAssignRuntime } from '../lib/runtime/assign-runtime.ts';
import { createQueueWorker } from '../lib/runtime/queue-worker.ts';

const STOP_MARGIN_MS = 5_000;

/** Deals with executions that the worker failed at again and again. What cannot be dealt with yet stays in the queue. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<AssignRuntime>) {
  return createQueueWorker({ telemetry, runtime }, async ({ endStranded, seal, now }, event, context) => {
    const { executions, withoutEmail, unreadable } = readAssignMessages(event, seal, telemetry);
    const deadlineEpochMs = now() + context.getRemainingTimeInMillis() - STOP_MARGIN_MS;
    const byMessage = [...executions, ...withoutEmail];
    const open = await endStranded(
      byMessage.map(([, execution]) => execution),
      new Set([...withoutEmail.values()].map(keyOf)),
      deadlineEpochMs,
    ).finally(telemetry.flush);
    const openIds = byMessage.flatMap(([messageId, execution]) => (open.has(keyOf(execution)) ? [messageId] : []));
    return { batchItemFailures: [...unreadable, ...openIds].map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

const telemetry = createTelemetry('failStranded');
export const handler = createHandler(telemetry, lazyAssignRuntime(telemetry));
