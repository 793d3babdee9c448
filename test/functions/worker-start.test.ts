import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createHandler as createAssignHandler } from '../../functions/assign-owners.ts';
import { createHandler as createRefreshHandler } from '../../functions/refresh-owners.ts';
import { ConfigError, SecretsUnavailableError } from '../../lib/domain/errors.ts';
import { makeContext } from '../support/http-events.ts';
import { CAPTURED_LINES } from '../support/log-guard.ts';
import { OTHER_PORTAL, PORTAL } from '../support/service.ts';
import { HOLD_BACK_MS, useFlood } from '../support/use-flood.ts';

jest.mock('../../lib/network/fetch.ts', () => require('../support/global-fetch.ts').withGlobalFetch());

const environment = { ...process.env };
const flood = useFlood();
let sqsCalls: number;

beforeEach(() => {
  sqsCalls = 0;
  Object.assign(process.env, {
    ASSIGN_QUEUE_URL: 'https://sqs.example.com/assign',
    REFRESH_QUEUE_URL: 'https://sqs.example.com/refresh',
    AWS_ENDPOINT_URL_SQS: 'https://sqs.example.com',
  });
  const real = globalThis.fetch;
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    if (new URL(String(url)).hostname !== 'sqs.example.com') return real(url, init);
    sqsCalls += 1;
    return flood().queue.answer(String(init?.body));
  });
});

afterEach(() => {
  process.env = { ...environment };
});

const AWAY = new SecretsUnavailableError('Secrets could not be read from SSM now, for HUBSPOT_CLIENT_SECRET');
const WRONG = new ConfigError('HUBSPOT_CLIENT_SECRET: its SSM parameter does not exist');

type Handler = (event: SQSEvent, context: ReturnType<typeof makeContext>) => Promise<SQSBatchResponse>;

/** The worker in a container whose start fails. */
const failing = (error: unknown): Handler =>
  createAssignHandler(flood().telemetry, async () => {
    throw error;
  });

/** One invocation with what the queue shows; what it does not report as failed is deleted. */
async function invoke(handler: Handler): Promise<{ readonly records: SQSRecord[]; readonly failedIds: string[] }> {
  const records = flood().queue.live.receive(500);
  const { batchItemFailures } = await handler({ Records: records }, makeContext(60_000));
  const failedIds = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  flood().queue.live.delete(records.filter(({ messageId }) => !failedIds.includes(messageId)));
  return { records, failedIds };
}

const many = (count: number) => Array.from({ length: count }, () => ({}));
const returned = () => flood().telemetry.counted.filter(({ name }) => name === 'MessagesReturned').length;

