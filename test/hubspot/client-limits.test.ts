import { setImmediate } from 'node:timers/promises';
import { toDeadline } from '../../lib/domain/deadline.ts';
import type { ObjectId, ObjectTypeId } from '../../lib/domain/ids.ts';
import { createRecordBatches } from '../../lib/hubspot/api/record-batches.ts';
import { createPortalClient } from '../../lib/hubspot/client.ts';
import type { RateLimiter } from '../../lib/hubspot/rate-limiter.ts';
import { toOwnerId } from '../builders/ids.ts';
import { createOpenRateBudget } from '../fakes/rate-limit.ts';
import { createFakeTelemetry } from '../fakes/telemetry.ts';
import { makeClock, START_EPOCH_MS } from '../support/clock.ts';
import { type Gateway, makeGateway, makeTokens, portalId, reply } from './gateway.ts';

it.each([
  [undefined, START_EPOCH_MS + 60_000],
  [START_EPOCH_MS + 10_000, START_EPOCH_MS + 10_000],
  [START_EPOCH_MS + 90_000, START_EPOCH_MS + 60_000],
])('A write that is based on a reading waits for its permit no longer than that: until %p', async (until, acquired) => {
  const acquire = jest.fn(async () => undefined);
  const body = { results: [{ id: '7', properties: { hubspot_owner_id: '101' } }] };
  const send = createPortalClient({
    ...makeClock(),
    ...createFakeTelemetry(),
    random: () => 0,
    tokens: makeTokens(),
    rateLimiter: { acquire, learn: async () => undefined } as unknown as RateLimiter,
    transport: async () => reply(200, body),
  });
  const { writeOwners } = createRecordBatches(send, 'https://api.example.com', createFakeTelemetry().metrics);
  const values = new Map([['7' as ObjectId, toOwnerId('101')]]);
  await writeOwners(
    { portalId: A, objectType: '0-1' as ObjectTypeId, property: 'hubspot_owner_id' },
    values,
    toDeadline(START_EPOCH_MS + 60_000),
    until === undefined ? undefined : toDeadline(until),
  );
  expect(acquire).toHaveBeenCalledWith(A, acquired);
});

const GOOD = reply(200, { done: true });
const BURST = reply(429, { policyName: 'TEN_SECONDLY_ROLLING' });
const DAILY = reply(429, { policyName: 'DAILY' });
const [A, B] = [portalId(1), portalId(2)];

