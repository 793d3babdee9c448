import fc from 'fast-check';
import { toDeadline } from '../../lib/domain/deadline.ts';
import { makeClock } from '../support/clock.ts';
import { BUDGET_MS, fault, makeGateway, makeTokens, portalId, REQUEST, reply } from './gateway.ts';

const AFTER = reply(200, { done: true });

describe('Retries of the account client', () => {
  it('A good reply is returned, and the token was added to the request', async () => {
    const gateway = makeGateway({ script: [AFTER] });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.tries).toEqual([
      {
        request: { ...REQUEST, headers: { ...REQUEST.headers, Authorization: 'Bearer pat-test-1' } },
        timeoutMs: 4_000,
      },
    ]);
    expect(gateway.counted).toEqual([{ name: 'HubSpotCalls', outcome: '200' }]);
  });

  it.each([
    ['502', reply(502, '<html/>')],
    ['409', reply(409)],
    ['423', reply(423)],
    ['timeout', fault('timeout')],
    ['connection_reset', fault('connection_reset')],
  ])('[H14] A call is tried twice more after %s, and then succeeds', async (outcome, failure) => {
    const gateway = makeGateway({ script: [failure, failure, AFTER] });
    await expect(gateway.send()).resolves.toEqual(AFTER.reply);
    expect(gateway.counted.map((metric) => metric.outcome)).toEqual([outcome, outcome, '200']);
  });

  it('[H14] A call ends with its third failure', async () => {
    const gateway = makeGateway({ script: [reply(500), reply(502), reply(504), AFTER] });
    await expect(gateway.send()).rejects.toMatchObject({
      code: 'HUBSPOT_UNAVAILABLE',
      fault: 'http_504',
      retryable: true,
    });
    expect(gateway.tries).toHaveLength(3);
    expect(gateway.slept).toHaveLength(2);
  });

  it.each([
    [reply(400), 'says something about the request'],
    [reply(404), 'says something about the request'],
    [reply(413), 'is our mistake'],
    [reply(414), 'is our mistake'],
    [reply(415), 'is our mistake'],
  ])('[H9] A reply that would be the same again is not retried: %j', async (refusal) => {
    const gateway = makeGateway({ script: [refusal] });
    await expect(gateway.send()).resolves.toEqual(refusal.reply);
    expect(gateway.tries).toHaveLength(1);
  });

  it.each([
    ['redirect', fault('redirect')],
    ['body_too_large', fault('body_too_large')],
    ['http_522', reply(522)],
    ['account_migrating', reply(477)],
  ])('A call is not retried after %s', async (word, failure) => {
    const gateway = makeGateway({ script: [failure] });
    await expect(gateway.send()).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE', fault: word });
    expect(gateway.tries).toHaveLength(1);
  });

  it.each([
    [0, [100, 100], 'the least chance'],
    [0.5, [100, 200], 'the middle'],
    [0.9999, [200, 400], 'the most chance'],
  ])(
    '[W17] Retries wait with full jitter and never less than 100 ms: chance %d gives %j ms (%s)',
    async (chance, waits) => {
      const gateway = makeGateway({ script: [reply(503)], random: () => chance });
      await expect(gateway.send()).rejects.toMatchObject({ fault: 'http_503' });
      expect(gateway.slept).toEqual(waits);
    },
  );

  it('[W17] A retry never follows a failure within 100 ms, whatever failed and whatever the jitter', async () => {
    const failure = fc.constantFrom(
      reply(500),
      reply(503),
      reply(409),
      reply(423),
      fault('timeout'),
      reply(200, '<html/>'),
    );
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(failure, chance, async (script, random) => {
        const gateway = makeGateway({ script: [script], random: () => random });
        await expect(gateway.send()).rejects.toMatchObject({ code: 'HUBSPOT_UNAVAILABLE' });
        expect(gateway.slept).toHaveLength(2);
        expect(Math.min(...gateway.slept)).toBeGreaterThanOrEqual(100);
      }),
    );
  });

  it('[H10] A retry after a lock waits at least the two seconds that the lock lasts, plus jitter', async () => {
    const gateway = makeGateway({ script: [reply(423), reply(423), AFTER], random: () => 0.5 });
    await gateway.send();
    expect(gateway.slept).toEqual([2_100, 2_200]);
  });

  it.each([
    [200, 1, 'the wait would end at the deadline'],
    [201, 2, 'one millisecond is left after the wait'],
  ])('A call with %d ms left makes %d tries (%s)', async (budgetMs, tries) => {
    const gateway = makeGateway({ script: [reply(503)], random: () => 0.9999 });
    await expect(gateway.send(portalId(1), budgetMs)).rejects.toMatchObject({ fault: 'http_503' });
    expect(gateway.tries).toHaveLength(tries);
  });

  it('[H16] Each try has 4 s, or the time until the deadline if that is less', async () => {
    const gateway = makeGateway({ script: [fault('timeout')], tryTakesMs: 3_800 });
    await expect(gateway.send()).rejects.toMatchObject({ fault: 'timeout' });
    expect(gateway.tries.map((each) => each.timeoutMs)).toEqual([4_000, 4_000, BUDGET_MS - 2 * 3_900]);
  });

  it.each([
    [25_000, 25_000],
    [270_000, 30_000],
  ])('[T4] A call that may take long has, %d ms before the deadline, %d ms', async (budgetMs, timeoutMs) => {
    const { sendUntil, clock, tries } = makeGateway({ script: [AFTER] });
    await sendUntil(portalId(1), { ...REQUEST, mayTakeLong: true }, toDeadline(clock.now() + budgetMs));
    expect(tries.map((each) => each.timeoutMs)).toEqual([timeoutMs]);
  });

  it.each([
    [0, 'over'],
    [-1, 'long over'],
  ])('A call is not started when the time is %d ms (%s)', async (budgetMs) => {
    const gateway = makeGateway({ script: [AFTER] });
    await expect(gateway.send(portalId(1), budgetMs)).rejects.toMatchObject({ fault: 'out_of_time' });
    expect(gateway.tries).toHaveLength(0);
  });

  it('[H16] Retries never sleep past the deadline and never give a try more time than is left', async () => {
    const failure = fc.constantFrom(reply(500), reply(409), reply(423), fault('timeout'), reply(401));
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(failure, chance, fc.integer({ min: 1, max: 6_000 }), fc.nat(3_000), async (...args) => {
        const [script, random, budgetMs, tryTakesMs] = args;
        const gateway = makeGateway({ script: [script], random: () => random, tryTakesMs });
        const start = gateway.clock.now();
        await expect(gateway.send(portalId(1), budgetMs)).rejects.toMatchObject({ code: expect.any(String) });
        const slept = gateway.slept.reduce((sum, ms) => sum + ms, 0);
        // Whatever passed beyond the sleeping was the tries themselves, of which only the last may overrun.
        expect(slept).toBeLessThan(Math.max(1, budgetMs - (gateway.tries.length - 1) * tryTakesMs));
        expect(gateway.clock.now() - start - tryTakesMs).toBeLessThan(budgetMs);
        expect(gateway.tries.every(({ timeoutMs }) => timeoutMs >= 1 && timeoutMs <= Math.min(4_000, budgetMs))).toBe(
          true,
        );
      }),
    );
  });

  describe('A call that must be sent within three seconds', () => {
    const sendIn3s = (gateway: ReturnType<typeof makeGateway>) => {
      const at = gateway.clock.now();
      return gateway.sendUntil(portalId(1), REQUEST, toDeadline(at + BUDGET_MS), { sendUntil: toDeadline(at + 3_000) });
    };

    it('[L2] A call is not sent again after that time, and fails with the fault of its last try', async () => {
      const gateway = makeGateway({ script: [reply(503, '', { 'retry-after': '2' }), AFTER] });
      await expect(sendIn3s(gateway)).resolves.toEqual(AFTER.reply);
      const late = makeGateway({ script: [reply(503, '', { 'retry-after': '3' }), AFTER] });
      await expect(sendIn3s(late)).rejects.toMatchObject({ fault: 'http_503' });
      expect([gateway.tries.length, late.tries.length]).toEqual([2, 1]);
    });

    it('[L2] A call is not sent at all if its token comes after that time', async () => {
      const clock = makeClock();
      const getToken = async () => {
        clock.advance(3_000);
        return { value: 'pat-test-1', issuedAtEpochMs: undefined };
      };
      const gateway = makeGateway({ script: [AFTER], clock, tokens: { ...makeTokens(), getToken } });
      await expect(sendIn3s(gateway)).rejects.toMatchObject({ fault: 'out_of_time' });
      expect(gateway.tries).toEqual([]);
    });
  });
});
