import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { AppError } from '../lib/domain/errors.ts';
import { createTelemetry, type Telemetry } from '../lib/observability/telemetry.ts';
import { readAssignMessages } from '../lib/queue/read-assign-messages.ts';
import { type AssignRuntime, lazyAssignRuntime } from '../lib/runtime/assign-runtime.ts';

const STOP_MARGIN_MS = 5_000;

/** Ends executions that the worker failed at again and again, and tells their workflows. What cannot be told yet stays. */
export function createHandler(telemetry: Telemetry, runtime: () => Promise<AssignRuntime>) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const { endStranded, seal, now } = await runtime();
    const { executions, unreadable } = readAssignMessages(event, seal, telemetry);
    const deadlineEpochMs = now() + context.getRemainingTimeInMillis() - STOP_MARGIN_MS;
    const failed = [...unreadable];
    for (const [portalId, own] of Map.groupBy(executions, ([, { key }]) => key.portalId)) {
      try {
        const all = own.map(([, execution]) => execution);
        const untold = await endStranded(portalId, all, deadlineEpochMs);
        failed.push(...own.flatMap(([messageId, execution]) => (untold.has(execution) ? [messageId] : [])));
      } catch (error) {
        failed.push(...own.map(([messageId]) => messageId));
        const code = error instanceof AppError ? error.code : 'UNEXPECTED';
        telemetry.log.error('stranded executions could not be ended yet', { portalId, code });
      }
    }
    telemetry.flush();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

const telemetry = createTelemetry('failStranded');
export const handler = createHandler(telemetry, lazyAssignRuntime(telemetry));
