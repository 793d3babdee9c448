import type { SQSRecord } from 'aws-lambda';
import { createGatherer, type GathererParts, MAX_PAYLOAD_BYTES } from '../../../local/event-source/gather-batch.ts';
import { makeClock, START_EPOCH_MS } from '../../support/clock.ts';
import { makeRecord } from './make-record.ts';

type Arrival = { readonly afterMs: number; readonly records: readonly SQSRecord[] };

/** A queue in which the messages turn up at set times, looked into every 100 ms. */
function makeGatherer(arrivals: readonly Arrival[], settings: Pick<GathererParts, 'batchSize' | 'windowMs'>) {
  const clock = makeClock();
  const stopping = new AbortController();
  const sinceStart = () => clock.now() - START_EPOCH_MS;
  const queue: SQSRecord[] = [];
  const coming = [...arrivals];
  const asked: number[] = [];
  const gatherer = createGatherer({
    ...settings,
    now: clock.now,
    stopped: stopping.signal,
    pause: async (maxMs) => clock.advance(Math.min(100, maxMs)),
    receive: async (max) => {
      asked.push(max);
      while (coming[0] !== undefined && coming[0].afterMs <= sinceStart())
        queue.push(...(coming.shift()?.records ?? []));
      if (coming.length === 0 && sinceStart() > 600_000) stopping.abort();
      return queue.splice(0, max);
    },
  });
  return { next: () => gatherer.next(), advance: clock.advance, sinceStart, asked, stop: () => stopping.abort() };
}

const makeRecords = (count: number) => Array.from({ length: count }, () => makeRecord());

/** As many records of ASCII as fill an event to this many bytes. */
function recordsOf(eventBytes: number, count: number): SQSRecord[] {
  const bare = Buffer.byteLength(JSON.stringify({ Records: makeRecords(count) }));
  const share = Math.floor((eventBytes - bare) / count);
  const last = eventBytes - bare - share * (count - 1);
  return Array.from({ length: count }, (_, index) =>
    makeRecord({ body: 'x'.repeat(index === count - 1 ? last : share) }),
  );
}

it.each([1, 9, 10])('Without a window, a batch is what one receive returned, at once: %d', async (count) => {
  const gatherer = makeGatherer([{ afterMs: 300, records: makeRecords(count) }], { batchSize: 10, windowMs: 0 });
  expect(await gatherer.next()).toHaveLength(count);
  expect(gatherer.sinceStart()).toBe(300);
});

it('A batch never asks for more messages than it has room for', async () => {
  const gatherer = makeGatherer(
    [
      { afterMs: 0, records: makeRecords(10) },
      { afterMs: 100, records: makeRecords(3) },
    ],
    { batchSize: 13, windowMs: 1_000 },
  );
  expect(await gatherer.next()).toHaveLength(13);
  expect(gatherer.asked).toEqual([13, 3, 3]);
});

it('The window of a batch starts with its first message, and messages that come before its end are in it', async () => {
  const arrivals = [
    { afterMs: 2_000, records: makeRecords(2) },
    { afterMs: 4_000, records: makeRecords(2) },
    { afterMs: 6_900, records: makeRecords(1) },
    { afterMs: 7_000, records: makeRecords(3) },
  ];
  const gatherer = makeGatherer(arrivals, { batchSize: 100, windowMs: 5_000 });
  expect(await gatherer.next()).toHaveLength(5);
  expect(gatherer.sinceStart()).toBe(7_000);
  expect(await gatherer.next()).toHaveLength(3);
  expect(gatherer.sinceStart()).toBe(12_000);
});

it('A window that is no multiple of the poll ends on time', async () => {
  const gatherer = makeGatherer([{ afterMs: 0, records: makeRecords(1) }], { batchSize: 100, windowMs: 1_050 });
  await gatherer.next();
  expect(gatherer.sinceStart()).toBe(1_050);
});

it.each([
  ['one short of full', 9_999, 300_000],
  ['full', 10_000, 0],
])('A batch waits for the end of the window while it is %s', async (_, count, waitedMs) => {
  const gatherer = makeGatherer([{ afterMs: 0, records: makeRecords(count) }], {
    batchSize: 10_000,
    windowMs: 300_000,
  });
  expect(await gatherer.next()).toHaveLength(count);
  expect(gatherer.sinceStart()).toBe(waitedMs);
});

it.each([
  ['of exactly 6 MB stays whole', MAX_PAYLOAD_BYTES, [7]],
  ['of a byte more is split', MAX_PAYLOAD_BYTES + 1, [6, 1]],
])('[Q13] The limit of the payload is exact: a payload %s', async (_, bytes, sizes) => {
  const records = recordsOf(bytes, 7);
  expect(Buffer.byteLength(JSON.stringify({ Records: records }))).toBe(bytes);
  const gatherer = makeGatherer([{ afterMs: 0, records }], { batchSize: 10, windowMs: 1_000 });
  const batches = [];
  for (const size of sizes) batches.push([await gatherer.next(), size] as const);
  for (const [batch, size] of batches) expect(batch).toHaveLength(size);
  expect(batches.flatMap(([batch]) => batch)).toEqual(records);
});

it('[Q13] The payload of a batch is counted as it is sent: escaped, in bytes', async () => {
  const records = ['"', 'é'].flatMap((char) =>
    Array.from({ length: 2 }, () => makeRecord({ body: char.repeat(1_000_000) })),
  );
  const gatherer = makeGatherer([{ afterMs: 0, records }], { batchSize: 10, windowMs: 0 });
  // 2 MB each, though a body has a million characters.
  expect(await gatherer.next()).toEqual(records.slice(0, 3));
  expect(await gatherer.next()).toEqual(records.slice(3));
});

it('The window of a message that did not fit starts when it was received', async () => {
  const arrivals = [{ afterMs: 0, records: recordsOf(MAX_PAYLOAD_BYTES + 1, 7) }];
  const gatherer = makeGatherer(arrivals, { batchSize: 100, windowMs: 5_000 });
  expect(await gatherer.next()).toHaveLength(6);
  expect(gatherer.sinceStart()).toBe(0);
  gatherer.advance(2_000);
  expect(await gatherer.next()).toHaveLength(1);
  expect(gatherer.sinceStart()).toBe(5_000);
});

it('A stopped event source delivers no batch', async () => {
  const gatherer = makeGatherer([{ afterMs: 0, records: makeRecords(1) }], { batchSize: 10, windowMs: 300_000 });
  const batch = gatherer.next();
  gatherer.stop();
  expect(await batch).toBeUndefined();
});
