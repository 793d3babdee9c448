import fc from 'fast-check';
import type { Fault } from '../../local/simulator/fault.ts';
import { ASSIGNED, COME_BACK, countCalls, countMetric, enroll, seedCachedOwner } from '../support/enrollment.ts';
import { OTHER_PORTAL, PORTAL } from '../support/service.ts';
import { useService } from '../support/use-service.ts';

const service = useService();
const LIMITED = { status: 429, body: { status: 'error', code: 'RATE_LIMITED' } };

const retryAfterMs = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> | undefined }) =>
  Number(headers?.['retry-after']);

/** Lets the burst limit be spent exactly now, whatever was called before. */
const spendBurst = () => {
  service().simulator.settings.burstLimit = countCalls(service(), { portalId: PORTAL });
};

describe('The burst limit of an account', () => {
  it('[H11] An exhausted burst limit is answered with 429 and a wait in milliseconds, and the record stays unchanged', async () => {
    await seedCachedOwner(service());
    spendBurst();
    const answer = await enroll(service());
    expect(answer).toMatchObject({ ...LIMITED, calls: 1 });
    expect(answer.headers?.['retry-after']).toBe('10500');
    expect(answer.ownerId()).toBe('');
    expect(countMetric(service(), 'HubSpotRateLimited')).toBe(1);
    expect(countMetric(service(), 'HubSpotDailyLimitReached')).toBe(0);
  });

  it('[H11] An exhausted burst limit stops calls until its window has ended, and not longer', async () => {
    await seedCachedOwner(service());
    spendBurst();
    await enroll(service());
    service().clock.advance(9_999);
    const held = await enroll(service());
    expect(held).toMatchObject({ ...LIMITED, calls: 0 });
    expect(retryAfterMs(held)).toBeLessThanOrEqual(2);
    service().clock.advance(1);
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
  });

  it('[H11] An exhausted burst limit does not affect another account', async () => {
    await seedCachedOwner(service());
    await seedCachedOwner(service(), OTHER_PORTAL);
    spendBurst();
    expect(await enroll(service())).toMatchObject(LIMITED);
    service().simulator.settings.burstLimit = 190;
    expect(await enroll(service(), { portalId: OTHER_PORTAL })).toMatchObject(ASSIGNED);
    expect(await enroll(service())).toMatchObject({ ...LIMITED, calls: 0 });
  });

  it('[H11] A delayed execution succeeds when HubSpot retries it in time', async () => {
    const owner = await seedCachedOwner(service());
    spendBurst();
    const callbackId = 'ap-held-1';
    const held = await enroll(service(), { callbackId });
    service().clock.advance(retryAfterMs(held));
    // It is read before it is written this time.
    service().simulator.settings.burstLimit = 190;
    const again = await enroll(service(), { callbackId, objectId: held.objectId });
    expect(again).toMatchObject(ASSIGNED);
    expect(again.ownerId()).toBe(owner.id);
  });
});

it('[W9] Limits that differ by endpoint are stored once each, and not with every call', async () => {
  await seedCachedOwner(service());
  service().simulator.settings.burstLimitByRoute = { 'GET owners': 100 };
  const send = jest.spyOn(service().table.client, 'send');
  for (let n = 0; n < 10; n += 1) {
    service().clock.advance(1_000);
    await enroll(service());
    await enroll(service(), { email: `nobody-${n}@example.com` });
  }
  const expressions = send.mock.calls.map(([{ input }]) => ('UpdateExpression' in input ? input.UpdateExpression : ''));
  const stored = expressions.filter((expression = '') => expression.includes('limitCalls'));
  expect(stored.length).toBeGreaterThan(0);
  expect(stored.length).toBeLessThanOrEqual(2);
});

describe('The daily limit of an account', () => {
  it('[H12] An exhausted daily limit stops its account only, and raises an alarm', async () => {
    await seedCachedOwner(service());
    service().simulator.settings.dailyLimit = countCalls(service());
    const answer = await enroll(service());
    expect(answer).toMatchObject({ ...LIMITED, calls: 1 });
    expect(answer.headers?.['retry-after']).toBe('600500');
    expect(countMetric(service(), 'HubSpotDailyLimitReached')).toBe(1);

    service().simulator.settings.dailyLimit = 1_000;
    await seedCachedOwner(service(), OTHER_PORTAL);
    service().clock.advance(599_999);
    for (let count = 0; count < 3; count += 1) {
      expect(await enroll(service())).toMatchObject({ ...LIMITED, calls: 0 });
    }
    expect(await enroll(service(), { portalId: OTHER_PORTAL })).toMatchObject({ ...ASSIGNED, calls: 1 });
    service().clock.advance(1);
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
    expect(countMetric(service(), 'HubSpotDailyLimitReached')).toBe(1);
  });

  it('[H12] With an exhausted daily limit, a call is tried once every ten minutes until the day of the account ends', async () => {
    await seedCachedOwner(service());
    service().simulator.settings.dailyLimit = countCalls(service());
    const before = countCalls(service());
    // The account lives in Berlin, where this day has 14 hours to go at nine o'clock UTC.
    for (let minutes = 0; minutes < 14 * 60; minutes += 5) {
      expect(await enroll(service())).toMatchObject(LIMITED);
      service().clock.advance(5 * 60_000);
    }
    expect(countCalls(service()) - before).toBe((14 * 60) / 10);
    expect(await enroll(service())).toMatchObject(ASSIGNED);
  });
});

