import type { SQSClient } from '@aws-sdk/client-sqs';
import { createQueue } from './embedded-sqs.ts';
import { startEventSource } from './event-source/event-source.ts';
import { invokeOverHttp } from './event-source/invoke-over-http.ts';
import type { RefreshProgress } from './refresh-progress.ts';

export type LocalRefresh = {
  /** Runs the nightly refresh now: queues a job for each portal and resolves when all are done. */
  run(): Promise<void>;
  /** Resolves once every job in the queue is done. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

export type LocalRefreshOptions = {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** Where serverless offline runs functions by name. */
  readonly lambdaUrl: string;
  readonly progress: RefreshProgress;
  readonly onError: (error: unknown) => void;
};

/** Runs a function by its name in serverless.yml, as `sls invoke` does on AWS. */
export function invokeLocally(lambdaUrl: string, functionName: string): (event: object) => Promise<unknown> {
  return invokeOverHttp(lambdaUrl, `set-owner-by-email-local-${functionName}`);
}

/** The queue of serverless.yml. A message comes back sooner than on AWS, because somebody is watching. */
export function ensureRefreshQueue(sqs: SQSClient): Promise<string> {
  return createQueue(sqs, {
    name: 'set-owner-by-email-local-refresh',
    visibilityTimeoutSeconds: 30,
    deadLetter: { name: 'set-owner-by-email-local-refresh-dead', maxReceiveCount: 5 },
  });
}

/** Replaces EventBridge and Lambda's event source mapping for the refresh functions. */
export function startLocalRefresh(options: LocalRefreshOptions): LocalRefresh {
  const { sqs, queueUrl, lambdaUrl, progress, onError } = options;
  const schedule = invokeLocally(lambdaUrl, 'scheduleOwnerRefresh');
  const source = startEventSource({
    client: sqs,
    queueUrl,
    invoke: invokeLocally(lambdaUrl, 'refreshOwners'),
    onError,
    batchSize: 1,
    maximumConcurrency: 10,
    reportBatchItemFailures: true,
  });
  return {
    async run() {
      progress.begin();
      try {
        progress.expect(countOf(await schedule({ atOnce: true })));
        await source.settled();
      } finally {
        progress.end();
      }
    },
    settled: () => source.settled(),
    stop: () => source.stop(),
  };
}

/** How many portals the schedule function says it queued. */
function countOf(answer: unknown): number {
  const isCounted = typeof answer === 'object' && answer !== null && 'portals' in answer;
  return isCounted && typeof answer.portals === 'number' ? answer.portals : 0;
}
