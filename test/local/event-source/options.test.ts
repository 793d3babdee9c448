import { useQueue } from './use-queue.ts';

const queue = useQueue(30);

it.each([
  ['a batch of 0', { batchSize: 0 }],
  ['a batch of 11 without a window', { batchSize: 11 }],
  ['a batch of 11 with a window of 0', { batchSize: 11, maximumBatchingWindowSeconds: 0 }],
  ['a batch of 10,001', { batchSize: 10_001, maximumBatchingWindowSeconds: 1 }],
  ['half a message', { batchSize: 1.5 }],
  ['a window under 0', { maximumBatchingWindowSeconds: -1 }],
  ['a window over 300 seconds', { maximumBatchingWindowSeconds: 301 }],
  ['a window of half a second', { maximumBatchingWindowSeconds: 0.5 }],
  ['a concurrency of 1', { maximumConcurrency: 1 }],
  ['a concurrency over 1,000', { maximumConcurrency: 1_001 }],
  ['a lookahead of 0', { fairLookahead: 0 }],
  ['a lookahead over what may be in flight', { fairLookahead: 120_001 }],
])('The event source refuses the options %s', (_, options) => {
  expect(() => queue().start(() => undefined, options)).toThrow(RangeError);
});

it.each([
  ['a batch of 1', { batchSize: 1 }],
  ['a batch of 10 without a window', { batchSize: 10 }],
  ['a batch of 11 with a window of 1', { batchSize: 11, maximumBatchingWindowSeconds: 1 }],
  ['a batch of 10,000', { batchSize: 10_000, maximumBatchingWindowSeconds: 300 }],
  ['a concurrency of 2', { maximumConcurrency: 2 }],
  ['a concurrency of 1,000', { maximumConcurrency: 1_000 }],
  ['a lookahead of all that may be in flight', { fairLookahead: 120_000 }],
])('The event source accepts the options %s', (_, options) => {
  expect(() => queue().start(() => undefined, options)).not.toThrow();
});
