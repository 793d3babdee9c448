import type { SQSClient } from '@aws-sdk/client-sqs';
import { createQueue } from './embedded-sqs.ts';
import { startEventSource } from './event-source/event-source.ts';
import { invokeLocally } from './local-refresh.ts';

const NAME = 'set-owner-by-email-local-assign';

export type AssignQueues = { readonly queueUrl: string; readonly deadLetterUrl: string };

export type LocalAssignOptions = AssignQueues & {
  readonly sqs: SQSClient;
  /** Where serverless offline runs functions by name. */
  readonly lambdaUrl: string;
  readonly onError: (error: unknown) => void;
};

export type LocalAssign = {
  /** Resolves when no execution waits any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

/** The queues of serverless.yml. Messages come back sooner than on AWS, because somebody is watching. */
export async function ensureAssignQueues(sqs: SQSClient): Promise<AssignQueues> {
  const deadLetter = { name: `${NAME}-dead`, maxReceiveCount: 10 };
  const deadLetterUrl = await createQueue(sqs, { name: deadLetter.name, visibilityTimeoutSeconds: 60 });
  return { deadLetterUrl, queueUrl: await createQueue(sqs, { name: NAME, visibilityTimeoutSeconds: 60, deadLetter }) };
}

/** Replaces Lambda's event source mappings for the functions behind the queue, with the settings of serverless.yml. */
export function startLocalAssign({
  sqs,
  queueUrl,
  deadLetterUrl,
  lambdaUrl,
  onError,
}: LocalAssignOptions): LocalAssign {
  const source = startEventSource({
    client: sqs,
    queueUrl,
    invoke: invokeLocally(lambdaUrl, 'assignOwners'),
    onError,
    batchSize: 500,
    maximumBatchingWindowSeconds: 1,
    maximumConcurrency: 5,
    reportBatchItemFailures: true,
  });
  const dead = startEventSource({
    client: sqs,
    queueUrl: deadLetterUrl,
    invoke: invokeLocally(lambdaUrl, 'failStranded'),
    onError,
    batchSize: 100,
    maximumBatchingWindowSeconds: 1,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
  });
  return {
    async settled() {
      await source.settled();
      await dead.settled();
    },
    async stop() {
      await Promise.all([source.stop(), dead.stop()]);
    },
  };
}