describe('Unusable replies about limits', () => {
  const HTML = '<html><body>Too many requests</body></html>';
  const burst = { policyName: 'TEN_SECONDLY_ROLLING' };

  it.each([
    [HTML, {}, 10_500],
    [HTML, { 'Retry-After': '3' }, 3_500],
    ['', {}, 10_500],
    [burst, { 'Retry-After': '-1' }, 10_500],
    [burst, { 'Retry-After': 'NaN' }, 10_500],
    [burst, { 'Retry-After': '1e9' }, 10_500],
    [burst, { 'Retry-After': '1000000000' }, 60_500],
    [burst, { 'Retry-After': '0' }, 300],
    [burst, { 'Retry-After': 'Mon, 23 Nov 2026 09:00:30 GMT' }, 30_500],
    [burst, { 'Retry-After': 'Mon, 23 Nov 2026 08:59:59 GMT' }, 10_500],
  ] as const)('[H13] A 429 with %j and %j makes HubSpot retry after %d ms', async (body, headers, waitMs) => {
    await seedCachedOwner(service());
    script({ kind: 'status', status: 429, body, headers });
    const answer = await enroll(service());
    expect(answer).toMatchObject({ ...LIMITED, calls: 1 });
    expect(retryAfterMs(answer)).toBe(waitMs);
  });

  it('[H13] Any Retry-After makes HubSpot retry after 200 ms to 61 s', async () => {
    await seedCachedOwner(service());
    const header = fc.oneof(fc.stringMatching(/^[!-~]{0,12}$/), fc.integer().map(String), fc.double().map(String));
    await fc.assert(
      fc.asyncProperty(header, async (value) => {
        script({ kind: 'status', status: 429, body: burst, headers: { 'Retry-After': value } });
        const answer = await enroll(service());
        service().clock.advance(60_000);
        expect(answer.status).toBe(429);
        expect(retryAfterMs(answer)).toBeGreaterThanOrEqual(200);
        expect(retryAfterMs(answer)).toBeLessThanOrEqual(61_000);
      }),
      { numRuns: 30 },
    );
  });

  const script = (fault: Fault) => service().simulator.faults.script({ route: 'PATCH object', fault });
});

describe('Error rate', () => {
  const failing = (times: number, portalId = PORTAL) =>
    service().simulator.faults.script({
      route: 'PATCH object',
      portalId,
      times,
      fault: { kind: 'status', status: 503 },
    });

  /** Brings the container to this many calls for the portal today, of which some failed. */
  async function makeCalls(good: number, failed: number): Promise<void> {
    await seedCachedOwner(service());
    const spread = () => {
      service().clock.advance(1_000);
      return enroll(service());
    };
    for (let count = 0; count < good; count += 1) await spread();
    for (let count = 0; count < failed; count += 1) {
      // Is not tried again, and pauses the portal.
      service().simulator.faults.script({ route: 'PATCH object', fault: { kind: 'status', status: 522 } });
      await spread();
      service().clock.advance(10_000);
    }
    service().clock.advance(10_000);
  }

  it('[H28] An error rate below 3 % lets a failing call be tried three times, and delays nothing', async () => {
    service().simulator.settings.burstLimit = 1_000;
    await makeCalls(100, 0);
    failing(3);
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 3 });
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
    expect(countMetric(service(), 'HubSpotErrorShareHigh')).toBe(0);
  });

  it('[W5, H28] An error rate from refused records is reported, and delays nothing', async () => {
    service().simulator.settings.burstLimit = 1_000;
    await makeCalls(50, 0);
    for (let count = 0; count < 50; count += 1) {
      service().clock.advance(1_000);
      await enroll(service(), { objectId: '9999999999' });
    }
    expect(countMetric(service(), 'HubSpotErrorShareHigh')).toBe(1);
    failing(2);
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 3 });
  });

  it('[H28] An error rate of 3 % and more delays the account longer after each failure in a row, and raises one alarm', async () => {
    service().simulator.settings.burstLimit = 1_000;
    // One more was made to learn whose the token is.
    await makeCalls(96, 2);
    await seedCachedOwner(service(), OTHER_PORTAL);
    expect(countMetric(service(), 'HubSpotErrorShareHigh')).toBe(0);

    failing(4);
    const first = await enroll(service());
    expect(first).toMatchObject({ ...COME_BACK, calls: 3 });
    expect(first.waitedMs).toBeGreaterThanOrEqual(3_000);
    expect(countMetric(service(), 'HubSpotErrorShareHigh')).toBe(1);
    service().clock.advance(999);
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 0 });
    expect(await enroll(service(), { portalId: OTHER_PORTAL })).toMatchObject({ ...ASSIGNED, calls: 1 });

    service().clock.advance(1);
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 1 });
    service().clock.advance(1_999);
    expect(await enroll(service())).toMatchObject({ ...COME_BACK, calls: 0 });
    service().clock.advance(1);
    expect(await enroll(service())).toMatchObject({ ...ASSIGNED, calls: 1 });
    expect(countMetric(service(), 'HubSpotErrorShareHigh')).toBe(1);
  });
});