describe('Exhausted limits', () => {
  it.each([
    ['HubSpot says nothing', BURST, 10_000, 'HubSpotRateLimited'],
    ['HubSpot gives a wait', reply(429, {}, { 'retry-after': '3' }), 3_000, 'HubSpotRateLimited'],
    ['the day is spent', DAILY, 600_000, 'HubSpotDailyLimitReached'],
  ] as const)(
    '[H11, H12] An exhausted limit stops only its own account for the time to wait when %s',
    async (_why, limited, waitMs, metric) => {
      const gateway = makeGateway({ script: [limited, GOOD] });
      await expect(gateway.send(A)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: waitMs });
      expect(gateway.tries).toHaveLength(1);
      expect(gateway.count(metric)).toBe(1);

      gateway.clock.advance(waitMs - 1);
      await expect(gateway.send(A)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1 });
      expect(gateway.tries).toHaveLength(1);
      await expect(gateway.send(B)).resolves.toEqual(GOOD.reply);

      gateway.clock.advance(1);
      await expect(gateway.send(A)).resolves.toEqual(GOOD.reply);
      expect(gateway.slept).toEqual([]);
    },
  );

  it.each([
    [0, 10_000],
    [0.5, 10_500],
    [0.9999, 11_000],
  ])(
    '[H13] An exhausted limit asks for a return after its end, spread at random: chance %d gives %d ms',
    async (chance, ms) => {
      const gateway = makeGateway({ script: [BURST], random: () => chance });
      await expect(gateway.send(A)).rejects.toMatchObject({ retryAfterMs: ms });
      await expect(gateway.send(A)).rejects.toMatchObject({ retryAfterMs: ms });
    },
  );

  it('An exhausted daily limit raises an alarm, and an exhausted burst limit is only counted', async () => {
    const gateway = makeGateway({ script: [BURST, DAILY] });
    await expect(gateway.send(A)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(gateway.errors).toEqual([]);
    await expect(gateway.send(B)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(gateway.errors).toEqual([{ message: expect.stringContaining('daily'), fields: { portalId: '2' } }]);
  });

  it('An exhausted limit also stops the retry of another call of the account that was sleeping', async () => {
    const gateway = makeGateway({ script: [reply(500), BURST, GOOD] });
    const [retried, limited] = await Promise.allSettled([gateway.send(A), gateway.send(A)]);
    expect([retried, limited]).toMatchObject([
      { status: 'rejected', reason: { code: 'RATE_LIMITED' } },
      { status: 'rejected', reason: { code: 'RATE_LIMITED' } },
    ]);
    expect(gateway.tries).toHaveLength(2);
  });

  it('[W17] After a 429 arrives, no other call leaves the container, even while the limit is still being stored', async () => {
    const storing = Promise.withResolvers<void>();
    const budget = { ...createOpenRateBudget(() => 0), learnLimit: () => storing.promise };
    const limits = { 'x-hubspot-ratelimit-max': '190', 'x-hubspot-ratelimit-interval-milliseconds': '10000' };
    const gateway = makeGateway({ script: [reply(429, {}, limits), GOOD], budget });
    const limited = gateway.send(A);
    await setImmediate();
    expect(gateway.tries).toHaveLength(1);
    await expect(gateway.send(A)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(gateway.tries).toHaveLength(1);
    storing.resolve();
    await expect(limited).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('Pauses without a limit', () => {
  it.each([
    ['477', reply(477, {}, { 'retry-after': '30' }), 30_000, 'account_migrating'],
    ['522', reply(522), 10_000, 'http_522'],
  ])(
    '[H10] After the status %s, calls report that HubSpot is away until the pause is over',
    async (_status, failure, pauseMs, word) => {
      const gateway = makeGateway({ script: [failure, GOOD] });
      await expect(gateway.send(A)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: word });
      gateway.clock.advance(pauseMs - 1);
      await expect(gateway.send(A)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: word });
      expect(gateway.tries).toHaveLength(1);
      await expect(gateway.send(B)).resolves.toEqual(GOOD.reply);
      gateway.clock.advance(1);
      await expect(gateway.send(A)).resolves.toEqual(GOOD.reply);
    },
  );
});

describe('Circuit breaker of the client', () => {
  it.each([
    [409, 'conflict'],
    [423, 'record_locked'],
  ])('[H8, H10] Records that are busy (%d) pause no other record of their account', async (status, word) => {
    const gateway = makeGateway({ script: [reply(status)] });
    for (let record = 0; record < 10; record += 1) {
      await expect(gateway.send(A)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: word });
    }
    expect(gateway.tries).toHaveLength(30);
    expect(gateway.count('BreakerOpened')).toBe(0);
  });

  it.each([
    [98, 0, 0, false, 'the third error is 2.97 % of 101 calls'],
    [96, 0, 0, false, 'three errors are more than 3 %, but of 99 calls'],
    [97, 0, 0, true, 'the third try is the third error of 100 calls'],
    [97, 1, 2_000, true, 'the second try is the third error of 100 calls'],
    [97, 2, 3_000, true, 'the first try is the third error of 100 calls'],
  ])(
    '[H28] After %d good and %d failed calls, a call waits %d ms more for its retries and the circuit breaker is open: %s (%s)',
    async (...row) => {
      const [good, failed, moreMs, pauses] = row;
      const before = [...Array(good).fill(GOOD), ...Array(failed).fill(reply(522))];
      const gateway = makeGateway({ script: [...before, reply(503)] });
      for (const _call of before) await sendAnyhow(gateway);

      const startedAt = gateway.clock.now();
      await expect(gateway.send(A)).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: 'http_503' });
      expect(gateway.tries.length - before.length).toBe(3);
      const waitedMs = gateway.clock.now() - startedAt;
      expect(waitedMs - (waitedMs % 1_000)).toBe(moreMs);
      const callsInPause = await countCalls(gateway, () => gateway.send(A));
      expect(callsInPause === 0).toBe(pauses);
    },
  );

  it('[H28] The circuit breaker doubles the wait after each failure in a row, spares other accounts and raises one alarm', async () => {
    const before = [...Array(97).fill(GOOD), reply(522), reply(522)];
    const gateway = makeGateway({ script: [...before, reply(503)] });
    for (const _call of before) await sendAnyhow(gateway);

    expect(gateway.count('HubSpotErrorShareHigh')).toBe(0);
    expect(await countCalls(gateway, () => gateway.send(A))).toBe(3);
    for (const pauseMs of [1_000, 2_000, 4_000]) {
      gateway.clock.advance(pauseMs - 1);
      expect(await countCalls(gateway, () => gateway.send(A))).toBe(0);
      gateway.clock.advance(1);
      expect(await countCalls(gateway, () => gateway.send(A))).toBe(1);
    }
    expect(await countCalls(gateway, () => gateway.send(B))).toBe(3);
    expect(gateway.count('HubSpotErrorShareHigh')).toBe(1);
    expect(gateway.errors).toEqual([{ message: expect.stringContaining('3 %'), fields: { portalId: '1' } }]);
  });

  it('[W5, H28] Thousands of refused callbacks raise an alarm, and calls and retries go on', async () => {
    const refused = 5_000;
    const script = [...Array(refused).fill(reply(404)), reply(503), reply(503), GOOD];
    const gateway = makeGateway({ script });
    for (let count = 0; count < refused; count += 1) await gateway.send(A);
    expect(gateway.count('HubSpotErrorShareHigh')).toBe(1);
    await expect(gateway.send(A)).resolves.toEqual(GOOD.reply);
  });

  /** A call of which it does not matter what becomes; a pause after it is over before the next. */
  async function sendAnyhow(gateway: Gateway): Promise<void> {
    await gateway.send(A).catch(() => undefined);
    gateway.clock.advance(10_000);
  }

  async function countCalls(gateway: Gateway, send: () => Promise<unknown>): Promise<number> {
    const before = gateway.tries.length;
    await expect(send()).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
    return gateway.tries.length - before;
  }
});
