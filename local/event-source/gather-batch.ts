import type { SQSRecord } from 'aws-lambda';
import type { Now } from '../../lib/ports/telemetry.ts';
import type { MappingSettings } from './options.ts';

/** The request of a synchronous invocation, 6 MB (Lambda quotas, read 2026-11-23). */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
const EMPTY_EVENT_BYTES = '{"Records":[]}'.length;

export type Gatherer = {
  /** The next batch; undefined once stopped, even when some messages had been received. */
  next(): Promise<readonly SQSRecord[] | undefined>;
};

export type GathererParts = Pick<MappingSettings, 'batchSize' | 'windowMs'> & {
  /** At most this many messages that are there now; none instead of a rejection. */
  readonly receive: (max: number) => Promise<readonly SQSRecord[]>;
  readonly pause: (maxMs: number) => Promise<void>;
  readonly now: Now;
  readonly stopped: AbortSignal;
};

type Received = { readonly record: SQSRecord; readonly receivedAtEpochMs: number };

/**
 * Collects messages until the batch is full, its payload has no room for the next one, or the window, which opens with
 * its first message, is over. Without a window what one receive brought is the batch. A message that did not fit
 * begins the next batch ("Using Lambda with Amazon SQS", polling and batching, read 2026-11-23).
 */
export function createGatherer({ batchSize, windowMs, receive, pause, now, stopped }: GathererParts): Gatherer {
  const waiting: Received[] = [];

  return {
    async next() {
      const batch: SQSRecord[] = [];
      let bytes = EMPTY_EVENT_BYTES;
      let openedAtEpochMs: number | undefined;
      while (!stopped.aborted) {
        for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
          // One more for the comma.
          const recordBytes = Buffer.byteLength(JSON.stringify(first.record)) + (batch.length === 0 ? 0 : 1);
          if (batch.length > 0 && bytes + recordBytes > MAX_PAYLOAD_BYTES) return batch;
          waiting.shift();
          batch.push(first.record);
          bytes += recordBytes;
          openedAtEpochMs ??= first.receivedAtEpochMs;
          if (batch.length === batchSize) return batch;
        }
        const leftMs = openedAtEpochMs === undefined ? Infinity : openedAtEpochMs + windowMs - now();
        if (leftMs <= 0) return batch;

        const received = await receive(batchSize - batch.length);
        const receivedAtEpochMs = now();
        waiting.push(...received.map((record) => ({ record, receivedAtEpochMs })));
        if (received.length === 0) await pause(leftMs);
      }
      return undefined;
    },
  };
}
