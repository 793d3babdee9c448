import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { type EventSource, startEventSource } from '../../../local/event-source/event-source.ts';
import { type Containers, startContainers } from './containers.ts';
import type { FloodUsage } from './setup.ts';
import type { Stage } from './stage.ts';

/** As in serverless.yml. */
const CONCURRENCY = 5;
const STRANDED_CONCURRENCY = 2;
const WORK = ['SendMessageBatchCommand', 'DeleteMessageBatchCommand'];

export type WorkerOptions = {
  /** How far the emulation of SQS's fair queues looks ahead; left out: one portal, among whose messages nothing is fair. */
  readonly fairLookahead?: number;
  /** Stands between the event source and the function. */
  readonly around?: (event: SQSEvent, invoke: (event: SQSEvent) => Promise<unknown>) => Promise<unknown>;
};

export type Workers = {
  readonly startedAtEpochMs: number;
  readonly containers: Containers;
  /** Resolves when the first messages reach a container. */
  readonly firstInvocation: Promise<void>;
  invocations(): { readonly assign: number; readonly stranded: number };
  /** Takes nothing more from the queue. The containers stay. */
  stop(): Promise<void>;
};

export type PreparedWorkers = {
  start(options: WorkerOptions): Workers;
  usage(): Promise<FloodUsage>;
  stop(): Promise<void>;
};

/** Containers that are started but have never worked, and the event sources that are to feed them. */
export async function prepareWorkers({ sqs, queueUrl, deadLetterUrl, setup }: Stage): Promise<PreparedWorkers> {
  const containers = await startContainers(setup, CONCURRENCY);
  const stranded = await startContainers(setup, 1);
  const counted = countRequests(sqs);

  return {
    start({ fairLookahead, around = (event, invoke) => invoke(event) }: WorkerOptions) {
      const invocations = { assign: 0, stranded: 0 };
      const startedAtEpochMs = Date.now();
      const first = Promise.withResolvers<void>();
      const common = { client: sqs, maximumBatchingWindowSeconds: 1, reportBatchItemFailures: true } as const;
      const sources: EventSource[] = [
        startEventSource({
          ...common,
          queueUrl,
          invoke: (event) => {
            invocations.assign += 1;
            first.resolve();
            return around(event, (given) => containers.invoke('assignOwners', given));
          },
          // A container that was killed; its messages come back.
          onError: () => undefined,
          batchSize: 500,
          maximumConcurrency: CONCURRENCY,
          ...(fairLookahead === undefined ? {} : { fairLookahead }),
        }),
        startEventSource({
          ...common,
          queueUrl: deadLetterUrl,
          invoke: (event) => {
            invocations.stranded += 1;
            return stranded.invoke('failStranded', event);
          },
          onError: () => undefined,
          batchSize: 100,
          maximumConcurrency: STRANDED_CONCURRENCY,
        }),
      ];
      return {
        startedAtEpochMs,
        containers,
        firstInvocation: first.promise,
        invocations: () => ({ ...invocations }),
        stop: async () => void (await Promise.all(sources.map((source) => source.stop()))),
      };
    },
    async usage() {
      const used = await containers.usage();
      return { ...used, sqsRequests: used.sqsRequests + counted.requests };
    },
    stop: async () => void (await Promise.all([containers.stop(), stranded.stop()])),
  };
}

/** Looks into an empty queue are left out: how many there are says nothing about the work. */
function countRequests(sqs: SQSClient): { requests: number } {
  const counted = { requests: 0 };
  sqs.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const answer = await next(args);
        const brought = 'Messages' in answer.output && (answer.output.Messages?.length ?? 0) > 0;
        if (brought || WORK.includes(commandName)) counted.requests += 1;
        return answer;
      },
    { step: 'initialize', name: 'countFloodRequests', override: true },
  );
  return counted;
}
