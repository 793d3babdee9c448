import { setTimeout as delay } from 'node:timers/promises';
import type { SQSRecord } from 'aws-lambda';
import { readBatchResult } from './batch-result.ts';
import { createBulkReceive, type Receive } from './bulk-receive.ts';
import { createFairReceiver } from './fair-receive.ts';
import { createGatherer } from './gather-batch.ts';
import { type EventSourceOptions, readSettings } from './options.ts';
import { createQueueCalls } from './queue-calls.ts';

export type EventSource = {
  /**
   * Ends polling immediately and waits for running invocations, at most `stopTimeoutMs`. Messages of an incomplete batch, and
   * messages that were read ahead, come back after their visibility timeout.
   */
  stop(): Promise<void>;
  /**
   * Resolves when the queue is empty and nothing runs: each message was deleted or is in the dead-letter queue. Rejects if the
   * event source is stopped before.
   */
  settled(): Promise<void>;
};

const IDLE_POLL_MS = 200;
const STOP_TIMEOUT_MS = 5_000;

/**
 * Lambda's event source mapping for a standard queue: polls it and turns its messages into invocations ("Using Lambda
 * with Amazon SQS", read 2026-11-23). A message that failed is left alone, so it comes back when its visibility timeout
 * is over, and SQS itself moves it to the dead-letter queue.
 * @throws {RangeError} for settings with which Lambda would not make the mapping.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const { invoke, onError, now = Date.now, idlePollMs = IDLE_POLL_MS, stopTimeoutMs = STOP_TIMEOUT_MS } = options;
  const sleep = options.sleep ?? ((ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }));
  const { concurrency, ...batching } = readSettings(options);
  const queue = createQueueCalls(options.client, options.queueUrl);
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const running = new Set<Promise<void>>();

  const pause = (maxMs: number) =>
    // The stop interrupts it, which is not a fault.
    Promise.race([sleep(Math.min(idlePollMs, maxMs), stopping.signal).catch(() => undefined), stopped]);

  const receive = createBulkReceive(tellingOf(queue.receive, onError));
  const { visibilityMs } = queue;
  const renew = (records: readonly SQSRecord[]) => queue.renew(records).catch(onError);
  const { fairLookahead: lookahead } = options;
  const fair =
    lookahead === undefined ? undefined : createFairReceiver({ receive, renew, visibilityMs, lookahead, now });
  const gatherer = createGatherer({
    ...batching,
    now,
    pause,
    stopped: stopping.signal,
    receive: fair === undefined ? receive : tellingOf(fair.receive, onError),
  });

  /** The messages that the function processed successfully. */
  async function process(records: readonly SQSRecord[]): Promise<readonly SQSRecord[]> {
    const result = await invoke({ Records: [...records] });
    if (options.reportBatchItemFailures !== true) return records;
    const read = readBatchResult(result, new Set(records.map(({ messageId }) => messageId)));
    if (read.kind === 'malformed') throw new Error(read.reason);
    return records.filter(({ messageId }) => !read.failedIds.has(messageId));
  }

  async function deliver(records: readonly SQSRecord[]): Promise<void> {
    try {
      await queue.deleteAll(await process(records));
    } catch (error) {
      onError(error);
    }
  }

  async function poll(): Promise<void> {
    while (!stopping.signal.aborted) {
      // Room first: a message that waits outside the queue would use up its visibility timeout.
      if (running.size >= concurrency) {
        await Promise.race([...running, stopped]);
        continue;
      }
      const batch = await gatherer.next();
      if (batch === undefined) return;
      const delivery = deliver(batch).finally(() => {
        fair?.done(batch);
        running.delete(delivery);
      });
      running.add(delivery);
    }
  }

  const polling = poll();

  return {
    async stop() {
      stopping.abort();
      const timer = new AbortController();
      const ended = polling.then(() => Promise.all(running));
      const late = sleep(stopTimeoutMs, timer.signal).catch(() => undefined);
      await Promise.race([ended, late]);
      timer.abort();
    },

    async settled() {
      while (!stopping.signal.aborted) {
        if (await queue.isEmpty()) {
          await Promise.all(running);
          return;
        }
        await pause(idlePollMs);
      }
      throw new Error('the event source was stopped before its queue was empty');
    },
  };
}

/** A call that failed brings nothing, and is reported. */
function tellingOf(receive: Receive, onError: (error: unknown) => void): Receive {
  return (max) =>
    receive(max).catch((error: unknown) => {
      onError(error);
      return [];
    });
}
