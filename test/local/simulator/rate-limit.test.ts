import { BURST_WINDOW_MS, createRateLimiter } from '../../../local/simulator/rate-limit.ts';
import { addPortal, addToken } from '../../../local/simulator/seed-portals.ts';
import { createSimulatorState } from '../../../local/simulator/state.ts';
import { makeClock } from '../../support/clock.ts';
import { PORTAL_ID, useSimulator } from './use-simulator.ts';

function makeLimiter(burstLimit: number, dailyLimit: number | 'none' = 'none') {
  const clock = makeClock();
  const state = createSimulatorState(clock.now);
  const portal = addPortal(state);
  const grant = addToken(state, portal.portalId, 'one');
  const { admit } = createRateLimiter({ burstLimit, dailyLimit }, clock.now);
  return { clock, state, portal, grant, admit, isAdmitted: () => admit(portal, grant).refusal === undefined };
}

it('The rate limit admits exactly its number in any ten seconds, however the calls come', () => {
  const { clock, isAdmitted } = makeLimiter(5);
  const admittedAt: number[] = [];
  for (let step = 0; step < 2_000; step += 1) {
    clock.advance((step * 7_919) % 997);
    if (isAdmitted()) admittedAt.push(clock.now());
  }
  const inWindowFrom = admittedAt.map((from) => admittedAt.filter((at) => at >= from && at < from + BURST_WINDOW_MS));
  expect(Math.max(...inWindowFrom.map((calls) => calls.length))).toBe(5);
});

it('The rate limit admits the next call when the oldest is ten seconds old, and not before', () => {
  const { clock, isAdmitted } = makeLimiter(2);
  expect([isAdmitted(), isAdmitted(), isAdmitted()]).toEqual([true, true, false]);
  clock.advance(BURST_WINDOW_MS - 1);
  expect(isAdmitted()).toBe(false);
  clock.advance(1);
  expect(isAdmitted()).toBe(true);
});

it('The rate limit counts the burst per token and the day per account', () => {
  const { state, portal, admit, isAdmitted } = makeLimiter(1, 2);
  const second = addToken(state, portal.portalId, 'two');
  const third = addToken(state, portal.portalId, 'three');
  expect(isAdmitted()).toBe(true);
  expect(admit(portal, second).refusal).toBeUndefined();
  expect(admit(portal, third).refusal?.body).toMatchObject({ policyName: 'DAILY' });
});

it('The daily limit starts again at midnight in the account’s time zone', () => {
  const { clock, isAdmitted } = makeLimiter(100, 1);
  expect([isAdmitted(), isAdmitted()]).toEqual([true, false]);
  // 09:00 UTC is 10:00 in Berlin: 14 hours to midnight there.
  clock.advance(14 * 3_600_000 - 1);
  expect(isAdmitted()).toBe(false);
  clock.advance(1);
  expect(isAdmitted()).toBe(true);
});

describe('over HTTP', () => {
  const running = useSimulator({ burstLimit: 2, dailyLimit: 10 });

  it('The rate limit reports what is left over HTTP, and answers 429 in HubSpot’s words when nothing is', async () => {
    const first = await running().call('/crm/owners/2026-09');
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-max': '2',
      'x-hubspot-ratelimit-remaining': '1',
      'x-hubspot-ratelimit-daily': '10',
      'x-hubspot-ratelimit-daily-remaining': '9',
    });
    await running().call('/crm/owners/2026-09');
    const refused = await running().call('/crm/owners/2026-09');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(await refused.json()).toEqual({
      status: 'error',
      message: 'You have reached your ten_secondly_rolling limit.',
      errorType: 'RATE_LIMIT',
      correlationId: expect.any(String),
      policyName: 'TEN_SECONDLY_ROLLING',
      groupName: expect.stringContaining(String(PORTAL_ID)),
      requestId: expect.any(String),
    });
  });

  it('An endpoint with a limit of its own reports it over HTTP and keeps to it', async () => {
    running().simulator.settings.burstLimitByRoute = { 'GET account details': 1 };
    const path = '/account-info/2026-09/details';
    const replies = [await running().call('/crm/owners/2026-09'), await running().call(path)];
    expect(replies.map(({ headers }) => headers.get('x-hubspot-ratelimit-max'))).toEqual(['2', '1']);
    expect(replies.map(({ status }) => status)).toEqual([200, 429]);
  });

  it('Answers to an app without a daily limit have no daily headers', async () => {
    running().simulator.settings.dailyLimit = 'none';
    const { headers } = await running().call('/crm/owners/2026-09');
    expect(headers.get('x-hubspot-ratelimit-daily')).toBeNull();
  });
});
