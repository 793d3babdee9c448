import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { reportFault, reportUnexpected } from '../observability/report-fault.ts';
import type { Telemetry } from '../observability/telemetry.ts';
import { requeueMessages } from '../queue/send-messages.ts';

export type QueueWorkerOptions<Runtime> = {
  readonly telemetry: Telemetry;
  readonly runtime: () => Promise<Runtime>;
  /** The queue that invokes the function. Without it, messages stay in the queue if the function cannot start. */
  readonly queueVariable?: 'ASSIGN_QUEUE_URL' | 'REFRESH_QUEUE_URL';
};

/**
 * A function behind a queue. If its runtime cannot start because of secrets or configuration, its messages are sent back with a
 * delay and lose no receive. Only those that could not be sent are reported as failed.
 */
export function createQueueWorker<Runtime>(
  { telemetry, runtime, queueVariable }: QueueWorkerOptions<Runtime>,
  work: (runtime: Runtime, event: SQSEvent, context: Context) => Promise<SQSBatchResponse>,
) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    let started: Runtime;
    try {
      started = await runtime();
    } catch (error) {
      return giveBack(event, error);
    }
    return reportUnexpected(telemetry, () => work(started, event, context));
  };

  async function giveBack({ Records }: SQSEvent, error: unknown): Promise<SQSBatchResponse> {
    const queueUrl = queueVariable && process.env[queueVariable];
    const failed = queueUrl
      ? await requeueMessages(queueUrl, Records, Math.random)
      : Records.map(({ messageId }) => messageId);
    const counts = { messages: Records.length, returned: Records.length - failed.length };
    if (counts.returned > 0) telemetry.metrics.count('MessagesReturned', {}, counts.returned);
    reportFault(telemetry, 'the worker could not start', error, counts);
    telemetry.flush();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  }
}
