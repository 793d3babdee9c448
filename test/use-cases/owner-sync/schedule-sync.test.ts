import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { PortalId } from '../../../lib/domain/ids.ts';
import type { RefreshJob } from '../../../lib/domain/owner-sync.ts';
import type { ConnectedPortals } from '../../../lib/ports/portals.ts';
import { createSyncQueue, fromSyncMessage } from '../../../lib/queue/sync-queue.ts';
import { createScheduleSync } from '../../../lib/use-cases/owner-sync/schedule-sync.ts';
import { toPortalId } from '../../builders/ids.ts';
import { useQueue } from '../../local/event-source/use-queue.ts';
import { START_EPOCH_MS } from '../../support/clock.ts';

const PORTALS = Array.from({ length: 3_000 }, (_, n) => toPortalId(8_300_000 + n));
/** The longest that SQS holds a message back, in seconds ("SendMessage", read 2026-11-23). */
const MAX_DELAY_SECONDS = 900;

jest.setTimeout(180_000);

const queue = useQueue(30);

/** The portals in pages of 700, as a table would list them. */
const portals: ConnectedPortals = {
  async *listConnected() {
    for (let start = 0; start < PORTALS.length; start += 700) yield PORTALS.slice(start, start + 700);
  },
};

function makeSchedule(refreshQueue = createSyncQueue(queue().client, queue().url)) {
  let runs = 0;
  const random = mulberry32(20_261_124);
  return createScheduleSync({
    portals,
    queue: refreshQueue,
    now: () => START_EPOCH_MS,
    newId: () => `run-${runs++}`,
    random,
  });
}

it('[R10] The schedule queues one refresh for each of 3,000 accounts, and none twice', async () => {
  expect(await makeSchedule()({ atOnce: true })).toEqual({ portals: PORTALS.length });

  const orders = await receiveAll();

  expect(orders.map(({ portalId }) => portalId).sort()).toEqual([...PORTALS].sort());
  expect(new Set(orders.map(({ runId }) => runId)).size).toBe(PORTALS.length);
  expect(new Set(orders.map(({ requestedAtEpochMs }) => requestedAtEpochMs))).toEqual(new Set([START_EPOCH_MS]));
});

it('[R10] The schedule spreads 3,000 refreshes evenly over the fifteen minutes that SQS can delay them', async () => {
  const send = jest.spyOn(queue().client, 'send');

  await makeSchedule()();

  const entries = send.mock.calls.flatMap(([command]) =>
    command instanceof SendMessageBatchCommand ? (command.input.Entries ?? []) : [],
  );
  const delays = entries.map(({ DelaySeconds = -1 }) => DelaySeconds);
  expect(delays).toHaveLength(PORTALS.length);
  expect(delays.every((delay) => Number.isInteger(delay) && delay >= 0 && delay <= MAX_DELAY_SECONDS)).toBe(true);
  const perMinute = Array.from({ length: 15 }, (_, m) => delays.filter((s) => Math.floor(s / 60) === m).length);
  // 200 a minute on average; chance alone stays within a third of it.
  expect(Math.min(...perMinute)).toBeGreaterThan(133);
  expect(Math.max(...perMinute)).toBeLessThan(267);
  expect(await countQueued()).toBe(PORTALS.length);
});

it('[R10] The schedule fails when the queue takes only a part, so that it runs again', async () => {
  const taken: PortalId[] = [];
  const schedule = makeSchedule({
    async send(orders) {
      if (taken.length >= 1_400) throw new Error('the queue is away');
      taken.push(...orders.map(({ job: order }) => order.portalId));
    },
    async sendPurges() {},
    async sendHandover() {},
  });
  await expect(schedule()).rejects.toThrow('the queue is away');
});

async function receiveAll() {
  const { client, url } = queue();
  const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 600 });
  const orders: RefreshJob[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(command);
    if (Messages.length === 0) return orders;
    for (const { Body = '' } of Messages) {
      const message = fromSyncMessage(Body);
      if (message.kind === 'refresh') orders.push(message.job);
    }
  }
}

/** Messages that can be received now, and those that are delayed. */
async function countQueued(): Promise<number> {
  const { client, url } = queue();
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
  );
  return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesDelayed);
}

/** Chance that is the same on every run. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
