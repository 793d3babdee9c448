import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import type { Now, Sleep } from '../../lib/ports/telemetry.ts';

/** The settings of an event source mapping, by the names that serverless.yml gives them, and what a test replaces. */
export type EventSourceOptions = {
  readonly client: SQSClient;
  /** Of a standard queue. */
  readonly queueUrl: string;
  /** Runs the function and returns its result; a rejection means that the function threw. */
  readonly invoke: (event: SQSEvent) => Promise<unknown>;
  /** Called with every error that makes messages come back: a throw, a malformed result, a failed call to the queue. */
  readonly onError: (error: unknown) => void;
  readonly batchSize?: number;
  readonly maximumBatchingWindowSeconds?: number;
  readonly maximumConcurrency?: number;
  readonly reportBatchItemFailures?: boolean;
  /**
   * Emulates SQS's fair queues: reads this many messages ahead, and hands out those of the groups with the fewest in progress
   * first. Should be about as large as the backlog. Absent: in the order of the queue.
   */
  readonly fairLookahead?: number;
  /** The pause after an empty receive. */
  readonly idlePollMs?: number;
  /** How long `stop` waits for running invocations. */
  readonly stopTimeoutMs?: number;
  readonly now?: Now;
  readonly sleep?: Sleep;
};

/** `CreateEventSourceMapping` for SQS (Lambda API reference, read 2026-11-23). */
const DEFAULT_BATCH_SIZE = 10;
const MAX_BATCH_SIZE = 10_000;
const MAX_BATCH_SIZE_WITHOUT_WINDOW = 10;
const MAX_WINDOW_SECONDS = 300;
const MIN_CONCURRENCY = 2;
const MAX_CONCURRENCY = 1_000;

/** Lambda begins with five batches at a time and goes up from there with the backlog; we stay at five. */
const DEFAULT_CONCURRENCY = 5;

/** In flight at most, of a standard queue (SQS quotas, read 2026-11-25). */
const MAX_LOOKAHEAD = 120_000;

export type MappingSettings = {
  readonly batchSize: number;
  readonly windowMs: number;
  readonly concurrency: number;
};

/** @throws {RangeError} for settings with which Lambda would not make the mapping. */
export function readSettings(options: EventSourceOptions): MappingSettings {
  const batchSize = options.batchSize ?? DEFAULT_BATCH_SIZE;
  const windowSeconds = options.maximumBatchingWindowSeconds ?? 0;
  const concurrency = options.maximumConcurrency ?? DEFAULT_CONCURRENCY;
  requireWhole('maximumBatchingWindowSeconds', windowSeconds, 0, MAX_WINDOW_SECONDS);
  requireWhole('batchSize', batchSize, 1, windowSeconds === 0 ? MAX_BATCH_SIZE_WITHOUT_WINDOW : MAX_BATCH_SIZE);
  requireWhole('maximumConcurrency', concurrency, MIN_CONCURRENCY, MAX_CONCURRENCY);
  if (options.fairLookahead !== undefined) requireWhole('fairLookahead', options.fairLookahead, 1, MAX_LOOKAHEAD);
  return { batchSize, windowMs: windowSeconds * 1_000, concurrency };
}

function requireWhole(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
}
