import { describeError } from '../domain/describe-error.ts';
import { countFault } from '../observability/count-fault.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { putBack, type QueueRecord } from '../queue/put-back.ts';

export type QueueEvent = { readonly Records: QueueRecord[] };
export type BatchResponse = { batchItemFailures: { itemIdentifier: string }[] };

export type QueueWorkerOptions<Runtime> = {
  readonly telemetry: Telemetry;
  readonly runtime: () => Promise<Runtime>;
  /** Names the queue that invokes the function. Without it, messages stay where they are when the function cannot start. */
  readonly queueVariable?: 'ASSIGN_QUEUE_URL' | 'REFRESH_QUEUE_URL';
};

/**
 * A function behind a queue. When its runtime cannot start, for want of secrets or configuration, no message is to blame:
 * they go back with a delay and lose no receive, and only what could not be sent back is reported as failed.
 */
export function createQueueWorker<Runtime, Event extends QueueEvent, Context>(
  { telemetry, runtime, queueVariable }: QueueWorkerOptions<Runtime>,
  work: (runtime: Runtime, event: Event, context: Context) => Promise<BatchResponse>,
): (event: Event, context: Context) => Promise<BatchResponse> {
  return async (event, context) => {
    const started = await runtime().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('value' in started) return work(started.value, event, context);
    // An address that is missing or wrong reaches nothing, and then all messages are reported.
    const queueUrl = queueVariable === undefined ? '' : (process.env[queueVariable] ?? '');
    const ids = event.Records.map(({ messageId }) => messageId);
    const failed = queueUrl === '' ? ids : await putBack(queueUrl, event.Records, Math.random);
    const returned = ids.length - failed.length;
    countFault(telemetry.metrics, started.error);
    if (returned > 0) telemetry.metrics.count('MessagesReturned', {}, returned);
    const counts = { messages: ids.length, returned };
    telemetry.log.error('the worker could not start', { ...describeError(started.error), ...counts });
    telemetry.flush();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
