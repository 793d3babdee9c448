import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { createHandler as createRefreshHandler } from '../functions/refresh-owners.ts';
import { createHandler as createScheduleHandler } from '../functions/schedule-owner-refresh.ts';
import type { Telemetry } from '../lib/observability/telemetry.ts';
import { startEventSource } from '../local/event-source/event-source.ts';
import type { RefreshService } from './refresh-service.ts';
import { type RefreshUsage, usedSince } from './refresh-usage.ts';

export type Night = {
  readonly tookMs: number;
  readonly used: RefreshUsage;
  readonly invocations: number;
  /** Of all invocations together, as Lambda bills them. */
  readonly invokedMs: number;
};

/** As in serverless.yml. */
const CONCURRENCY = 10;
const FUNCTION_TIMEOUT_MS = 300_000;

/**
 * One night, from the schedule to the last portal: the handlers, a queue between them, and the event source.
 * @throws when it takes longer than `limitMs`, or a portal was not refreshed
 */
export async function runNight(service: RefreshService, queueUrl: string, limitMs: number): Promise<Night> {
  const { runtime, queueClient, usage } = service;
  const before = { ...usage };
  const ended = { done: 0 };
  const telemetry = countDone(service.telemetry, ended);
  const schedule = createScheduleHandler(telemetry, async () => runtime);
  const refresh = createRefreshHandler(telemetry, async () => runtime);
  let invocations = 0;
  let invokedMs = 0;
  const failure = Promise.withResolvers<never>();
  // Waited for below; a failure may come before that.
  failure.promise.catch(() => undefined);

  const startedAt = performance.now();
  const source = startSource(queueClient, queueUrl, async (event) => {
    const invokedAt = performance.now();
    const context = { getRemainingTimeInMillis: () => FUNCTION_TIMEOUT_MS - (performance.now() - invokedAt) };
    try {
      const result = await refresh(event, context as Context);
      if (result.batchItemFailures.length > 0) failure.reject(new Error('a refresh order failed'));
      return result;
    } finally {
      invocations += 1;
      invokedMs += performance.now() - invokedAt;
    }
  });
  try {
    const { portals } = await schedule({ atOnce: true });
    await Promise.race([within(limitMs, source.settled()), failure.promise]);
    const tookMs = performance.now() - startedAt;
    if (ended.done !== portals) throw new Error(`${ended.done} of ${portals} portals were refreshed`);
    return { tookMs, used: usedSince(before, usage), invocations, invokedMs };
  } finally {
    await source.stop();
  }

  function startSource(client: SQSClient, url: string, invoke: Parameters<typeof startEventSource>[0]['invoke']) {
    return startEventSource({
      client,
      queueUrl: url,
      invoke,
      onError: failure.reject,
      batchSize: 1,
      maximumConcurrency: CONCURRENCY,
      reportBatchItemFailures: true,
    });
  }
}

/** Counts the portals that the function says it refreshed. */
function countDone(telemetry: Telemetry, ended: { done: number }): Telemetry {
  const info: Telemetry['log']['info'] = (message, fields) => {
    if (message === 'owner refresh ended' && fields?.outcome === 'done') ended.done += 1;
    telemetry.log.info(message, fields);
  };
  return { ...telemetry, log: { ...telemetry.log, info } };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the night was not over after ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