describe('Workers that cannot start', () => {
  it.each([
    ['its secrets are away', AWAY, 'SecretsUnavailable'],
    ['its configuration is wrong', WRONG, 'ConfigInvalid'],
    ['of an unexpected error', new TypeError('pat-test-1 is not a function'), 'UnexpectedError'],
  ])(
    '[W7] A worker that cannot start because %s requeues its messages, loses no receive, and processes them later',
    async (_why, error, metric) => {
      const jane = flood.hire();
      const executions = await flood.queued(...many(12), { portalId: OTHER_PORTAL, email: 'nobody@example.com' });
      flood().clock.advance(HOLD_BACK_MS);
      const bodies = () =>
        flood()
          .queue.live.messages.map(({ body }) => body)
          .sort();
      const before = bodies();
      // Far more often than a message may be received.
      for (let round = 1; round <= 25; round += 1) {
        const { records, failedIds } = await invoke(failing(error));
        expect([records.length, failedIds]).toEqual([13, []]);
        flood().clock.advance(120_000);
      }
      const { live, dead } = flood().queue;
      expect(dead.messages).toEqual([]);
      expect(bodies()).toEqual(before);
      expect(live.messages.map(({ receives }) => receives)).toEqual(Array(13).fill(0));
      expect(returned()).toBe(25 * 13);
      expect(flood.count(metric)).toBe(25);

      await flood.processExecutions();
      expect(executions.map(({ outputs }) => outputs?.ownerId)).toEqual([...Array(12).fill(jane.id), '']);
    },
  );

  it('[W7] A worker that cannot start requeues after one to two minutes, each message in the group of its account', async () => {
    await flood.queued(...many(60), ...Array.from({ length: 20 }, () => ({ portalId: OTHER_PORTAL })));
    flood().clock.advance(HOLD_BACK_MS);
    await invoke(failing(AWAY));
    const { messages } = flood().queue.live;
    const delays = messages.map(({ delaySeconds }) => delaySeconds);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...delays)).toBeLessThanOrEqual(120);
    expect(new Set(delays).size).toBeGreaterThan(20);
    expect(messages.map(({ groupId }) => groupId)).toEqual(messages.map(({ body }) => JSON.parse(body).portalId));
    expect(new Set(messages.map(({ groupId }) => groupId))).toEqual(new Set([String(PORTAL), String(OTHER_PORTAL)]));
  });

  it('[W7] A worker that cannot start also requeues unreadable messages', async () => {
    const { queue } = flood();
    queue.put('not json');
    queue.put('{"portalId":"../../x"}');
    queue.put('null');
    expect(await invoke(failing(AWAY))).toMatchObject({ failedIds: [] });
    expect(queue.live.messages.map(({ body }) => body)).toEqual(['not json', '{"portalId":"../../x"}', 'null']);
  });

  it('[W7] A worker that cannot start reports as failed only what SQS does not take', async () => {
    await flood.queued(...many(15));
    flood().clock.advance(HOLD_BACK_MS);
    flood().queue.mood = 'refusesFirst';
    const { records, failedIds } = await invoke(failing(AWAY));
    expect(failedIds).toEqual([records[0]?.messageId, records[10]?.messageId]);
    expect(returned()).toBe(13);
  });

  it('[W7] A worker that cannot start reports all messages as failed, soon, while SQS is away', async () => {
    await flood.queued(...many(40));
    flood().clock.advance(HOLD_BACK_MS);
    flood().queue.mood = 'away';
    const { records, failedIds } = await invoke(failing(AWAY));
    expect(failedIds).toEqual(records.map(({ messageId }) => messageId));
    expect(sqsCalls).toBeLessThanOrEqual(2);
    expect(returned()).toBe(0);
  });

  it.each([undefined, '', 'no address'])(
    '[W7] A worker that cannot start reports all messages as failed when its queue is %j',
    async (url) => {
      await flood.queued(...many(2));
      flood().clock.advance(HOLD_BACK_MS);
      if (url === undefined) delete process.env.ASSIGN_QUEUE_URL;
      else process.env.ASSIGN_QUEUE_URL = url;
      flood().queue.mood = 'away';
      const { records, failedIds } = await invoke(failing(WRONG));
      expect(failedIds).toEqual(records.map(({ messageId }) => messageId));
    },
  );

  it('[W7, W16] A worker that cannot start logs why, without a value', async () => {
    await flood.queued({});
    flood().clock.advance(HOLD_BACK_MS);
    const mark = CAPTURED_LINES.length;
    await invoke(failing(WRONG));
    const [line = '{}'] = CAPTURED_LINES.slice(mark).filter((each) => each.includes('could not start'));
    expect(JSON.parse(line)).toMatchObject({
      level: 'ERROR',
      code: 'CONFIG_INVALID',
      reason: 'HUBSPOT_CLIENT_SECRET: its SSM parameter does not exist',
      messages: 1,
      returned: 1,
    });
  });

  it('[W7] A refresh worker that cannot start requeues its messages into its own queue', async () => {
    const { queue, telemetry } = flood();
    queue.put('{"version":1,"portalId":"8200001"}');
    const handler: Handler = createRefreshHandler(telemetry, async () => {
      throw AWAY;
    });
    const send = jest.mocked(globalThis.fetch);
    expect(await invoke(handler)).toMatchObject({ failedIds: [] });
    expect(String(send.mock.calls.at(-1)?.[1]?.body)).toContain('https://sqs.example.com/refresh');
    expect(queue.live.messages).toMatchObject([{ body: '{"version":1,"portalId":"8200001"}', receives: 0 }]);
  });
});
